import { describe, expect, it } from 'vitest';
import { testTopRoute, testTopTarget, testTopView } from '../testing/test-top.ts';
import { formatTop } from './format-top.ts';
import type { TopTarget, TopView } from './top-view.ts';

type Own = Partial<TopView> & { columns?: number; rows?: number };

function format({ columns, rows, ...own }: Own = {}): string[] {
  return formatTop(testTopView(own), { columns, rows, style: (_, text) => text }).split('\n');
}

/** The cells of the line that begins with that word. */
function cellsOf(lines: readonly string[], word: string): string[] {
  return lines.find((line) => line.startsWith(word))?.split(/ {2,}/) ?? [];
}

const down: Partial<TopTarget> = {
  state: 'open',
  share: 0,
  reason: 'ejected: the last 3 calls all failed',
  since: '2026-01-01T11:59:48.000Z',
};

describe('signalbox top', () => {
  it('shows what is where, with rates of the last minute', () => {
    const lines = format();
    expect(lines.slice(0, 2)).toEqual([
      'signalbox top, the embedded stack, table abc123',
      '12:00:00 UTC  10.0 answered/s  0.1 failed/s  $0.60/h  over the last 60 s',
    ]);
    expect(cellsOf(lines, 'TARGET')).toEqual([
      'TARGET',
      'STATE',
      'SHARE',
      'CALLS/S',
      'FAILED',
      'THROTTLED',
      'P50',
      'P95',
      'P99',
      'LAST REASON',
    ]);
    expect(cellsOf(lines, 'nova-lite')).toEqual(['nova-lite', 'closed', '100 %', '10.0', '5 %', '1 %', '812 ms', '2000 ms', '12.3 s', '–']);
    expect(cellsOf(lines, 'default')).toEqual(['default', '2 of 2', '10.0', '1.0', '0.1', '0.1', '812 ms', '2000 ms', '12.3 s']);
    expect(cellsOf(lines, 'standard')).toEqual(['standard', '12.3K', '10', '3']);
  });

  it('says why a target is out and for how long, and of one that is well what happened last', () => {
    expect(cellsOf(format({ targets: [testTopTarget(down)] }), 'nova-lite').at(-1)).toBe(
      'ejected: the last 3 calls all failed (12 seconds)',
    );
    const lastChange = { at: Date.parse('2026-01-01T11:58:00Z'), type: 'TargetRestored', reason: '3 probes passed' };
    expect(cellsOf(format({ targets: [testTopTarget({ lastChange })] }), 'nova-lite').at(-1)).toBe('3 probes passed (2 minutes ago)');
    expect(cellsOf(format({ targets: [testTopTarget({ ...down, lastChange })] }), 'nova-lite').at(-1)).toContain('ejected');
  });

  it('shows a hold as manual, until when', () => {
    const hold = { author: 'ann', until: '2026-01-01T14:00:00.000Z' };
    const cells = cellsOf(format({ targets: [testTopTarget({ ...down, reason: 'by ann: upgrade', hold })] }), 'nova-lite');
    expect(cells).toContain('open, by hand');
    expect(cells.at(-1)).toBe('by ann: upgrade; until 14:00 UTC (12 seconds)');
  });

  it('never takes what was not heard for nothing', () => {
    const lines = format({
      isHeard: false,
      targets: [testTopTarget({ traffic: undefined })],
      routes: [testTopRoute({ traffic: undefined })],
    });
    expect(lines[1]).toBe('12:00:00 UTC  no event yet; rates are those of events');
    expect(cellsOf(lines, 'nova-lite').slice(3, 6)).toEqual(['–', '–', '–']);
    expect(cellsOf(lines, 'default').slice(2, 6)).toEqual(['–', '–', '–', '–']);
    // Once events come, a target without calls has none.
    expect(cellsOf(format({ targets: [testTopTarget({ traffic: undefined })] }), 'nova-lite').slice(3, 6)).toEqual(['0.0', '–', '–']);
  });

  it('counts what was rejected as failed, and large rates in short', () => {
    const traffic = { seconds: 60, rejected: 54, costUsd: 0, unread: 0 };
    expect(format({ traffic })[1]).toContain('1.0 failed/s');
    const many = { succeeded: 90_000, degraded: 0, failed: 0, expired: 0, deferrals: 0, p50Ms: 1, p95Ms: 1, p99Ms: 1 };
    expect(format({ routes: [testTopRoute({ traffic: many })] })[1]).toContain('1.5K answered/s');
  });

  it('marks a route in panic', () => {
    expect(cellsOf(format({ routes: [testTopRoute({ isPanic: true, targetsUp: 0 })] }), 'default')).toEqual(
      expect.arrayContaining(['0 of 2', 'panic']),
    );
  });

  it.each<[Own, string]>([
    [{ health: { kind: 'stale', seq: 7, publishedAt: '2026-01-01T11:30:00.000Z' } }, 'Fleet health was last renewed 30 minutes ago'],
    [{ health: { kind: 'absent' } }, 'No fleet health was published yet'],
    [{ lagMs: 30_000 }, 'Events come 30 seconds late'],
    [{ traffic: { seconds: 60, rejected: 0, costUsd: 0, unread: 2 } }, 'Not counted: 2 events of another release that could not be read.'],
    [{ problems: ['queues: connect ECONNREFUSED'] }, 'queues: connect ECONNREFUSED'],
  ])('says below what it is worth: %j', (own, note) => {
    expect(format().join('\n')).not.toContain(note);
    expect(format(own).at(-1)).toContain(note);
  });

  it('warns, but not of what is usual', () => {
    const styled = (health: TopView['health']) =>
      formatTop(testTopView({ health }), { columns: undefined, style: (format, text) => `<${format}>${text}` });
    expect(styled({ kind: 'absent' })).toContain('<dim>No fleet health');
    expect(styled({ kind: 'unreachable' })).toContain('<yellow>Fleet health could not be read');
  });

  it.each([50, 60, 80, 100, 140])('keeps each row within a line of %d characters', (columns) => {
    const reason = 'slow: 40 % of calls are over their limit, half take over 4.8 s (normally 1.3 s)';
    const own = {
      targets: [testTopTarget({ ...down, reason }), testTopTarget({ target: 'a-target-with-a-long-name' })],
      problems: ['x'.repeat(200)],
    };
    const lines = format({ ...own, columns });
    expect(lines.filter((line) => line.length > columns)).toEqual([]);
    expect(cellsOf(lines, 'nova-lite').slice(0, 3)).toEqual(['nova-lite', 'open', '0 %']);
    expect(lines.filter((line) => line.startsWith('nova-lite'))).toHaveLength(1);
  });

  it('is no higher than the terminal, and says what is missing', () => {
    const whole = format();
    expect(format({ rows: whole.length + 1 })).toEqual(whole);
    const lines = format({ rows: 8 });
    expect(lines).toEqual([...whole.slice(0, 6), `… ${whole.length - 6} more lines; a higher terminal shows them`]);
  });

  it('lets no word of others steer the terminal', () => {
    const text = formatTop(testTopView({ targets: [testTopTarget({ ...down, reason: '\u001b[2J' })], problems: ['\u001b]0;x'] }), {
      columns: undefined,
      style: (_, word) => word,
    });
    expect(text).not.toContain('\u001b');
  });
});
