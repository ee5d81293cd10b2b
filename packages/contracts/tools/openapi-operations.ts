/** What an operation answers when it succeeds: the contract of the body by status, none without a body. */
type Answer = {
  description: string;
  schema?: string;
  sample?: string;
  headers?: object;
  /** The contract of each event, where the answer can be asked for as a stream. */
  events?: { schema: string; sample: string };
};

export type Operation = {
  operationId: string;
  summary: string;
  description?: string;
  tag: 'answers' | 'inferences' | 'uploads' | 'policy';
  parameters?: object[];
  body?: { schema: string; sample: string };
  answers: Record<number, Answer>;
  /** Refusals of this operation beside those of all, by code: what each means and what to do. */
  errors: ErrorCode[];
};

type ErrorDescription = { status: number; description: string };

/** Every error code of the gateway's functions. */
export const ERROR_CODES = {
  invalid_json: { status: 400, description: 'The body is not JSON.' },
  invalid_request: {
    status: 400,
    description: 'The body or a query parameter does not have the form that is promised here; `param` names it.',
  },
  invalid_cursor: {
    status: 400,
    description: 'The cursor was altered, or belongs to another tenant or another `label`, `status` or `batch`. Begin again without it.',
  },
  invalid_id: { status: 400, description: 'An id, or the `Idempotency-Key`, has characters that it may not have, or too many.' },
  invalid_path: { status: 400, description: 'A path parameter is not valid percent-encoding.' },
  idempotency_key_mismatch: { status: 400, description: 'The body has an id and the header another. Give one of them, or the same twice.' },
  unsupported_parameter: {
    status: 400,
    description:
      "A parameter of OpenAI's API, or a value of one, that is not taken here; `param` names it, `message` says what to do instead.",
  },
  context_length_exceeded: { status: 400, description: 'The messages are longer than every model that may answer can read.' },
  content_filter: { status: 400, description: 'A model or a guardrail refused the content; `message` has the reason.' },
  rejected_by_model: { status: 400, description: "The model's provider refused the request as invalid; `message` has its own words." },
  no_suitable_target: {
    status: 400,
    description: 'No target of the route has what the request needs; `message` says what each lacks. No model was asked.',
  },
  wrong_operation: { status: 400, description: 'The route, model or target is for another operation; `message` says where to send it.' },
  unsupported_version: { status: 400, description: 'The `schemaVersion` is newer than this installation reads.' },
  deadline_too_far: { status: 400, description: 'The deadline is more than 12 days from now.' },
  unknown_route: {
    status: 400,
    description: 'The policy has no such route, or the route has another operation. `GET /v1/routes` lists them.',
  },
  unknown_reply_queue: { status: 400, description: 'The policy has no reply queue of that name. `GET /v1/routes` lists them.' },
  payload_foreign: { status: 400, description: 'The payload does not lie where `POST /v1/uploads` puts payloads of this tenant.' },
  invalid_api_key: { status: 401, description: 'No key, or a malformed, unknown or wrong one.' },
  expired_api_key: { status: 401, description: 'The key was right, but has expired.' },
  revoked_api_key: { status: 401, description: 'The key was right, but was revoked.' },
  model_not_allowed: { status: 403, description: 'The scopes of the key do not cover this route, model or target.' },
  model_not_found: {
    status: 404,
    description: 'No route, model or target has this name. `GET /v1/routes` and `GET /v1/models` list them.',
  },
  not_found: { status: 404, description: 'This tenant has no inference, or no batch, by that id.' },
  id_reused: { status: 409, description: 'The id is taken by a request with another body. Use a new id.' },
  batch_id_reused: { status: 409, description: 'The batch by this `Idempotency-Key` has other ids, or another order. Use a new key.' },
  request_too_large: {
    status: 413,
    description: 'The body is too large. Put the content in S3 by `POST /v1/uploads`, or send fewer requests at once.',
  },
  unsupported_media_type: { status: 415, description: 'The body must be `application/json` in UTF-8.' },
  rate_limit_exceeded: {
    status: 429,
    description:
      'A limit of the tenant is reached; `message` says which, how much is left and when it resets. Try again after `retry-after` seconds.',
  },
  internal_error: { status: 500, description: 'A bug. Try again; report the request id if it stays.' },
  quarantined: {
    status: 502,
    description:
      'The request failed on several targets that answer others: it is likely to fail on any. Change it before sending it again.',
  },
  answer_interrupted: {
    status: 502,
    description:
      'The answer broke off, and a part of it may have been sent: it is not whole. As a status it is not used once a stream has begun; then it is the last event.',
  },
  all_attempts_failed: {
    status: 503,
    description:
      'No model answered. The message is that of the first attempt that says why; `attempts` lists all. `retry-after` is given where waiting would help.',
  },
  out_of_time: {
    status: 504,
    description: 'Time was up before an answer came. Ask for fewer tokens, or allow more by `signalbox.timeoutSeconds`.',
  },
  unavailable: {
    status: 503,
    description: 'Something that this needs cannot be reached. Try again after `retry-after` seconds, with the same id.',
  },
} as const satisfies Record<string, ErrorDescription>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** Of every operation. */
const COMMON: ErrorCode[] = ['invalid_api_key', 'expired_api_key', 'revoked_api_key', 'internal_error', 'unavailable'];
const BODY: ErrorCode[] = ['invalid_json', 'invalid_request', 'request_too_large', 'unsupported_media_type'];
/** Of one request, alone or in a batch. */
const REQUEST: ErrorCode[] = [
  'unsupported_version',
  'deadline_too_far',
  'unknown_route',
  'unknown_reply_queue',
  'model_not_allowed',
  'payload_foreign',
  'id_reused',
];

/** Of a call that a model answers while the caller waits. */
const ANSWERED: ErrorCode[] = [
  ...BODY,
  'unsupported_parameter',
  'context_length_exceeded',
  'content_filter',
  'rejected_by_model',
  'model_not_allowed',
  'model_not_found',
  'rate_limit_exceeded',
  'wrong_operation',
  'no_suitable_target',
  'quarantined',
  'answer_interrupted',
  'all_attempts_failed',
  'out_of_time',
];

const textHeader = (description: string) => ({ description, schema: { type: 'string' } });
const ANSWERED_BY = {
  'x-signalbox-target': textHeader('The target that answered. A stream that begins before it is known does without.'),
  'x-signalbox-model': textHeader('The model that answered; as the target.'),
  'x-signalbox-attempts': textHeader('How many attempts it took; as the target.'),
  'x-signalbox-degraded': textHeader('Why a fallback of a lower class answered; absent when none did.'),
  'x-signalbox-table-version': textHeader('The version of the routing table.'),
};

const idempotencyKey = (description: string, maxLength: number) => ({
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description,
  schema: { type: 'string', pattern: `^[A-Za-z0-9][A-Za-z0-9._:@+-]{0,${maxLength - 1}}$` },
});

const INFERENCE_ID = {
  name: 'id',
  in: 'path',
  required: true,
  description: 'The id of the request; percent-encode it.',
  schema: { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9._:@+-]{0,127}$' },
};

const waitSeconds = ({ required, description }: { required: boolean; description: string }) => ({
  name: 'waitSeconds',
  in: 'query',
  required,
  description,
  schema: { type: 'integer', minimum: 1, maximum: 25 },
});

const query = (name: string, description: string, schema: object) => ({ name, in: 'query', required: false, description, schema });

const LIST_QUERY = [
  query('label', 'Only those with this label, `<name>:<value>`.', { type: 'string', pattern: '^[a-zA-Z0-9_.-]{1,64}:[\\s\\S]{1,128}$' }),
  query('status', 'Only those that stand so.', {
    type: 'string',
    enum: ['accepted', 'running', 'succeeded', 'failed', 'expired', 'rejected'],
  }),
  query('batch', 'Those of the batch with this `batchId`, in its order, with its progress.', {
    type: 'string',
    pattern: '^[A-Za-z0-9][A-Za-z0-9._:@+-]{0,127}$',
  }),
  query('limit', 'The most that one answer has.', { type: 'integer', minimum: 1, maximum: 100, default: 50 }),
  query('cursor', '`nextCursor` of the answer before; the other parameters, but for `limit`, stay as they were.', {
    type: 'string',
    minLength: 1,
    maxLength: 1024,
  }),
];

const LOCATION = {
  location: { description: 'Where its status and result can be read, relative to this address.', schema: { type: 'string' } },
};

export const OPERATIONS: Record<string, Record<string, Operation>> = {
  '/v1/chat/completions': {
    post: {
      operationId: 'createChatCompletion',
      summary: 'Answer a conversation, now or as a stream',
      description: `In the shape of OpenAI's API: any client of it works, with \`{gatewayUrl}/v1\` as its base URL. \`model\` names a route, else a model, else a target;
\`model\` of the answer names what answered. A parameter that cannot be honoured is refused by name, never dropped. What OpenAI's shape lacks stands in \`signalbox\`.

With \`stream: true\` the answer is server-sent events, each \`data:\` a ChatCompletionChunk, after the last of them \`data: [DONE]\`. Lines that begin with a colon
keep the connection alive. An answer that breaks off has no \`finish_reason\` and no \`[DONE]\`: its last event is \`data: {"error": …}\`, in the form of an ErrorBody. On a route
with \`rescue: hold\` the answer is whole before its first chunk is sent, and a failure on the way is made good elsewhere.`,
      tag: 'answers',
      body: { schema: 'ChatCompletionRequest', sample: 'chatCompletionRequest' },
      answers: {
        200: {
          description: 'The answer; with `stream: true` as events.',
          schema: 'ChatCompletion',
          sample: 'chatCompletion',
          events: { schema: 'ChatCompletionChunk', sample: 'chatCompletionChunk' },
          headers: ANSWERED_BY,
        },
      },
      errors: ANSWERED,
    },
  },
  '/v1/embeddings': {
    post: {
      operationId: 'createEmbeddings',
      summary: 'Turn texts into vectors',
      description:
        "In the shape of OpenAI's API. `model` names a route, else a model, else a target. Tokens in place of texts are refused.",
      tag: 'answers',
      body: { schema: 'EmbeddingsRequest', sample: 'embeddingsRequest' },
      answers: { 200: { description: 'The vectors.', schema: 'EmbeddingsList', sample: 'embeddingsList', headers: ANSWERED_BY } },
      errors: ANSWERED.filter((code) => code !== 'content_filter'),
    },
  },
  '/v1/inferences': {
    get: {
      operationId: 'listInferences',
      summary: 'List requests, or follow a batch',
      description: `Without \`batch\`: the requests of the last 31 days (UTC), newest first by their acceptance, within a second or two of each change. Listed are those
with labels, and those that ended other than \`succeeded\`; one without labels that is open or succeeded is not: read it by its id. An erased one that had
succeeded is not listed any more. Go on while there is a \`nextCursor\`, also after an answer that is empty: a call reads a limited number of requests.

With \`batch\`: all of its requests, labelled or not, as they stand now, in the order of the batch, and \`progress\` of the whole batch whatever \`status\`,
\`label\` and \`limit\` say. It goes by their ids: one that was refused with \`id_reused\` counts as what has that id.`,
      tag: 'inferences',
      parameters: LIST_QUERY,
      answers: { 200: { description: 'The requests.', schema: 'InferenceList', sample: 'inferenceList' } },
      errors: ['invalid_request', 'invalid_cursor', 'not_found'],
    },
    post: {
      operationId: 'acceptInference',
      summary: 'Accept a request',
      description: `Records the request, puts it on the queue of its \`priority\`, and answers with its id. From then on there will be an answer or a reason.

Send it again with the same id whenever an answer is lost: it is never asked twice. The same id with another body is refused with 409;
\`deadline\`, \`priority\`, \`labels\` and \`traceparent\` may differ: until a worker has the request, those of a later copy may count. A request without an
id gets a new one each time.`,
      tag: 'inferences',
      parameters: [idempotencyKey('The id of a request that has none in its body.', 128)],
      body: { schema: 'InferenceRequest', sample: 'inferenceRequest' },
      answers: {
        200: {
          description: 'It was accepted before and has ended: its result can be read.',
          schema: 'InferenceAccepted',
          sample: 'inferenceAccepted',
          headers: LOCATION,
        },
        202: { description: 'It is accepted, now or before.', schema: 'InferenceAccepted', sample: 'inferenceAccepted', headers: LOCATION },
      },
      errors: [...BODY, ...REQUEST, 'invalid_id', 'idempotency_key_mismatch'],
    },
  },
  '/v1/inferences/batch': {
    post: {
      operationId: 'acceptBatch',
      summary: 'Accept up to 100 requests',
      description: `Each request is accepted or refused by itself, as \`POST /v1/inferences\` would; \`results\` says which, in their order. A request without an
id gets \`<batchId>.<index>\`: with an \`Idempotency-Key\` the whole batch can be sent again, with the same ids in the same order. At most 4 MiB in all,
256 KiB each. \`GET /v1/inferences?batch=<batchId>\` follows it.`,
      tag: 'inferences',
      parameters: [idempotencyKey('The id of the batch; a new one without.', 124)],
      body: { schema: 'InferenceBatch', sample: 'inferenceBatch' },
      answers: { 200: { description: 'What became of each request.', schema: 'BatchAccepted', sample: 'batchAccepted' } },
      errors: [...BODY, 'invalid_id', 'batch_id_reused'],
    },
  },
  '/v1/inferences/{id}': {
    get: {
      operationId: 'getInference',
      summary: 'Read the status or the result of a request',
      description:
        '`status` is `accepted` or `running` until it has ended. An output above 1 MB stands behind `outputUrl`, valid for an hour at most.',
      tag: 'inferences',
      parameters: [
        INFERENCE_ID,
        waitSeconds({ required: false, description: 'Wait so long for its end. Follow the redirect that answers.' }),
      ],
      answers: {
        200: { description: 'How it stands.', schema: 'InferenceResult', sample: 'inferenceResult' },
        307: {
          description: 'With `waitSeconds`: ask `location` instead, with the same key. HTTP clients do so by themselves; curl needs `-L`.',
          headers: {
            location: {
              description: 'The path of `GET /v1/inferences/{id}/wait`, relative to this address.',
              schema: { type: 'string' },
            },
          },
        },
      },
      errors: ['invalid_request', 'invalid_id', 'invalid_path', 'not_found'],
    },
    delete: {
      operationId: 'deleteInference',
      summary: 'Cancel a request, or erase it when it has ended',
      description: `One that is open ends as \`failed\`, reason \`cancelled\`: it is not asked of a model any more, \`InferenceFailed\` is told, and its upload is deleted.
A call that a model is answering at this moment goes on, costs what it costs, and its answer is dropped.

Of one that has ended the content is erased: output, upload, labels, and the details of an error. Status, usage, cost and attempts stay, with \`erasedAt\`,
and so does the id: a late copy of its message is not asked again. What has ended between your reading and the call is erased, not cancelled.

Repeat it after a 503, or at any time: the answer stays the same. An upload that several requests name goes with the first of them. Not reached are
messages in your own queues, events, the rejected queue (14 days) and backups of the table (35 days).`,
      tag: 'inferences',
      parameters: [INFERENCE_ID],
      answers: { 200: { description: 'How it ended.', schema: 'InferenceResult', sample: 'inferenceResult' } },
      errors: ['invalid_id', 'invalid_path', 'not_found'],
    },
  },
  '/v1/inferences/{id}/wait': {
    get: {
      operationId: 'waitInference',
      summary: 'Wait for the result of a request',
      description: `Answers as soon as the request has ended, and after \`waitSeconds\` how it stands; ask again then. A limited number of callers can wait at
once: above that the answer is 503 with \`retry-after\`. \`GET /v1/inferences/{id}?waitSeconds=\` leads here.`,
      tag: 'inferences',
      parameters: [INFERENCE_ID, waitSeconds({ required: true, description: 'Answer after this time at the latest.' })],
      answers: { 200: { description: 'How it ended, or stands.', schema: 'InferenceResult', sample: 'inferenceResult' } },
      errors: ['invalid_request', 'invalid_id', 'invalid_path', 'not_found'],
    },
  },
  '/v1/uploads': {
    post: {
      operationId: 'createUpload',
      summary: 'Get a link for content above 256 KiB',
      description: `PUT the content, a JSON object with any of \`messages\`, \`input\`, \`system\`, \`toolConfig\`, \`outputConfig\` and \`additionalModelRequestFields\`, to
\`upload.url\` with \`upload.headers\`; then send a request with \`payload\` instead of it. The content is kept 30 days.`,
      tag: 'uploads',
      body: { schema: 'UploadRequest', sample: 'uploadRequest' },
      answers: { 201: { description: 'The link, and what the request then says.', schema: 'UploadTicket', sample: 'uploadTicket' } },
      errors: BODY,
    },
  },
  '/v1/routes': {
    get: {
      operationId: 'listRoutes',
      summary: 'List the routes that a request may name',
      tag: 'policy',
      answers: { 200: { description: 'The routes of the policy in force.', schema: 'RouteList', sample: 'routeList' } },
      errors: [],
    },
  },
  '/v1/targets': {
    get: {
      operationId: 'listTargets',
      summary: 'List the targets, and how each is',
      description: `Every target of the policy in force with the share of its traffic that fleet health, or a person, lets it have. \`health\` says whether that can be relied
on: only while it is \`current\` do requests go by it.`,
      tag: 'policy',
      answers: { 200: { description: 'The targets of the policy in force.', schema: 'TargetList', sample: 'targetList' } },
      errors: [],
    },
  },
  '/v1/models': {
    get: {
      operationId: 'listModels',
      summary: 'List the models that may answer',
      description: "In the shape of OpenAI's API.",
      tag: 'policy',
      answers: { 200: { description: 'The models that any route may ask.', schema: 'ModelList', sample: 'modelList' } },
      errors: [],
    },
  },
};

/** The codes of an operation, by status. */
export function errorsByStatus({ errors }: Pick<Operation, 'errors'>): Map<number, ErrorCode[]> {
  const all = [...new Set([...errors, ...COMMON])];
  const statuses = [...new Set(all.map((code) => ERROR_CODES[code].status))].sort((left, right) => left - right);
  return new Map(statuses.map((status) => [status, all.filter((code) => ERROR_CODES[code].status === status)]));
}
