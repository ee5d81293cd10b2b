/** Lambda takes 6 MB of an event, in which the body stands as a JSON text within JSON. */
export const MAX_SYNC_BYTES = 4_500_000;
export const USE_THE_QUEUE = 'Put larger content in S3 by POST /v1/uploads, and send it by POST /v1/inferences.';
