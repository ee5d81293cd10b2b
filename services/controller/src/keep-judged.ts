import type { LeaseStore } from './ports.ts';

/** While events flow the fleet is judged so often. */
const TICK_MS = 5_000;
/** A fault is judged at once, but not more than once a second: the overlay is not written more often either. */
const TURN_MS = 1_000;
/** Two that reach for the same turn again and again do not do so for ever: the next tick judges. */
const TRIES = 5;

export type KeepJudgedPorts = {
  lease: LeaseStore;
  /** Judges the fleet and does what follows. */
  judge: () => Promise<unknown>;
  now: () => number;
  sleep: (ms: number) => Promise<unknown>;
};

export type KeepJudged = {
  /** Judges if nobody has for five seconds. */
  tick(): Promise<'judged' | 'not-due'>;
  /** Sees to it that what is counted is judged within a second: now, by the next turn, or by who has taken that one already. */
  atOnce(): Promise<'judged' | 'by-another'>;
};

/** Sees to it that the fleet is judged in time, and by one at a time: whoever takes the turn does it. */
export function createKeepJudged({ lease, judge, now: clock, sleep }: KeepJudgedPorts): KeepJudged {
  // What this process knows of the last turn spares a write for each batch of events.
  let lastTurnAt = Number.NEGATIVE_INFINITY;

  async function take(now: number, everyMs: number): Promise<number | undefined> {
    const turn = await lease.take({ now, until: now - everyMs });
    lastTurnAt = turn.kind === 'taken' ? now : Math.min(turn.takenAt, now + TURN_MS);
    return turn.kind === 'taken' ? undefined : turn.takenAt;
  }

  /** Judges now, waits for the next turn, or leaves it to who waits for that; undefined when somebody else was quicker. */
  async function judgeSoon(): Promise<'judged' | 'by-another' | undefined> {
    const now = clock();
    const takenAt = await take(now, TURN_MS);
    // A turn that is still to come will see all that is counted by now.
    if (takenAt !== undefined && takenAt > now) return 'by-another';
    if (takenAt !== undefined) {
      const nextAt = takenAt + TURN_MS;
      if ((await lease.follow({ after: takenAt, at: nextAt })) === 'lost') return undefined;
      lastTurnAt = nextAt;
      await sleep(nextAt - now);
    }
    await judge();
    return 'judged';
  }

  return {
    async tick() {
      const now = clock();
      if (now - lastTurnAt < TICK_MS || (await take(now, TICK_MS)) !== undefined) return 'not-due';
      await judge();
      return 'judged';
    },
    async atOnce() {
      for (let tried = 0; tried < TRIES; tried++) {
        const done = await judgeSoon();
        if (done) return done;
      }
      return 'by-another';
    },
  };
}
