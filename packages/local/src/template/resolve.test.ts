// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are the texts of Fn::Sub.
import { describe, expect, it } from 'vitest';
import { parseTemplate } from './load-template.ts';
import { readParameters } from './read-parameters.ts';
import { resolve, type Scope } from './resolve.ts';

const HEAD = `
Parameters:
  Stage: { Type: String, Default: local }
  Names: { Type: CommaDelimitedList, Default: 'a, b' }
  Bus: { Type: 'AWS::SSM::Parameter::Value<String>', Default: /signalbox/local/bus }
Mappings:
  Sizes:
    local: { memory: 256, list: [x, y] }
Conditions:
  IsLocal: !Equals [!Ref Stage, local]
  IsProduction: !Not [!Condition IsLocal]
  Both: !And [!Condition IsLocal, !Condition IsProduction]
  Either: !Or [!Condition IsLocal, !Condition IsProduction]
`;

const SSM: Record<string, string> = { '/signalbox/local/bus': 'the-bus' };

function scopeOf(text: string): Scope {
  const template = parseTemplate({ file: 'fixture.yaml', text });
  const readSsm = (name: string) => {
    const value = SSM[name];
    if (value === undefined) throw new Error(`no parameter ${name}`);
    return value;
  };
  const queue: Record<string, string> = { ref: 'http://queue', Arn: 'arn:queue', 'Nested.Url': 'deep' };
  return {
    template,
    parameters: readParameters({ template, overrides: {}, readSsm }),
    pseudo: { 'AWS::Region': 'eu-west-1', 'AWS::Partition': 'aws' },
    resource: (logicalId, attribute) => (logicalId === 'Queue' ? queue[attribute ?? 'ref'] : undefined),
    readSsm,
  };
}

/** Resolves one YAML value as a property of a queue. */
function resolved(yaml: string): unknown {
  const scope = scopeOf(`${HEAD}
Resources:
  Queue: { Type: 'AWS::SQS::Queue' }
  Subject:
    Type: AWS::SQS::Queue
    Properties:
      Value: ${yaml}
`);
  return resolve(scope.template.resources.Subject?.properties.Value, scope, 'Resources.Subject.Properties.Value');
}

describe('resolving intrinsic functions', () => {
  it.each([
    ['a Ref to a parameter', '!Ref Stage', 'local'],
    ['a Ref to a list', '!Ref Names', ['a', 'b']],
    ['a Ref to an SSM parameter', '!Ref Bus', 'the-bus'],
    ['a Ref to a resource, in long form', '{ Ref: Queue }', 'http://queue'],
    ['a Ref to a pseudo parameter', '!Ref AWS::Region', 'eu-west-1'],
    ['Fn::GetAtt', '!GetAtt Queue.Arn', 'arn:queue'],
    ['Fn::GetAtt of an attribute with a dot', '!GetAtt Queue.Nested.Url', 'deep'],
    ['Fn::GetAtt in long form', '{ "Fn::GetAtt": [Queue, Arn] }', 'arn:queue'],
    ['Fn::Sub of a text', '!Sub "${AWS::Region}/${Stage}/${Queue}/${Queue.Arn}"', 'eu-west-1/local/http://queue/arn:queue'],
    ['Fn::Sub with a map', '!Sub ["${name}-${Stage}", { name: !GetAtt Queue.Arn }]', 'arn:queue-local'],
    ['Fn::Sub with a literal', '!Sub "${!Literal}-${Stage}"', '${Literal}-local'],
    ['Fn::Join', '!Join ["-", [a, !Ref Stage, 1]]', 'a-local-1'],
    ['Fn::Join of a list parameter', '!Join ["+", !Ref Names]', 'a+b'],
    ['Fn::Select', '!Select [1, !Ref Names]', 'b'],
    ['Fn::Split', '!Split [":", !GetAtt Queue.Arn]', ['arn', 'queue']],
    ['Fn::FindInMap', '!FindInMap [Sizes, !Ref Stage, memory]', 256],
    ['Fn::Base64', '!Base64 abc', 'YWJj'],
    ['Fn::If that holds', '!If [IsLocal, yes1, no1]', 'yes1'],
    ['Fn::If that does not', '!If [IsProduction, !Ref Nothing, no1]', 'no1'],
    ['Fn::And', '!If [Both, 1, 2]', 2],
    ['Fn::Or', '!If [Either, 1, 2]', 1],
    ['a dynamic reference', '"x-{{resolve:ssm:/signalbox/local/bus:3}}"', 'x-the-bus'],
    ['a dynamic reference in a Sub', '!Sub "{{resolve:ssm:/signalbox/${Stage}/bus}}"', 'the-bus'],
    ['a dynamic reference in a Join', '!Join ["", ["{{resolve:ssm:/signalbox/", !Ref Stage, "/bus}}"]]', 'the-bus'],
    ['no value in a map', '{ kept: 1, gone: !If [IsLocal, !Ref "AWS::NoValue", 1] }', { kept: 1 }],
    ['no value in a list', '[1, !Ref "AWS::NoValue", 2]', [1, 2]],
    ['no value alone', '!Ref AWS::NoValue', undefined],
    [
      'a policy statement, whose Condition is no function',
      '{ Condition: { StringEquals: { a: !Ref Stage } } }',
      { Condition: { StringEquals: { a: 'local' } } },
    ],
    ['a statement of nothing but a Condition', '[{ Condition: x }]', [{ Condition: 'x' }]],
    ['a date as it is written', '2012-10-17', '2012-10-17'],
  ])('does %s', (_name, yaml, expected) => {
    expect(resolved(yaml)).toEqual(expected);
  });

  it.each([
    [
      'an unknown reference',
      '!Ref Nothing',
      /fixture\.yaml: Resources\.Subject\.Properties\.Value\.Ref: there is no parameter or resource "Nothing"/,
    ],
    ['an unknown attribute', '!GetAtt Queue.Colour', /AWS::SQS::Queue "Queue" has no attribute "Colour"/],
    ['an unknown resource', '!GetAtt Nothing.Arn', /there is no resource "Nothing"/],
    ['an unknown intrinsic', '!ImportValue exported', /Value: the embedded stack does not know the intrinsic function Fn::ImportValue/],
    ['an unknown intrinsic deep inside', '{ a: [{ "Fn::GetAZs": "" }] }', /Value\.a\.0: .*Fn::GetAZs/],
    ['an unknown condition', '!If [Absent, 1, 2]', /there is no condition "Absent"/],
    ['an unknown map', '!FindInMap [Sizes, global, memory]', /Mappings has no Sizes\.global\.memory/],
    ['a secret reference', '"{{resolve:secretsmanager:x}}"', /resolves \{\{resolve:ssm:…\}\} only, not secretsmanager/],
    ['a missing item', '!Select [5, !Ref Names]', /there is no item 5/],
    ['a join of no list', '!Join ["-", a]', /takes a list/],
  ])('refuses %s by name and place', (_name, yaml, message) => {
    expect(() => resolved(yaml)).toThrow(message);
  });
});

describe('reading a template', () => {
  it.each([
    ['an unknown tag', 'Resources: { A: !Shout x }', /fixture\.yaml: Unresolved tag: !Shout at line 1/],
    ['a key written twice', 'Resources:\n  A: { Type: x }\n  A: { Type: y }', /Map keys must be unique at line 3/],
    ['an unknown section', 'Resource: {}', /unknown section "Resource"/],
    ['a resource without a type', 'Resources: { A: {} }', /Resources\.A has no Type/],
    ['an unknown transform', 'Transform: Other\nResources: {}', /Transform: .* not Other/],
    ['unknown globals', 'Globals: { HttpApi: {} }\nResources: { A: { Type: x } }', /Globals\.HttpApi is not supported/],
  ])('refuses %s', (_name, text, message) => {
    expect(() => parseTemplate({ file: 'fixture.yaml', text })).toThrow(message);
  });

  it.each([
    ['a parameter without a value', 'Parameters: { A: { Type: String } }', /Parameters\.A has no default/],
    ['a value that is not allowed', 'Parameters: { A: { Type: String, Default: x, AllowedValues: [y, z] } }', /"x" is not one of y, z/],
    ['a value of another form', 'Parameters: { A: { Type: String, Default: x1, AllowedPattern: "[a-z]+" } }', /"x1" does not match/],
  ])('refuses %s', (_name, text, message) => {
    const template = parseTemplate({ file: 'fixture.yaml', text });
    expect(() => readParameters({ template, overrides: {}, readSsm: () => '' })).toThrow(message);
  });

  it('takes an override only for a parameter that the template declares', () => {
    const template = parseTemplate({ file: 'fixture.yaml', text: 'Parameters: { A: { Type: String, Default: x } }' });
    expect(readParameters({ template, overrides: { A: 'y', B: 'z' }, readSsm: () => '' })).toEqual({ A: 'y' });
  });
});

describe("SAM's Globals", () => {
  it('merge maps, join lists, and give way to what the function says', () => {
    const { resources } = parseTemplate({
      file: 'fixture.yaml',
      text: `
Globals:
  Function:
    Timeout: 10
    Layers: [one]
    Environment: { Variables: { SHARED: a, BOTH: global } }
    Tags: { Fn::If: [x, y, z] }
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Timeout: 20
      Layers: [two]
      Environment: { Variables: { BOTH: own } }
      Tags: { own: tag }
  Q: { Type: 'AWS::SQS::Queue' }`,
    });
    expect(resources.F?.properties).toEqual({
      Timeout: 20,
      Layers: ['one', 'two'],
      Environment: { Variables: { SHARED: 'a', BOTH: 'own' } },
      Tags: { own: 'tag' },
    });
    expect(resources.Q?.properties).toEqual({});
  });
});
