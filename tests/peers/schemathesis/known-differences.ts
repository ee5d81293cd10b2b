import type { KnownDifference } from '../kit/report.ts';

const NO_405 = 'a REST API finds a route by path and method together: what it does not find is 404 here, whichever of the two was wrong';

/** Where the gateway answers otherwise than schemathesis would have it, and we leave it so. */
export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  ...['/v1/inferences', '/v1/models', '/v1/routes', '/v1/targets', '/v1/uploads', '/v1/inferences/batch'].map((path) => ({
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
    name: 'GET /v1/inferences: positive_data_acceptance: 400 invalid_cursor',
    reason: 'a cursor is a text that only this list has answered',
  },
  {
    name: 'POST /v1/inferences/batch: negative_data_rejection: 200',
    reason: 'each request of a batch is refused by itself: the batch is answered',
  },
];
