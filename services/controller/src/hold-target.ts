import type { OverlayTarget, RoutingOverlay } from '@signalbox/contracts';
import { targetKey } from '@signalbox/contracts/target-key';
import * as z from 'zod/mini';
import { activeHolds, type ManualHold, toOverlay } from './health/index.ts';
import type { Judgement } from './judge-fleet.ts';
import type { HoldStore, Note, OverlayStore, ReadTable } from './ports.ts';

/** Longer than that nobody remembers why; a target that is to stay out leaves the routing table. */
const LONGEST_HOLD_MS = 30 * 24 * 60 * 60_000;

const words = (most: number) => z.string().check(z.trim(), z.minLength(1), z.maxLength(most));
const named = { target: words(63), reason: words(200), author: words(100) };
/** ISO 8601, or milliseconds since the epoch. */
const Until = z.union([
  z.int(),
  z.pipe(
    z.iso.datetime({ offset: true }),
    z.transform((text) => Date.parse(text)),
  ),
]);

/** What an operator asks for: a target out of traffic, all traffic to it, or what is measured again. */
const HoldCommand = z.discriminatedUnion('action', [
  z.object({ action: z.enum(['eject', 'drain', 'restore']), ...named, until: Until }),
  z.object({ action: z.literal('release'), ...named }),
]);
type HoldCommand = z.infer<typeof HoldCommand>;

/** How a target stands for the processes that route. */
export type HoldState = Omit<OverlayTarget, 'latencyMs'> & { target: string };
export type HoldAnswer = { before: HoldState; after: HoldState } | { error: string };

export type HoldPorts = {
  readTable: ReadTable;
  holds: HoldStore;
  overlay: Pick<OverlayStore, 'read'>;
  /** Judges the fleet with the hold, does what follows, and gives the judgement. */
  judge: () => Promise<Judgement>;
  note: Note;
  now: () => number;
};

/** Holds a target by hand, or releases it. Nothing that is measured moves it until the hold expires, and nobody takes over a hold unseen. */
export function createHoldTarget(ports: HoldPorts): (input: unknown) => Promise<HoldAnswer> {
  return async (input) => {
    const parsed = HoldCommand.safeParse(input);
    if (!parsed.success) return { error: describeIssue(parsed.error) };
    const command = parsed.data;
    const { targets } = await ports.readTable();
    const target = Object.hasOwn(targets, command.target) ? targets[command.target] : undefined;
    if (!target) return { error: `The routing table has no target ${command.target}. It has: ${Object.keys(targets).join(', ')}.` };
    const now = ports.now();
    const [stored, held] = await Promise.all([ports.overlay.read(), ports.holds.list()]);
    const previous = held.find((hold) => hold.target === command.target);
    const hold = toHold(command, previous, now);
    if ('error' in hold) return hold;
    if ((await ports.holds.put(hold, previous)) === 'conflict')
      return {
        error: `Somebody else has just held or released ${command.target}. Look at it again, then repeat the command if you still want it.`,
      };
    ports.note('warn', 'A target is held by hand', {
      ...hold,
      action: command.action,
      replaced: previous && isActive(previous, now) ? previous : undefined,
    });
    const { evaluation } = await ports.judge();
    const after = toOverlay({ evaluation, seq: 0, now: ports.now() });
    const key = targetKey(target);
    return { before: stateIn(stored?.overlay, key, command.target, now), after: stateIn(after, key, command.target, now) };
  };
}

function toHold(command: HoldCommand, previous: ManualHold | undefined, now: number): ManualHold | { error: string } {
  const { target, author, reason } = command;
  // Never the time of the one before: by it the store knows whose hold is in place.
  const since = Math.max(now, (previous?.since ?? 0) + 1);
  if (command.action === 'release') {
    if (!previous || !isActive(previous, now)) return { error: `Nobody holds ${target}: it goes by what is measured.` };
    return { ...previous, author, reason, since, until: now };
  }
  const { until } = command;
  if (until <= now)
    return { error: `until is ${new Date(until).toISOString()}, which is past. A hold needs an end that is still to come.` };
  if (until > now + LONGEST_HOLD_MS)
    return { error: 'A hold lasts 30 days at most. A target that is to stay out longer leaves the routing table.' };
  return { target, share: command.action === 'restore' ? 1 : 0, author, reason, since, until };
}

function isActive(hold: ManualHold, now: number): boolean {
  return activeHolds([hold], now).size > 0;
}

/** One that the overlay does not name is closed at full share. */
function stateIn(overlay: RoutingOverlay | undefined, key: string, target: string, now: number): HoldState {
  const entry = overlay?.targets[key];
  if (!entry) return { target, state: 'closed', share: 1, reason: 'well', since: overlay?.publishedAt ?? now };
  const { latencyMs: _, ...state } = entry;
  return { target, ...state };
}

function describeIssue({ issues }: { issues: readonly { path: readonly PropertyKey[]; message: string }[] }): string {
  const [issue] = issues;
  return `The command is not valid at ${issue?.path.join('.') || 'its start'}: ${issue?.message}. It needs action (eject, drain, restore or release), target, reason, author and, except to release, until.`;
}
