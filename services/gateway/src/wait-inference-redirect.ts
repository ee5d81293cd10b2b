import type { HttpReply } from '@signalbox/runtime';

/** Sends the caller to the function that waits: a REST API routes by path only, and waiting callers must not take the places of the others. */
export function waitInferenceRedirect({ path, id, waitSeconds }: { path: string; id: string; waitSeconds: number }): HttpReply {
  // Relative to the request's own address, which on AWS begins with the stage.
  const address = path.endsWith('/') ? 'wait' : `${encodeURIComponent(id)}/wait`;
  return { status: 307, body: undefined, headers: { location: `${address}?waitSeconds=${waitSeconds}` } };
}
