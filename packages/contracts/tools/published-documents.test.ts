import { basename } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { PUBLIC_CONTRACTS } from './public-contracts.ts';
import { GENERATE_COMMAND, publishedDocuments } from './published-documents.ts';

const documents = publishedDocuments();
const schemas = [...documents].filter(([path]) => path.endsWith('.json'));

function validatorOf(name: string) {
  const [, text = ''] = schemas.find(([path]) => basename(path) === `${name}.json`) ?? [];
  const ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true });
  formats.default(ajv);
  return ajv.compile(JSON.parse(text));
}

const kebab = (name: string) => name.replace(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
const copy = (sample: unknown, change: (document: Record<string, unknown>) => void): unknown => {
  const document = structuredClone(sample) as Record<string, unknown>;
  change(document);
  return document;
};

describe('the published documents', () => {
  it('are a schema for each public contract, and the AsyncAPI and OpenAPI documents', () => {
    expect([...documents.keys()].map((path) => basename(path)).sort()).toEqual(
      [...PUBLIC_CONTRACTS.map(({ name }) => `${kebab(name)}.json`), 'asyncapi.yaml', 'openapi.yaml'].sort(),
    );
  });

  it('come out the same each time, and end with one newline', () => {
    expect(publishedDocuments()).toEqual(documents);
    for (const text of documents.values()) expect(text).toMatch(/[^\n]\n$/);
  });

  it.each(['asyncapi.yaml', 'openapi.yaml'])('say in %s how to generate it', (name) => {
    const [, text] = [...documents].find(([path]) => basename(path) === name) ?? [];
    expect(text?.split('\n')[0]).toContain(GENERATE_COMMAND);
  });
});

describe.each(PUBLIC_CONTRACTS)('the JSON Schema of $name', ({ name, schema, sample }) => {
  const validate = validatorOf(kebab(name));

  it('has an id, a title, a description and the dialect', () => {
    expect(validate.schema).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: `urn:signalbox:${kebab(name)}:1.0`,
      title: name,
      description: expect.stringMatching(/\S/),
    });
  });

  it('accepts the sample', () => {
    expect(validate(sample), JSON.stringify(validate.errors)).toBe(true);
  });

  it('agrees with the contract on every field that is removed or of a wrong type', () => {
    for (const field of Object.keys(sample as object)) {
      for (const value of [undefined, null, 7, [], {}, 'x']) {
        const document = copy(sample, (target) => {
          if (value === undefined) delete target[field];
          else target[field] = value;
        });
        expect(validate(document), `${field} = ${JSON.stringify(value)}`).toBe(schema.safeParse(document).success);
      }
    }
  });

  it('agrees with the contract on a field that nobody knows', () => {
    const document = copy(sample, (target) => Object.assign(target, { unheardOf: 1 }));
    expect(validate(document)).toBe(schema.safeParse(document).success);
  });
});

describe('the JSON Schema of a request', () => {
  const validate = validatorOf('inference-request');
  const withContent = (...content: unknown[]) => ({ schemaVersion: '1.0', messages: [{ role: 'user', content }] });

  it.each([
    ['a block of one kind', withContent({ text: 'a' }), true],
    ['a block of two kinds', withContent({ text: 'a', cachePoint: { type: 'default' } }), false],
    ['a block of no kind', withContent({}), false],
    ['an unknown field', { ...withContent({ text: 'a' }), temperature: 1 }, false],
    ['a deadline that is no time', { ...withContent({ text: 'a' }), deadline: 'tomorrow' }, false],
    ['free-form JSON', { ...withContent({ text: 'a' }), additionalModelRequestFields: { a: [{ b: null }] } }, true],
  ])('says of %s what the contract says', (_, request, expected) => {
    expect(validate(request)).toBe(expected);
    expect(PUBLIC_CONTRACTS[0]?.schema.safeParse(request).success).toBe(expected);
  });

  it('carries the docstrings of its fields', () => {
    expect(validate.schema).toMatchObject({
      properties: {
        sessionId: { description: expect.stringContaining('same target') },
        input: { description: expect.stringContaining('chat') },
      },
    });
  });
});
