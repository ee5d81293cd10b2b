import { InferenceRequest } from '@signalbox/contracts';

/** The W3C trace context of a call; what is not one is left aside, as its specification says. */
export function readTraceparent(headers: Record<string, string>): string | undefined {
  return InferenceRequest.shape.traceparent.safeParse(headers.traceparent).data;
}
