import type { CollectionTag, ScalarTag } from 'yaml';
import { parseDocument, type YAMLMap, type YAMLSeq } from 'yaml';

const SHORT_FORMS = [
  'Base64',
  'Cidr',
  'FindInMap',
  'GetAZs',
  'GetAtt',
  'If',
  'ImportValue',
  'Join',
  'Select',
  'Split',
  'Sub',
  'Transform',
  'And',
  'Equals',
  'Not',
  'Or',
] as const;

/** Reads CloudFormation YAML into plain values, with every short form (`!Sub x`) as its long one (`{ 'Fn::Sub': x }`). */
export function parseTemplateYaml(text: string, file: string): unknown {
  const document = parseDocument(text, { customTags: (tags) => [...tags, ...customTags()], schema: 'core', logLevel: 'error' });
  // A tag that nothing knows is only a warning to the parser; here it is an intrinsic that would be lost.
  const [problem] = [...document.errors, ...document.warnings];
  if (problem) throw new Error(`${file}: ${problem.message}`);
  return document.toJS();
}

function customTags(): (ScalarTag | CollectionTag)[] {
  const names = [
    ...SHORT_FORMS.map((name): [string, string] => [`!${name}`, `Fn::${name}`]),
    ['!Ref', 'Ref'],
    ['!Condition', 'Condition'],
  ] as [string, string][];
  return names.flatMap(([tag, key]) => [scalarTag(tag, key), collectionTag(tag, key, 'seq'), collectionTag(tag, key, 'map')]);
}

function scalarTag(tag: string, key: string): ScalarTag {
  return { tag, resolve: (value) => ({ [key]: key === 'Fn::GetAtt' ? splitAttribute(value) : value }) };
}

function collectionTag(tag: string, key: string, collection: 'seq' | 'map'): CollectionTag {
  return {
    tag,
    collection,
    resolve: (value) => {
      // Nested tags are resolved already; the node becomes plain when the document does.
      const node = value as YAMLSeq | YAMLMap;
      const plain = node.toJSON.bind(node);
      return Object.assign(node, { toJSON: (...parameters: Parameters<typeof plain>) => ({ [key]: plain(...parameters) }) });
    },
  };
}

/** `Resource.Attribute`; an attribute may have dots of its own. */
function splitAttribute(text: string): string[] {
  const dot = text.indexOf('.');
  return dot === -1 ? [text] : [text.slice(0, dot), text.slice(dot + 1)];
}
