import type { KnownDifference } from '../kit/report.ts';

const NO_405 = 'a REST API finds a route by path and method together: what it does not find is 404 here, whichever of the two was wrong';

/** Where the gateway answers otherwise than schemathesis would have it, and we leave it so. */
export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  ...[
    '/v1/chat/completions',
    '/v1/embeddings',
    '/v1/inferences',
    '/v1/models',
    '/v1/routes',
    '/v1/targets',
    '/v1/uploads',
    '/v1/inferences/batch',
  ].map((path) => ({
    name: `${path}: unsupported_method: 404 not_found`,
    reason: NO_405,
  })),
  {
    name: 'POST /v1/inferences: positive_data_acceptance: 400 invalid_request',
    reason: 'which content an operation needs, and that it stands in the payload or beside it, is beyond its schema',
  },
  {
    name: 'POST /v1/inferences: positive_data_acceptance: 400 idempotency_key_mismatch',
    reason: 'that header and body name the same id is beyond OpenAPI',
  },
  {
    name: 'POST /v1/chat/completions: positive_data_acceptance: 400 invalid_request',
    reason: 'that tools are called before they answer, what an image is, and who begins a conversation are beyond its schema',
  },
  {
    name: 'POST /v1/chat/completions: positive_data_acceptance: 400 no_suitable_target',
    reason: 'what the targets of a route can do is the policy’s to say',
  },
  {
    name: 'POST /v1/embeddings: positive_data_acceptance: 400 wrong_operation',
    reason: 'which models embed is the policy’s to say',
  },
  {
    name: 'GET /v1/inferences: positive_data_acceptance: 400 invalid_cursor',
    reason: 'a cursor is a text that only this list has answered',
  },
  {
    name: 'POST /v1/inferences/batch: negative_data_rejection: 200',
    reason: 'each request of a batch is refused by itself: the batch is answered',
  },
];
