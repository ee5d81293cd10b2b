import { describe, expect, it } from 'vitest';
import { createTestOutput } from '../testing/test-output.ts';
import { listKept } from './list-kept.ts';
import { printable, printableLine } from './printable.ts';
import { redriveKept } from './redrive-kept.ts';
import { showKept } from './show-kept.ts';
import { createTestStore, testKept } from './testing/test-kept.ts';

const signal = new AbortController().signal;
const SECRET = 'a prompt nobody lists';
const messages = [
  testKept({ id: 'r1', messages: [{ role: 'user', content: [{ text: SECRET }] }] }, { origin: 'o1', problems: 'x is wrong' }),
  testKept('no json \u009b31m', { origin: 'o2', reason: 'mal\u001b[31mformed', acceptedAt: new Date(5) }),
];

async function list(own: { json?: boolean; limit?: number; kept?: typeof messages } = {}) {
  const test = createTestOutput({ columns: 120 });
  const { store } = createTestStore(own.kept ?? messages);
  const code = await listKept({
    store,
    what: 'rejected messages',
    limit: own.limit ?? 10,
    json: own.json === true,
    output: test.output,
    signal,
  });
  return { code, printed: test.printed(), noted: test.noted() };
}

describe('listKept', () => {
  it('lists the newest first, with no content and nothing that moves the cursor', async () => {
    const { code, printed } = await list();
    const [, first, second] = printed.split('\n');
    expect({ code, first, second }).toMatchObject({
      code: 0,
      first: expect.stringMatching(/^o2 /),
      second: expect.stringMatching(/^o1 .*r1 .*x is wrong$/),
    });
    expect(printed).not.toContain(SECRET);
    expect(printed).not.toContain('\u001b');
    expect((await list({ json: true })).printed).not.toContain(SECRET);
  });

  it('says when more lie there than were looked at', async () => {
    expect((await list({ limit: 1 })).noted).toContain('about 1 more lie there');
    expect(JSON.parse((await list({ limit: 1, json: true })).printed)).toMatchObject({
      more: 1,
      messages: [{ id: 'o1', bytes: expect.any(Number) }],
    });
  });

  it('says that there is none', async () => {
    expect(await list({ kept: [] })).toEqual({ code: 0, printed: '', noted: 'No rejected messages.' });
  });
});

describe('showKept', () => {
  const show = async (id: string, json = false) => {
    const test = createTestOutput();
    const { store } = createTestStore(messages);
    const code = await showKept({ store, what: 'rejected messages', id, limit: 10, json, output: test.output, signal });
    return { code, printed: test.printed(), noted: test.noted() };
  };

  it.each(['o1', 'r1'])('prints the message called %s, why it is there and where', async (id) => {
    const { code, printed } = await show(id);
    expect(code).toBe(0);
    for (const text of ['o1', 'r1', 'x is wrong', 'https://q/rejected', SECRET]) expect(printed).toContain(text);
    expect(JSON.parse((await show(id, true)).printed)).toMatchObject({ id: 'o1', reason: 'malformed', request: { id: 'r1' } });
  });

  it('prints what is no JSON as it is, but for what would act on the terminal', async () => {
    expect((await show('o2')).printed).toContain('no json \\u009b31m');
  });

  it('ends with 1 when there is none of that name', async () => {
    expect(await show('o3')).toMatchObject({ code: 1, printed: '', noted: expect.stringContaining('None of the 2 rejected messages') });
  });
});

describe('redriveKept', () => {
  const redrive = async (own: { ids?: string[]; json?: boolean; limit?: number; kept?: typeof messages } = {}) => {
    const test = createTestOutput();
    const { store } = createTestStore(own.kept ?? messages);
    const code = await redriveKept({
      ...{ store, ids: own.ids, limit: own.limit ?? 10, json: own.json === true, output: test.output, signal },
      producer: { enqueue: async ({ id = '' }) => ({ id }) },
      rules: { edits: [], hasNewId: false, table: undefined, now: 0 },
    });
    return { code, printed: test.printed(), noted: test.noted() };
  };

  it('says what was sent, and what was not with its field', async () => {
    expect(await redrive()).toEqual({
      code: 1,
      printed: 'o1: sent as r1 (bulk)',
      noted: 'o2: not sent: the request is not a JSON object; send it anew\n1 message sent, 1 not.',
    });
  });

  it('prints a document for each to programs', async () => {
    const { printed } = await redrive({ json: true });
    const documents = printed.split('\n').map((line): { origin: string } => JSON.parse(line));
    expect(documents.sort((left, right) => (left.origin < right.origin ? -1 : 1))).toMatchObject([
      { origin: 'o1', requestId: 'r1', id: 'r1', priority: 'bulk', outcome: 'sent' },
      { origin: 'o2', outcome: 'broken', problems: [{ path: '' }] },
    ]);
  });

  it('ends well when all were sent, with 1 when a name fits none, and says when more lie there', async () => {
    expect(await redrive({ ids: ['r1'] })).toMatchObject({ code: 0, noted: '' });
    expect(await redrive({ ids: ['r9'] })).toMatchObject({ code: 1, noted: 'r9: none of that name was found' });
    expect(await redrive({ limit: 1 })).toMatchObject({ code: 0, noted: 'About 1 more lie there; --limit takes more.' });
    expect(await redrive({ kept: [] })).toMatchObject({ code: 0, noted: 'Nothing to send.' });
  });
});

describe('printable', () => {
  it('shows what would act on a terminal, and leaves text alone', () => {
    expect(printable('a\u001b[2J\u202eb\n\tÄ 語')).toBe('a\\u001b[2J\\u202eb\n\tÄ 語');
    expect(printableLine('a\r\n  b')).toBe('a b');
  });
});
