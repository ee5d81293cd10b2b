import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { EVENT_CONTRACTS } from './public-contracts.ts';
import { ASYNCAPI_FILE, publishedDocuments } from './published-documents.ts';

type Reference = { $ref: string };
type Channel = { address: string; parameters: Record<string, object>; messages: Record<string, Reference> };
type Message = {
  name: string;
  description: string;
  headers?: object;
  payload: object;
  examples: { payload: unknown; headers?: unknown }[];
};
type Document = {
  channels: Record<string, Channel>;
  operations: Record<string, { action: string; channel: Reference; messages: Reference[] }>;
  components: { messages: Record<string, Message>; schemas: Record<string, object> };
};

// Read as YAML 1.1 as well as 1.2: other people's tools do.
const text = publishedDocuments().get(ASYNCAPI_FILE) ?? '';
const document: Document = parse(text);
const messages = Object.values(document.components.messages);

function validatorOf(schema: object) {
  const ajv = new Ajv({ strict: true, strictTypes: false });
  formats.default(ajv);
  ajv.addVocabulary(['components']);
  return ajv.compile({ ...schema, components: { schemas: document.components.schemas } });
}

function propertiesOf(schema: object): object {
  return (schema as { properties: object }).properties;
}

function resolve(reference: string): unknown {
  return reference
    .slice(2)
    .split('/')
    .reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], document);
}

describe('docs/asyncapi.yaml', () => {
  it('reads the same as YAML 1.1', () => {
    expect(parse(text, { version: '1.1' })).toEqual(document);
  });

  it('has a docstring wherever it quotes one', () => {
    expect(text).not.toMatch(/\bundefined\b/);
  });

  it('leads nowhere by no reference', () => {
    const references = text.match(/(?<=\$ref: ")[^"]+/g) ?? [];
    expect(references.length).toBeGreaterThan(50);
    for (const reference of new Set(references)) expect(resolve(reference), reference).toBeDefined();
  });

  it.each(Object.entries(document.channels))(
    'describes every parameter in the address of %s, and no other',
    (_, { address, parameters }) => {
      expect(Object.keys(parameters).map((name) => `{${name}}`)).toEqual(address.match(/\{\w+\}/g));
    },
  );

  it('says who does what to each channel', () => {
    const uses = Object.values(document.operations).map(({ action, channel }) => `${action} ${channel.$ref.split('/').at(-1)}`);
    expect([...new Set(uses)].sort()).toEqual([
      'receive bulk',
      'receive deadLetter',
      'receive interactive',
      'receive standard',
      'send events',
      'send rejected',
      'send reply',
    ]);
  });

  it('uses only messages that its channel has', () => {
    for (const { channel, messages } of Object.values(document.operations)) {
      for (const { $ref } of messages) expect($ref.startsWith(`${channel.$ref}/messages/`)).toBe(true);
    }
  });

  it.each(messages)('has examples of $name that fit its payload and headers', ({ payload, headers, examples }) => {
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) {
      if (headers) expect(Object.keys(example.headers ?? {}).filter((key) => !(key in propertiesOf(headers)))).toEqual([]);
      expect(validatorOf(payload)(example.payload)).toBe(true);
      if (headers && example.headers) expect(validatorOf(headers)(example.headers)).toBe(true);
    }
  });

  it.each(EVENT_CONTRACTS)('names $name by its detail-type, and says how it is delivered', ({ source, name, sample }) => {
    const message = document.components.messages[name];
    expect(message?.name).toBe(name);
    expect(message?.description).toContain('at least once');
    expect(message?.description).toContain('metadata.id');
    expect(message?.examples).toEqual([{ name: 'sample', headers: { source, 'detail-type': name }, payload: sample }]);
    expect(document.channels.events?.messages).toHaveProperty(name);
  });

  it('describes each message attribute of the request queues', () => {
    expect(document.components.messages.InferenceRequest?.headers).toMatchObject({
      properties: Object.fromEntries(
        ['origin-message-id', 'deferrals', 'attempts', 'strikes'].map((name) => [name, { description: expect.stringMatching(/\S/) }]),
      ),
    });
  });

  it('refuses, by its schemas, an event that lacks its metadata', () => {
    const validate = validatorOf(document.components.messages.InferenceCompleted?.payload ?? {});
    expect(validate({ data: EVENT_CONTRACTS[0].sample.data })).toBe(false);
  });
});
