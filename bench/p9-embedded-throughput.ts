import { listenToBus } from './bus-listener.ts';
import { createLoad } from './embedded-load.ts';
import { median } from './median.ts';
import type { Row } from './report.ts';
import { type EmbeddedStack, startEmbeddedStack } from './start-embedded-stack.ts';

const ROUNDS = 11;
const REQUESTS_PER_ROUND = 600;
const WARM_UP_REQUESTS = 400;
const LIMIT_PER_SECOND = 120;

/** Requests per second through the whole system on one machine: from the first message sent to the last result recorded and its event delivered. */
export async function measureEmbeddedThroughput(): Promise<Row[]> {
  const running = await startEmbeddedStack();
  try {
    const listener = await listenToBus(running.stack);
    const load = createLoad(running.stack, listener);
    await load.run(WARM_UP_REQUESTS);
    const rates: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const { seconds } = await load.run(REQUESTS_PER_ROUND);
      rates.push(REQUESTS_PER_ROUND / seconds);
    }
    await load.checkResults();
    return [...toRows(rates, load.sent()), warningsRow(running)];
  } finally {
    await running.stop();
  }
}

function toRows(rates: number[], sent: number): Row[] {
  const rate = median(rates);
  return [
    {
      budget: 'P9',
      what: 'embedded stack: queue to result to event',
      measured: `${rate.toFixed(0)} req/s`,
      limit: `>= ${LIMIT_PER_SECOND} req/s, aim 250`,
      isMet: rate >= LIMIT_PER_SECOND,
      how: `median of ${ROUNDS} rounds of ${REQUESTS_PER_ROUND} on the standard queue; stack, model simulator and producer share the cores`,
    },
    {
      budget: 'P9',
      what: 'slowest and fastest round',
      measured: `${Math.min(...rates).toFixed(0)} to ${Math.max(...rates).toFixed(0)} req/s`,
      how: `all ${sent} requests, warm-up included, have one event each and a result that succeeded`,
    },
  ];
}

/** What the handlers complained of under this load; nothing was lost by it, as the results show. */
function warningsRow({ warnings }: EmbeddedStack): Row {
  const [most, ...others] = warnings();
  const rest = others.reduce((sum, [, count]) => sum + count, 0);
  return {
    budget: 'P9',
    what: 'warnings logged by the stack meanwhile',
    measured: String((most?.[1] ?? 0) + rest),
    how: most ? `${most[1]} x "${most[0]}", ${rest} others` : 'counted on its stderr',
  };
}
