import { type ErrorBody, errorTypeOf, SCHEMA_VERSION } from '../src/index.ts';
import * as samples from '../src/samples.ts';
import { ERROR_CODES, type ErrorCode, errorsByStatus, OPERATIONS, type Operation } from './openapi-operations.ts';
import { HTTP_CONTRACTS } from './public-contracts.ts';
import type { Docstrings } from './read-docstrings.ts';
import { type JsonSchema, toJsonSchema } from './to-json-schema.ts';

const INTRODUCTION = `The HTTP API of a Signalbox installation: requests in, results out, what may be asked.

**Trust**: once you have an id, you will get an answer or a reason. Requests are deduplicated on their \`id\` within the tenant, and the API key says whose
they are; a \`tenant\` in a body is refused.

**Refusals** are OpenAI's error object: \`code\` for programs, \`message\` with what to do, \`param\` with the field, \`request_id\` to report. API Gateway refuses
in the same shape before any function is asked: \`THROTTLED\` (429: 200 requests a second, bursts of 400, over all tenants), \`REQUEST_TOO_LARGE\` (413: above
10 MB), \`not_found\` (404) for any other path or method, \`unavailable\` (503) for a function without room, \`INTEGRATION_TIMEOUT\` (504, after 29 s).
\`retry-after\` says when to try again, with the same id. Headers may have 10,240 bytes in all.

**Sizes**: a request up to 256 KiB; larger content goes by \`POST /v1/uploads\`, up to 20 MiB.`;

/** The OpenAPI document of the gateway, as plain data. */
export function openapiDocument(docs: Docstrings): object {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Signalbox',
      version: `${SCHEMA_VERSION}.0`,
      description: INTRODUCTION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [
      {
        url: '{gatewayUrl}',
        description: 'The base URL: `gateway-url` in SSM, or `gatewayUrl` of `stack.json` on one machine.',
        variables: {
          gatewayUrl: { default: 'https://api-id.execute-api.us-east-1.amazonaws.com/prod', description: 'Ends with the stage on AWS.' },
        },
      },
    ],
    security: [{ apiKey: [] }],
    tags: [
      { name: 'answers', description: "Answers while the caller waits, in the shape of OpenAI's API." },
      { name: 'inferences', description: 'Requests and their results.' },
      { name: 'uploads', description: 'Content that is too large for a request.' },
      { name: 'policy', description: 'What may be asked.' },
    ],
    paths: Object.fromEntries(Object.entries(OPERATIONS).map(([path, methods]) => [path, pathItem(methods)])),
    components: {
      securitySchemes: {
        apiKey: {
          type: 'http',
          scheme: 'bearer',
          description: 'An API key, `sbx_<prefix>_<secret>`. On one machine: `apiKey` of `stack.json`.',
        },
      },
      schemas: schemas(docs),
    },
  };
}

function pathItem(methods: Record<string, Operation>): object {
  return Object.fromEntries(Object.entries(methods).map(([method, operation]) => [method, toOperation(operation)]));
}

function toOperation(operation: Operation): object {
  const { operationId, summary, description, tag, parameters, body, answers } = operation;
  const succeeding = Object.entries(answers).map(([status, { description, schema, sample, headers, events }]) => [
    status,
    {
      description,
      headers: { ...REQUEST_ID, ...headers },
      ...(schema === undefined || sample === undefined ? {} : { content: { ...json(schema, sample), ...(events && eventStream(events)) } }),
    },
  ]);
  const refusing = [...errorsByStatus(operation)].map(([status, codes]) => [
    String(status),
    {
      description: codes.map((code) => `\`${code}\`: ${ERROR_CODES[code].description}`).join('\n'),
      'x-error-codes': codes,
      headers: { ...REQUEST_ID, ...(status === 503 || status === 429 ? RETRY_AFTER : {}) },
      content: errorContent(status, codes),
    },
  ]);
  return {
    operationId,
    summary,
    ...(description === undefined ? {} : { description }),
    tags: [tag],
    ...(parameters ? { parameters } : {}),
    ...(body ? { requestBody: { required: true, content: json(body.schema, body.sample) } } : {}),
    responses: withThrottling(Object.fromEntries([...succeeding, ...refusing])),
  };
}

const REQUEST_ID = {
  'x-signalbox-request-id': { description: 'Names this call in logs and reports; x-request-id is the same.', schema: { type: 'string' } },
};
const RETRY_AFTER = { 'retry-after': { description: 'Seconds.', schema: { type: 'string' } } };
const THROTTLED = {
  description: '`THROTTLED`, by API Gateway: too many calls. Try again after `retry-after` seconds, and slow down.',
  headers: RETRY_AFTER,
  content: withExample('ErrorBody', errorExample(429, 'THROTTLED', 'Too many calls. Try again later, and slow down.')),
};

/** API Gateway throttles every operation; some have a 429 of their own beside it. */
function withThrottling(responses: Record<string, { description?: string }>): object {
  const own = responses['429'];
  return { ...responses, '429': own ? { ...own, description: `${THROTTLED.description}\n${own.description}` } : THROTTLED };
}

/** Server-sent events: the contract is that of each `data`. */
function eventStream({ schema, sample }: { schema: string; sample: string }): object {
  return { 'text/event-stream': json(schema, sample)['application/json'] };
}

function json(schema: string, sample: string): Record<'application/json', object> {
  return withExample(schema, (samples as Record<string, unknown>)[sample]);
}

function withExample(schema: string, example: unknown): Record<'application/json', object> {
  return { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` }, example } };
}

/** The sample where it is one of these codes, else the first of them in the same shape. */
function errorContent(status: number, codes: readonly ErrorCode[]): Record<'application/json', object> {
  const [code = 'internal_error'] = codes;
  const isSample = (codes as readonly string[]).includes(samples.errorBody.error.code);
  return isSample ? json('ErrorBody', 'errorBody') : withExample('ErrorBody', errorExample(status, code, ERROR_CODES[code].description));
}

function errorExample(status: number, code: string, message: string): ErrorBody {
  return { error: { ...samples.errorBody.error, message, type: errorTypeOf(status), code, param: null } };
}

/** Each contract of the API, and each named contract it uses, once, in order of name. */
function schemas(docs: Docstrings): Record<string, JsonSchema> {
  const all = new Map<string, JsonSchema>();
  for (const contract of HTTP_CONTRACTS) {
    const { $schema: _dialect, $defs = {}, ...root } = toJsonSchema(contract, docs, 'draft-2020-12');
    for (const [name, schema] of Object.entries($defs as Record<string, JsonSchema>)) all.set(name, inComponents(schema));
    all.set(contract.name, inComponents(root));
  }
  // The key says it; the schema is closed, so what it does not name is refused.
  delete all.get('InferenceRequest')?.properties?.tenant;
  return Object.fromEntries([...all].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** References into `$defs` lead to `components.schemas` instead. */
function inComponents(schema: JsonSchema): JsonSchema {
  return JSON.parse(JSON.stringify(schema), (key, value: unknown) =>
    key === '$ref' && typeof value === 'string' ? value.replace('#/$defs/', '#/components/schemas/') : value,
  ) as JsonSchema;
}
