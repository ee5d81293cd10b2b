import type { OutgoingEvent } from '@signalbox/contracts';
import { attemptsObserved } from '@signalbox/contracts/samples';
import { expect, it } from 'vitest';
import { createMail, readMail } from './mail.ts';

const EVENT: OutgoingEvent = { source: 'signalbox.inference', detailType: 'AttemptsObserved', detail: attemptsObserved };
const read = (mail: ReturnType<ReturnType<typeof createMail>>) => readMail({ messageId: 'm', ...mail });

it('carries the first event and every twentieth as text, and all are read to the same', () => {
  const mailOf = createMail();
  const mails = Array.from({ length: 41 }, () => mailOf(EVENT));
  expect(mails.flatMap(({ body }, index) => (body === '' ? [] : [index]))).toEqual([0, 20, 40]);
  for (const mail of mails) expect(read(mail)).toEqual(attemptsObserved);
});

it('refuses text that is no event of ours, and an event that breaks its schema', () => {
  expect(() => read({ body: 'no JSON {' })).toThrow('not JSON');
  expect(() => read(createMail()({ ...EVENT, detail: { ...EVENT.detail, data: {} } }))).toThrow('not valid at detail.data');
});
