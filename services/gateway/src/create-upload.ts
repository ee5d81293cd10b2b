import { describeIssues, payloadPrefix, UploadRequest, type UploadTicket } from '@signalbox/contracts';
import { refusal } from './prepare-request.ts';

/** How long a link takes uploads, in seconds. */
const LINK_SECONDS = 900;

export type SignUpload = (upload: {
  key: string;
  bytes: number;
  sha256: string;
  expiresInSeconds: number;
}) => Promise<{ url: string; headers: Record<string, string> }>;

type Ports = { sign: SignUpload; newId: () => string; now: () => number };

/** A link for one upload of the tenant, bound to size and digest, and the `payload` that a request then names. Nothing is kept of it. */
export function createCreateUpload({ sign, newId, now }: Ports) {
  return async function createUpload({ tenant, body }: { tenant: string; body: unknown }): Promise<UploadTicket> {
    const parsed = UploadRequest.safeParse(body);
    if (!parsed.success) {
      const [problem = { path: '', message: 'is not valid' }] = describeIssues(parsed.error.issues, body);
      throw refusal('invalid_request', problem.path, problem.message);
    }
    const { bytes, sha256 } = parsed.data;
    const key = `${payloadPrefix(tenant)}${newId()}`;
    const { url, headers } = await sign({ key, bytes, sha256, expiresInSeconds: LINK_SECONDS });
    const expiresAt = new Date(now() + LINK_SECONDS * 1000).toISOString();
    return { upload: { method: 'PUT', url, headers, expiresAt }, payload: { key, sha256 } };
  };
}
