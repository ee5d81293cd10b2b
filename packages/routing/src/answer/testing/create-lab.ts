import type { Route, RoutingTarget } from '@signalbox/contracts';
import { makeRandom } from '../../testing/make-random.ts';
import { makeRequest } from '../../testing/make-request.ts';
import { makeTable, makeTarget } from '../../testing/make-table.ts';
import { START } from '../../testing/scripted-model.ts';
import { createAnswer } from '../answer.ts';
import type { AnswerInput } from '../answer-input.ts';
import { createProcessHealth, type ProcessHealth } from '../process-health.ts';
import { createTimedModel, type TimedCall, type TimedReply } from './timed-model.ts';
import { createVirtualTime } from './virtual-time.ts';

type LabInput = {
  script: (call: TimedCall) => TimedReply;
  targets?: RoutingTarget[];
  route?: Partial<Route>;
  random?: () => number;
};

/** One process with its own clock, in which requests overlap: `ask` begins one, `time.run` lets time pass until it is over. */
export function createLab({ script, targets = ['a', 'b', 'c'].map((id) => makeTarget(id)), route = {}, random = makeRandom(1) }: LabInput) {
  const time = createVirtualTime(START);
  const model = createTimedModel(time, script);
  const made = makeTable({ targets, route });
  const health: ProcessHealth = createProcessHealth({ random });
  const heldOut: string[] = [];
  const onFirstChoiceHeldOut = ({ target }: { target: string }) => void heldOut.push(target);
  const answer = createAnswer({ ...time, callModel: model.callModel, random, health, onFirstChoiceHeldOut });
  let requests = 0;
  return {
    ...made,
    time,
    health,
    calls: model.calls,
    /** First choices that were not asked because they were sick, in the order of the receives. */
    heldOut,
    /** `target at ms from the start`, of every call. */
    story: () => model.calls.map(({ target, at }) => `${target.id} ${Math.round(at - START)}`),
    ask: (stated: Partial<AnswerInput> & { tenant?: string } = {}) => {
      const { tenant = 'acme', ...input } = stated;
      return answer({
        id: `r${++requests}`,
        content: { messages: [{ role: 'user', content: [{ text: 'Hi' }] }] },
        features: makeRequest({ tenant }),
        ...made,
        endsAt: time.now() + 60_000,
        signal: new AbortController().signal,
        ...input,
      });
    },
  };
}
