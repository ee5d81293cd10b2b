import type { Priority } from '@signalbox/contracts';

/** A message that was taken out of the way of the others: refused, or crashed on every receive. */
export type KeptMessage = {
  /** Of the SQS message that first brought it: what its events and its dead letter are named by. */
  origin: string;
  /** Another name of it: of the SQS message in the rejected queue. */
  messageId?: string;
  body: string;
  /** What its request is called: its own id, where it has one, else the origin. */
  requestId: string;
  /** `malformed`, `unknown-route`, `id-reused`, …; `dead-lettered`. */
  reason: string;
  /** In words, where more is known than the reason. */
  problems?: string;
  /** The queue it came by, where that is known. */
  priority?: Priority;
  acceptedAt: Date;
  /** Where it lies. */
  where: string;
  /** What else is known of it. */
  facts: Readonly<Record<string, string>>;
};

/** One that can be taken away from where it lies. */
export type HeldMessage = KeptMessage & { remove(): Promise<void> };

/** Where such messages lie. */
export type KeptStore = {
  /** Of all that lie there, those that can be seen; about, where nobody counts exactly. */
  count(): Promise<number>;
  /** Looks at up to so many, a few at a time. Each stays where it is unless it is removed, and can be read by others again when the walk ends. */
  walk(options: { limit: number; signal: AbortSignal }): AsyncGenerator<readonly HeldMessage[], void, undefined>;
};

/** The request's own id, if the body has one. */
export function requestIdOf(body: string): string | undefined {
  const { id } = (parseBody(body) ?? {}) as { id?: unknown };
  return typeof id === 'string' ? id : undefined;
}

/** The body as JSON; undefined when it is none. */
export function parseBody(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // Not being JSON may be the very reason why it lies here.
    return undefined;
  }
}
