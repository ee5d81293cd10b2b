import { describe, expect, it } from 'vitest';
import { createTestOutput } from '../testing/test-output.ts';
import { testListing, testTargetList } from '../testing/test-targets.ts';
import { UsageError } from '../usage-error.ts';
import type { HoldAction, HoldRequest } from './hold-request.ts';
import { holdTarget } from './hold-target.ts';

const NOW = Date.parse('2026-01-01T12:00:00Z');
const lite = testListing();
const pro = testListing({ target: 'nova-pro' });
const ANSWER = { before: { state: 'closed', share: 1 }, after: { state: 'open', share: 0, manual: true } };

type Own = {
  action?: HoldAction | 'release';
  target?: string;
  targets?: (typeof lite)[];
  answer?: unknown;
  says?: boolean;
  json?: boolean;
};

async function hold({ action = 'eject', target = 'nova-lite', targets = [lite, pro], answer = ANSWER, says, json }: Own = {}) {
  const test = createTestOutput();
  const asked: HoldRequest[] = [];
  const questions: string[] = [];
  const confirm = async (question: string) => {
    questions.push(question);
    return says === true;
  };
  const code = await holdTarget(
    action === 'release' ? { action, target, reason: 'upgrade', json } : { action, target, reason: 'upgrade', forMs: 7_200_000, json },
    {
      readTargets: async () => testTargetList({ targets }),
      findAuthor: async () => 'ann',
      invoke: async (request) => {
        asked.push(request);
        return answer;
      },
      confirm: says === undefined ? undefined : confirm,
      output: test.output,
      now: () => NOW,
    },
  );
  return { code, asked, questions, printed: test.printed(), noted: test.noted() };
}

describe('signalbox targets eject, drain, restore and release', () => {
  it.each<HoldAction>(['eject', 'drain', 'restore'])('asks the controller to %s, with author, reason and expiry', async (action) => {
    const { code, asked } = await hold({ action });
    expect(code).toBe(0);
    expect(asked).toEqual([{ action, target: 'nova-lite', reason: 'upgrade', until: NOW + 7_200_000, author: 'ann' }]);
  });

  it('says how the target was and is, and until when', async () => {
    const { printed, noted } = await hold();
    expect(printed).toBe('nova-lite: closed at 100 % → open at 0 %, by hand until 14:00 UTC');
    expect(noted).toBe('');
  });

  it('lets go of one, which has no expiry', async () => {
    const { asked, printed } = await hold({ action: 'release', answer: { before: ANSWER.after, after: ANSWER.before } });
    expect(asked).toEqual([{ action: 'release', target: 'nova-lite', reason: 'upgrade', author: 'ann' }]);
    expect(printed).toBe('nova-lite: open at 0 % → closed at 100 %, as it is measured');
  });

  it('prints what the controller answered to programs', async () => {
    expect(JSON.parse((await hold({ json: true })).printed)).toEqual(ANSWER);
  });

  it('refuses a name that the table does not have, and names those that it has', async () => {
    await expect(hold({ target: 'nova-lit' })).rejects.toThrow(UsageError);
    await expect(hold({ target: 'nova-lit' })).rejects.toThrow('Targets: nova-lite, nova-pro.');
  });

  it.each([
    [{ error: 'until is in the past' }, 'The controller refused: until is in the past'],
    [{ error: { message: 'until is in the past' } }, 'The controller refused: until is in the past'],
    [{ before: { state: 'closed', share: 1 }, after: {} }, 'did not say how the target was after'],
    [{ before: { state: 'closed', share: 7 }, after: ANSWER.after }, 'did not say how the target was before'],
    ['fine', 'answered with no object'],
  ])('never takes %j for done', async (answer, message) => {
    await expect(hold({ answer })).rejects.toThrow(message);
  });

  describe('where a route has nobody else', () => {
    const down = { ...pro, share: 0, state: 'open' as const };

    it('says whose requests wait then, and does nothing when that was not meant', async () => {
      const { code, asked, noted, questions } = await hold({ targets: [lite, down], says: false });
      expect({ code, asked, asks: questions.length }).toEqual({ code: 1, asked: [], asks: 1 });
      expect(noted).toContain('Nobody else is up on default');
    });

    it('does it when it was meant, and in a script', async () => {
      expect(await hold({ targets: [lite, down], says: true })).toMatchObject({ code: 0, asked: [{ action: 'eject' }] });
      expect(await hold({ targets: [lite, down] })).toMatchObject({ code: 0, noted: expect.stringContaining('Nobody else') });
    });

    it('asks nothing for a target that comes back, or that has others beside it', async () => {
      expect((await hold({ action: 'restore', targets: [lite, down], says: false })).asked).toHaveLength(1);
      expect((await hold({ targets: [lite, { ...pro, share: 0.1, state: 'half-open' }], says: false })).questions).toEqual([]);
      expect((await hold({ targets: [{ ...lite, routes: [] }, down], says: false })).questions).toEqual([]);
    });
  });
});
