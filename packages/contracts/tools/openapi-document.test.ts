import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ErrorBody, errorTypeOf } from '../src/index.ts';
import { ERROR_CODES, errorsByStatus, OPERATIONS } from './openapi-operations.ts';
import { OPENAPI_FILE, publishedDocuments } from './published-documents.ts';

type Media = { 'application/json': { schema: { $ref: string }; example: unknown } };
type Operation = {
  operationId: string;
  requestBody?: { content: Media };
  responses: Record<string, { description: string; content: Media; 'x-error-codes'?: string[] }>;
};
type Document = { paths: Record<string, Record<string, Operation>>; components: { schemas: Record<string, object> } };

const text = publishedDocuments().get(OPENAPI_FILE) ?? '';
const document: Document = parse(text);
const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));

const ajv = new Ajv2020({ strict: true, strictTypes: false });
formats.default(ajv);
ajv.addVocabulary(['components']);
const accepts = (schema: object, value: unknown) => ajv.compile({ ...schema, components: document.components })(value);
const request = { $ref: '#/components/schemas/InferenceRequest' };
const valid = { schemaVersion: '1.0', messages: [{ role: 'user', content: [{ text: 'x' }] }] };

describe('docs/openapi.yaml', () => {
  it('reads the same as YAML 1.1, and has a docstring wherever it quotes one', () => {
    expect(parse(text, { version: '1.1' })).toEqual(document);
    expect(text).not.toMatch(/\bundefined\b/);
  });

  it('leads nowhere by no reference', () => {
    const names = new Set([...text.matchAll(/\$ref: "#\/components\/schemas\/([^"]+)"/g)].map(([, name = '']) => name));
    expect(names.size).toBeGreaterThan(15);
    for (const name of names) expect(document.components.schemas, name).toHaveProperty(name);
    expect(text.match(/\$ref: "(?!#\/components\/schemas\/)[^"]*/g)).toBeNull();
  });

  it('has examples that its schemas accept', () => {
    const media = operations
      .flatMap(({ requestBody, responses }) => [requestBody, ...Object.values(responses)])
      .flatMap((body) => body?.content ?? []);
    expect(media.length).toBeGreaterThan(30);
    for (const { 'application/json': json } of media) expect(accepts(json.schema, json.example), json.schema.$ref).toBe(true);
  });

  it('takes no tenant, alone or in a batch', () => {
    expect(accepts(request, valid)).toBe(true);
    expect(accepts(request, { ...valid, tenant: 'acme' })).toBe(false);
    const batch = { $ref: '#/components/schemas/InferenceBatch' };
    expect(accepts(batch, { requests: [valid] })).toBe(true);
    expect(accepts(batch, { requests: [{ ...valid, tenant: 'acme' }] })).toBe(false);
  });

  it('has 401, 429, 500 and 503 at every operation, and names each code at its status', () => {
    for (const { operationId, responses } of operations) {
      expect(Object.keys(responses), operationId).toEqual(expect.arrayContaining(['401', '429', '500', '503']));
      for (const [status, { 'x-error-codes': codes = [] }] of Object.entries(responses))
        for (const code of codes) expect(String(ERROR_CODES[code as keyof typeof ERROR_CODES].status)).toBe(status);
    }
  });

  it('shows with each refusal one that it may be', () => {
    for (const { operationId, responses } of operations) {
      for (const [status, { 'x-error-codes': codes = ['THROTTLED'], content }] of Object.entries(responses)) {
        if (Number(status) < 400) continue;
        const { error } = ErrorBody.parse(content['application/json'].example);
        expect(codes, `${operationId} ${status}`).toContain(error.code);
        expect(error.type).toBe(errorTypeOf(Number(status)));
      }
    }
  });

  it('uses every code that it describes', () => {
    const used = Object.values(OPERATIONS).flatMap((methods) =>
      Object.values(methods).flatMap((operation) => [...errorsByStatus(operation).values()].flat()),
    );
    expect([...new Set(used)].sort()).toEqual(Object.keys(ERROR_CODES).sort());
  });
});
