import { describe, expect, it } from 'vitest';
import { canMove, InferenceStatus, isTerminal, TRANSITIONS } from './inference-state.ts';

const states = InferenceStatus.options;
const pairs = states.flatMap((from) => states.map((to) => ({ from, to })));

function reachableFrom(start: InferenceStatus): Set<InferenceStatus> {
  const reached = new Set<InferenceStatus>([start]);
  for (const state of reached) for (const next of TRANSITIONS[state]) reached.add(next);
  return reached;
}

describe('the state machine of an inference', () => {
  it('ends in exactly four states', () => {
    expect(states.filter(isTerminal)).toEqual(['succeeded', 'failed', 'expired', 'rejected']);
  });

  it.each(pairs)('moves from $from to $to only if the table says so', ({ from, to }) => {
    expect(canMove(from, to)).toBe((TRANSITIONS[from] as readonly string[]).includes(to));
    if (isTerminal(from)) expect(canMove(from, to)).toBe(false);
  });

  it.each(states.filter((state) => !isTerminal(state)))('can end in failed, expired and rejected from %s without an answer', (state) => {
    for (const end of ['failed', 'expired', 'rejected'] as const) expect(canMove(state, end)).toBe(true);
  });

  it.each(states.filter((state) => !isTerminal(state)))('can come to an answer from %s', (state) => {
    expect(reachableFrom(state)).toContain('succeeded');
  });

  it('gives an answer only to a request that ran', () => {
    expect(states.filter((state) => canMove(state, 'succeeded'))).toEqual(['running']);
  });

  it('never goes back to being accepted', () => {
    expect(reachableFrom('running')).not.toContain('accepted');
    expect(reachableFrom('accepted')).not.toContain('accepting');
  });
});
