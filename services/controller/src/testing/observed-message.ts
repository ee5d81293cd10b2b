import type { ObservedAttempts } from '@signalbox/contracts';
import { attemptsObserved } from '@signalbox/contracts/samples';

/** A message as EventBridge puts an AttemptsObserved on the queue, of two answers; what matters to the test is stated of its observation. */
export function messageOf(id: string, stated: Partial<ObservedAttempts> = {}): { messageId: string; body: string } {
  const { metadata, data } = attemptsObserved;
  const observations = data.observations.slice(0, 1).map((observed) => ({ ...observed, ...stated }));
  const event = {
    version: '0',
    id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
    'detail-type': 'AttemptsObserved',
    source: 'signalbox.inference',
    account: '111122223333',
    time: '2026-09-21T14:13:21Z',
    region: 'us-east-1',
    resources: [],
    detail: { metadata: { ...metadata, id }, data: { ...data, observations } },
  };
  return { messageId: `message-${id}`, body: JSON.stringify(event) };
}
