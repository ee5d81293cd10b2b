import { UnavailableError } from '@signalbox/runtime/errors';
import type { Access } from './health-tables.ts';
import { isWithin, type OwnTrouble } from './own-trouble.ts';
import type { Random } from './random.ts';
import type { VirtualTime } from './virtual-time.ts';

type Options = { time: VirtualTime; second: () => number; trouble: OwnTrouble; random: Random };

export type OwnParts = ReturnType<typeof createOwnParts>;

/** What an access to a table takes, in milliseconds. */
const ACCESS_MS = 8;
/** A crash comes within so many accesses, or not at all in that invocation. */
const ACCESSES_BEFORE_CRASH = 12;
/** Of the accesses that fail, such a share did what they were to do. */
const DONE_ALL_THE_SAME = 0.5;

/** Draws what goes wrong with our own parts, when and as often as a scenario says. */
export function createOwnParts({ time, second, trouble, random }: Options) {
  const happens = (share: number | undefined): boolean => share !== undefined && random() < share;

  const access: Access = async (work, takes) => {
    // Additions change nothing that anybody waits for, and there are very many of them.
    if (takes === 'its time') await time.sleep(ACCESS_MS);
    const isFailing = isWithin(trouble.storeErrors, second()) && happens(trouble.storeErrors?.share);
    if (!isFailing) return work();
    if (happens(DONE_ALL_THE_SAME)) work();
    throw new UnavailableError({ message: 'The table of the simulation is throttled.' });
  };

  return {
    access,
    isAway: () => isWithin(trouble.controllerAway, second()),
    isTurnLost: () => happens(trouble.lostTurns),
    /** Access for a container, which may die between two of them: what it waits for then never comes. */
    mortalAccess(onDeath: () => void) {
      let left = Number.POSITIVE_INFINITY;
      const mortal: Access = (work, takes) => {
        if (left-- > 0) return access(work, takes);
        onDeath();
        return new Promise(() => undefined);
      };
      return {
        access: mortal,
        /** Draws whether, and how soon, this invocation is the last. */
        beginInvocation(): void {
          left = happens(trouble.consumerCrashes) ? Math.floor(random() * ACCESSES_BEFORE_CRASH) : Number.POSITIVE_INFINITY;
        },
      };
    },
  };
}

/** What the controller says when its tables are away, or were written by others each time; anything else is a bug. */
export function isExpected(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(isExpected);
  return error instanceof UnavailableError;
}
