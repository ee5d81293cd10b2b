import { expect, it } from 'vitest';
import { rollbackReason } from './rollback-reason.ts';

const started = { EventType: 'DEPLOYMENT_STARTED', TriggeredBy: 'USER', Description: 'Deployment started' };

it.each([
  [
    'the alarm that began it, not AppConfig that ended it',
    [
      { EventType: 'ROLLBACK_COMPLETED', TriggeredBy: 'APPCONFIG', Description: 'Rollback completed' },
      { EventType: 'ROLLBACK_STARTED', TriggeredBy: 'CLOUDWATCH_ALARM', Description: 'arn:aws:cloudwatch:…:alarm:x' },
      started,
    ],
    { kind: 'alarm', detail: 'arn:aws:cloudwatch:…:alarm:x' },
  ],
  [
    'a person, not the one who began the release',
    [{ EventType: 'ROLLBACK_COMPLETED', TriggeredBy: 'USER', Description: 'stop' }, started],
    { kind: 'person', detail: 'stop' },
  ],
  [
    'an error inside',
    [{ EventType: 'ROLLBACK_STARTED', TriggeredBy: 'INTERNAL_ERROR', Description: 'try again' }, started],
    { kind: 'error', detail: 'try again' },
  ],
  [
    'a revert',
    [{ EventType: 'REVERT_COMPLETED', TriggeredBy: 'USER', Description: 'undone' }, started],
    { kind: 'person', detail: 'undone' },
  ],
  ['nothing', [started], { kind: 'error', detail: 'AppConfig gave no reason.' }],
])('names %s', (_, log, reason) => {
  expect(rollbackReason(log)).toEqual(reason);
});
