/** The clause that keeps where a request's content lies in S3, so that it can be erased with it; of an earlier life of the id nothing stays. */
export function payloadUpdate({ payloadKey }: { payloadKey?: string }) {
  if (payloadKey === undefined) return { set: '', remove: ', payloadKey', values: {} };
  return { set: ', payloadKey = :payloadKey', remove: '', values: { ':payloadKey': { S: payloadKey } } };
}
