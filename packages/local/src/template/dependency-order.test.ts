// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are the texts of Fn::Sub.
import { expect, it } from 'vitest';
import { dependencyOrder } from './dependency-order.ts';
import { parseTemplate } from './load-template.ts';

const order = (text: string) => dependencyOrder(parseTemplate({ file: 'fixture.yaml', text }));

it('puts each resource after all it refers to, however it does', () => {
  const text = `
Resources:
  A: { Type: x, Properties: { P: !Ref B, Q: [!GetAtt C.Arn] } }
  B: { Type: x, Properties: { P: !Sub "\${D.Arn}-\${AWS::Region}" } }
  C: { Type: x, DependsOn: [E, B] }
  D: { Type: x, Properties: { P: !Sub ["\${own}", { own: !Ref E }] } }
  E: { Type: x }`;
  expect(order(text)).toEqual(['E', 'D', 'B', 'C', 'A']);
});

it('does not take a variable of a Sub for a resource', () => {
  expect(
    order('Resources:\n  A: { Type: x, Properties: { P: !Sub ["${B}", { B: 1 }] } }\n  B: { Type: x, Properties: { P: !Ref A } }'),
  ).toEqual(['A', 'B']);
});

it('names a circle', () => {
  const text =
    'Resources:\n  A: { Type: x, Properties: { P: !Ref B } }\n  B: { Type: x, Properties: { P: !Ref C } }\n  C: { Type: x, Properties: { P: !Ref B } }';
  expect(() => order(text)).toThrow('fixture.yaml: resources depend on each other in a circle: B → C → B.');
});
