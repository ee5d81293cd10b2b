import type { OutgoingEvent } from '@signalbox/contracts';
import { createMail, type Mail } from './mail.ts';
import type { Span } from './own-trouble.ts';
import { exponential, type Random } from './random.ts';
import type { VirtualTime } from './virtual-time.ts';

/** What is wrong with the way of events; seconds of the run. */
export type BusTrouble = {
  /** Nothing arrives in that time; it arrives afterwards. */
  silent?: Span;
  /** How often a share of the events comes in all, in place of once. */
  repeats?: { share: number; times: number };
  /** Share of events that come late, by up to so many seconds. */
  late?: { share: number; upToSeconds: number };
};

type Options = {
  time: VirtualTime;
  start: number;
  random: Random;
  trouble: BusTrouble;
  /** Takes what arrives. */
  deliver: (mail: Mail) => void;
};

/** The bus and its queue: 0.4 s, an exponential 0.8 s, and up to a second until it is received. */
export function createBus({ time, start, random, trouble, deliver }: Options) {
  const mailOf = createMail();
  const send = (mail: Mail) => {
    const { late, silent } = trouble;
    const isLate = late !== undefined && random() < late.share;
    const delayMs = 400 + exponential(random, 800) + random() * 1_000 + (isLate ? random() * late.upToSeconds * 1_000 : 0);
    const arrives = time.now() + delayMs;
    const isSilent = silent && arrives >= start + silent.from * 1_000 && arrives < start + silent.to * 1_000;
    time.at(isSilent ? start + silent.to * 1_000 + random() * 2_000 : arrives, () => deliver(mail));
  };
  return {
    /** What somebody puts on the bus that is no event of ours. */
    send: (body: string) => send({ body }),
    async publish(event: OutgoingEvent): Promise<void> {
      const mail = mailOf(event);
      const { repeats } = trouble;
      const times = repeats !== undefined && random() < repeats.share ? repeats.times : 1;
      for (let time = 0; time < times; time++) send(mail);
    },
  };
}
