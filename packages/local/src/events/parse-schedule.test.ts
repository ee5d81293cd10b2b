import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSchedule } from './parse-schedule.ts';

const at = (text: string) => Date.parse(`${text}Z`);
const next = (expression: string, after: string, start = after) => {
  const time = parseSchedule(expression, at(start))(at(after));
  return time === undefined ? undefined : new Date(time).toISOString().slice(0, 16);
};

describe('a schedule', () => {
  it.each([
    ['rate(1 minute)', '2026-03-01T10:00:00', '2026-03-01T10:01'],
    ['rate(5 minutes)', '2026-03-01T10:00:00', '2026-03-01T10:05'],
    ['rate(1 hour)', '2026-03-01T10:00:00', '2026-03-01T11:00'],
    ['rate(2 days)', '2026-02-27T10:00:00', '2026-03-01T10:00'],
    ['cron(0 12 * * ? *)', '2026-03-01T12:00:00', '2026-03-02T12:00'],
    ['cron(0 12 * * ? *)', '2026-03-01T11:59:59', '2026-03-01T12:00'],
    ['cron(*/15 * * * ? *)', '2026-03-01T10:15:00', '2026-03-01T10:30'],
    ['cron(10/20 * * * ? *)', '2026-03-01T10:31:00', '2026-03-01T10:50'],
    ['cron(0 8-17/3 ? * MON-FRI *)', '2026-03-06T17:01:00', '2026-03-09T08:00'],
    ['cron(0 0 1,15 * ? *)', '2026-03-01T00:00:00', '2026-03-15T00:00'],
    ['cron(0 0 31 * ? *)', '2026-04-01T00:00:00', '2026-05-31T00:00'],
    ['cron(0 0 29 FEB ? *)', '2026-03-01T00:00:00', '2028-02-29T00:00'],
    ['cron(30 6 ? 12 1 2027)', '2026-03-01T00:00:00', '2027-12-05T06:30'],
    ['cron(0 0 1 1 ? 2020)', '2026-03-01T00:00:00', undefined],
  ])('%s after %s fires at %s', (expression, after, expected) => {
    expect(next(expression, after)).toBe(expected);
  });

  it('counts a rate from its start, whenever it is asked', () => {
    expect(next('rate(5 minutes)', '2026-03-01T10:12:30', '2026-03-01T10:01:00')).toBe('2026-03-01T10:16');
  });

  it('counts a rate in minutes of the length that it is given', () => {
    expect(parseSchedule('rate(2 hours)', 1_000, 100)(1_000)).toBe(1_000 + 120 * 100);
  });

  it.each([
    ['rate(1 minutes)', 'is not a schedule'],
    ['rate(5 minute)', 'is not a schedule'],
    ['rate(0 minutes)', 'is not a schedule'],
    ['rate(30 seconds)', 'is not a schedule'],
    ['every day', 'is not a schedule'],
    ['cron(0 12 * * *)', 'six fields'],
    ['cron(0 12 * * * *)', '? in exactly one'],
    ['cron(0 12 ? * ? *)', '? in exactly one'],
    ['cron(60 12 * * ? *)', '"60" is not something the embedded AWS reads in minutes'],
    ['cron(0 12 L * ? *)', '"L"'],
    ['cron(0 12 ? * 6#3 *)', '"6#3"'],
    ['cron(0 12-10 * * ? *)', '"12-10"'],
    ['cron(0/0 12 * * ? *)', '"0/0"'],
  ])('%s is refused', (expression, problem) => {
    expect(() => parseSchedule(expression, 0)).toThrow(problem);
  });

  it('always fires later than asked, and at most one period later for a rate', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2e12 }), fc.nat(1e10), fc.integer({ min: 2, max: 1000 }), (start, elapsed, minutes) => {
        const after = start + elapsed;
        const time = parseSchedule(`rate(${minutes} minutes)`, start)(after) ?? 0;
        expect(time - after).toBeGreaterThan(0);
        expect(time - after).toBeLessThanOrEqual(minutes * 60_000);
      }),
    );
  });
});
