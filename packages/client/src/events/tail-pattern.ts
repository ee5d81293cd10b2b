type Wanted = { types: readonly string[]; id: string | undefined };

/** Aggregates for the controller, several a second under load: shown when they are asked for. */
const UNASKED = 'AttemptsObserved';

/** The EventBridge pattern of what is wanted: all events of Signalbox, those of some types, those of one request. */
export function tailPattern({ types, id }: Wanted): string {
  return JSON.stringify({
    source: [{ prefix: 'signalbox.' }],
    'detail-type': types.length > 0 ? types : [{ 'anything-but': UNASKED }],
    ...(id === undefined ? {} : { detail: { metadata: { correlationId: [id] } } }),
  });
}
