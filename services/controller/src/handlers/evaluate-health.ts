import { logger, onEvent } from '@signalbox/runtime';
import { connectJudge } from '../adapters/connect-judge.ts';
import { createKeepJudged } from '../keep-judged.ts';

const { ports, judge } = connectJudge();
const keepJudged = createKeepJudged({ ...ports, judge });

/** The safety net, once a minute: judges also when no events come, and what another function could not. */
export const handler = onEvent(async () => {
  if ((await keepJudged.tick()) === 'not-due') logger.debug('The fleet was judged within five seconds');
});
