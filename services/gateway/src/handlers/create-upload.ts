import { randomUUID } from 'node:crypto';
import { onRequest, readEnvironment } from '@signalbox/runtime';
import { createFindKey } from '../adapters/access-table.ts';
import { createSignUpload } from '../adapters/uploads.ts';
import { createAuthenticate } from '../authenticate.ts';
import { createCreateUpload } from '../create-upload.ts';
import { readJsonBody } from '../read-json-body.ts';

const MAX_BODY_BYTES = 1_024;

const environment = readEnvironment(['ACCESS_TABLE', 'DATA_BUCKET']);
const authenticate = createAuthenticate({ findKey: createFindKey({ tableName: environment.ACCESS_TABLE }) });
const createUpload = createCreateUpload({ sign: createSignUpload({ bucket: environment.DATA_BUCKET }), newId: randomUUID, now: Date.now });

export const handler = onRequest(async (request) => {
  const { tenant } = await authenticate(request.headers);
  const tooLarge = 'It takes "bytes" and "sha256"; the content itself goes to the link that is answered.';
  const body = readJsonBody(request, { maxBytes: MAX_BODY_BYTES, tooLarge });
  return { status: 201, body: await createUpload({ tenant, body }) };
});
