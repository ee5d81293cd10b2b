import { describe, expect, it } from 'vitest';
import { labelOf, rollbackCause, tableVersionOf, toEvents } from './deployments.ts';

const event = (EventType: string, TriggeredBy: string, Description: string) => ({
  EventType: EventType as 'ROLLBACK_STARTED',
  TriggeredBy: TriggeredBy as 'USER',
  Description,
  OccurredAt: new Date(0),
});
const started = event('DEPLOYMENT_STARTED', 'USER', 'Deployment started');
const ARN = 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:signalbox-prod-first-attempts';

describe('rollbackCause', () => {
  it.each([
    ['an alarm by its ARN', [event('ROLLBACK_STARTED', 'CLOUDWATCH_ALARM', ARN)], 'the alarm signalbox-prod-first-attempts went off'],
    [
      'an alarm in a sentence',
      [event('ROLLBACK_COMPLETED', 'CLOUDWATCH_ALARM', `Alarm ${ARN} is in ALARM.`)],
      'the alarm signalbox-prod-first-attempts went off',
    ],
    [
      'an alarm at the end of a sentence',
      [event('ROLLBACK_STARTED', 'CLOUDWATCH_ALARM', `Rolled back by ${ARN}.`)],
      'the alarm signalbox-prod-first-attempts went off',
    ],
    ['an alarm without its name', [event('ROLLBACK_STARTED', 'CLOUDWATCH_ALARM', 'some alarm')], 'an alarm: some alarm'],
    [
      'AppConfig after an alarm',
      [event('ROLLBACK_COMPLETED', 'APPCONFIG', 'done'), event('ROLLBACK_STARTED', 'CLOUDWATCH_ALARM', ARN)],
      'the alarm signalbox-prod-first-attempts went off',
    ],
    ['a person', [event('ROLLBACK_STARTED', 'USER', 'StopDeployment')], 'stopped by hand (StopDeployment)'],
    ['an error', [event('ROLLBACK_STARTED', 'INTERNAL_ERROR', 'try again')], 'try again'],
    ['nothing', [], 'AppConfig gave no reason'],
  ])('says %s', (_, log, words) => {
    expect(rollbackCause(toEvents({ EventLog: [...log, started] }))).toBe(words);
  });
});

describe('labels', () => {
  it('give the version of the table back, also one of digits alone', () => {
    expect(tableVersionOf(labelOf('123456789012'))).toBe('123456789012');
    expect(labelOf('123456789012')).toMatch(/\D/);
  });

  it.each([undefined, '', 'release-1'])('of somebody else (%s) say nothing', (label) => {
    expect(tableVersionOf(label)).toBeUndefined();
  });
});
