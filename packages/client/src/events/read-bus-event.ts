import { EventMetadata, JsonObject } from '@signalbox/contracts';

/** An event as EventBridge delivers it. Its data is not held against a contract: one of a newer build, or of another service, is shown as well. */
export type BusEvent = { type: string; metadata: EventMetadata; data: JsonObject; whole: JsonObject };

/** Undefined for what has not the envelope of Signalbox. */
export function readBusEvent(body: string): BusEvent | undefined {
  const event = JsonObject.safeParse(parseJson(body));
  const detail = JsonObject.safeParse(event.data?.detail);
  const metadata = EventMetadata.safeParse(detail.data?.metadata);
  const data = JsonObject.safeParse(detail.data?.data);
  if (!event.success || !metadata.success || !data.success) return undefined;
  return { type: String(event.data['detail-type']), metadata: metadata.data, data: data.data, whole: event.data };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON is no event: the caller says so.
    return undefined;
  }
}
