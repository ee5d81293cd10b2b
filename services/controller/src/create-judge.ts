import { type ActPorts, createActOnJudgement } from './act-on-judgement.ts';
import { type CasePorts, createJudgeFleet, type Judgement } from './judge-fleet.ts';
import { createPublishOverlay, type PublishOverlayPorts } from './publish-overlay.ts';

export type JudgePorts = CasePorts & PublishOverlayPorts & Omit<ActPorts, 'publishOverlay'> & { random: () => number };

/** Judges the fleet and does what follows from it; gives the judgement. */
export type Judge = (options?: { isForced: boolean }) => Promise<Judgement>;

/** Who is overtaken so often leaves it to those who overtake. */
const TRIES = 3;

/**
 * A newer judgement may find that the overlay says already what it would say, and an older one, still under way, write after it: so whoever
 * has written looks whether the states are still those that it went by, and otherwise judges again.
 */
export function createJudge(ports: JudgePorts): Judge {
  const judgeFleet = createJudgeFleet(ports);
  const act = createActOnJudgement({ ...ports, publishOverlay: createPublishOverlay(ports) });
  return async (options) => {
    for (let tried = 1; ; tried++) {
      const judgement = await judgeFleet(options);
      const written = await act(judgement);
      if (tried === TRIES || written !== 'written') return judgement;
      if ((await ports.fleet.read())?.version === judgement.fleetVersion) return judgement;
    }
  };
}
