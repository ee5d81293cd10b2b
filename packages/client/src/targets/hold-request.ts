import { JsonObject, OverlayTarget } from '@signalbox/contracts';

/** What a person can decide of a target for a time. */
export type HoldAction = 'eject' | 'drain' | 'restore';

/** What the controller is asked for. */
export type HoldRequest = { target: string; reason: string; author: string } & (
  | { action: HoldAction /** Milliseconds since the epoch. */; until: number }
  | { action: 'release' }
);

/** A target before and after; what else a newer controller says of it is kept. */
export type Held = { before: TargetStanding; after: TargetStanding; whole: JsonObject };
export type TargetStanding = Pick<OverlayTarget, 'state' | 'share'>;

const Standing = { state: OverlayTarget.shape.state, share: OverlayTarget.shape.share };

/** Reads what the controller answered; throws with its own words when it refused. */
export function readHoldReply(reply: unknown): Held {
  const whole = JsonObject.safeParse(reply);
  if (!whole.success) throw new Error('The controller answered with no object. Is it of the same release as this command?');
  const { error, before, after } = whole.data;
  if (error !== undefined) throw new Error(`The controller refused: ${wordsOf(error)}`);
  return { before: readStanding(before, 'before'), after: readStanding(after, 'after'), whole: whole.data };
}

function readStanding(value: unknown, name: string): TargetStanding {
  const { state, share } = (value ?? {}) as Record<string, unknown>;
  const known = { state: Standing.state.safeParse(state), share: Standing.share.safeParse(share) };
  if (known.state.success && known.share.success) return { state: known.state.data, share: known.share.data };
  throw new Error(`The controller did not say how the target was ${name}. Look with: signalbox targets list`);
}

function wordsOf(error: unknown): string {
  if (typeof error === 'string') return error;
  const { message } = (error ?? {}) as { message?: unknown };
  return typeof message === 'string' ? message : JSON.stringify(error);
}
