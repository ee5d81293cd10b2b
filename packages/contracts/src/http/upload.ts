import * as z from 'zod/mini';
import { ClaimCheck, MAX_PAYLOAD_BYTES } from '../inference-request.ts';

/** The body of `POST /v1/uploads`: what will be uploaded. The link takes these bytes and no others. */
export const UploadRequest = z.strictObject({
  /** Size of the content, at most 20 MiB. */
  bytes: z.int().check(z.gte(2), z.lte(MAX_PAYLOAD_BYTES)),
  /** Hex SHA-256 of the content. */
  sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
});
export type UploadRequest = z.infer<typeof UploadRequest>;

/** Where to put the content, and what to write into the request instead of it. */
export const UploadTicket = z.object({
  upload: z.object({
    method: z.literal('PUT'),
    url: z.string(),
    /** To be sent as they are: the link is bound to them. */
    headers: z.record(z.string(), z.string()),
    /** ISO 8601; the upload must begin before it. */
    expiresAt: z.string(),
  }),
  /** The `payload` of a request whose content this is. */
  payload: ClaimCheck,
});
export type UploadTicket = z.infer<typeof UploadTicket>;
