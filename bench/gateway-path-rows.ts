import type { ChatTimes } from './ask-chat.ts';
import { median } from './median.ts';
import { percentile } from './percentile.ts';
import type { Row } from './report.ts';

/** One way of asking: `requests` in each round and of each path. */
export type Scenario = { delayMs: number; stream: boolean; atOnce: number; requests: number };

export const PATHS = ['direct', 'portkey', 'ours', 'handler'] as const;
export type PathName = (typeof PATHS)[number];
/** What a path came to in one round; `failures` is what was said instead of answers. */
export type Measured = { times: ChatTimes[]; failures: string[]; cpuMs: number };
export type Round = Record<PathName, Measured>;

const LIMITS = { added: 0.7, backMs: 2 };

const MEASURED: Record<PathName, string> = {
  direct: 'direct to the model server',
  portkey: 'Portkey',
  ours: 'ours, API front and sandbox included',
  handler: 'our handler alone',
};

/** The lines of one way of asking. */
export function gatewayPathRows(scenario: Scenario, rounds: Round[], version: string): Row[] {
  const { delayMs, stream, atOnce } = scenario;
  const title = `${stream ? 'streamed, to the first piece' : 'whole'}, model of ${delayMs} ms, ${atOnce === 1 ? 'one at a time' : `${atOnce} at once`}`;
  const names = PATHS.filter((name) => rounds[0]?.[name].times.length);
  const addedByRound = (name: PathName, of: keyof ChatTimes) =>
    rounds.map((round) => p50(round[name].times, of) - p50(round.direct.times, of));
  const rows = names.map((name): Row => {
    const all = rounds.flatMap((round) => round[name].times.map(({ underWayMs }) => underWayMs));
    const failures = rounds.flatMap((round) => round[name].failures);
    const added = median(addedByRound(name, 'underWayMs'));
    const cpuMs = median(rounds.map((round) => round[name].cpuMs / round[name].times.length));
    return {
      budget: 'P13',
      what: name === 'direct' ? title : `  ${MEASURED[name]}`,
      measured: name === 'direct' ? `${ms(median(all))} under way` : `${ms(added)} added`,
      how: [
        name === 'direct' ? MEASURED.direct : name === 'portkey' ? version : undefined,
        `p50 ${ms(median(all))}, p99 ${ms(percentile(all, 0.99))} of ${all.length}`,
        failures.length > 0 ? `${failures.length} not answered, as "${failures[0]}"` : undefined,
        cpuMs > 0 ? `${ms(cpuMs)} of processor a request` : undefined,
      ]
        .filter((part) => part !== undefined)
        .join('; '),
    };
  });
  return [
    ...rows,
    judgeAdded(addedByRound('ours', 'underWayMs'), addedByRound('portkey', 'underWayMs')),
    ...(stream ? [judgeBack(scenario, rounds)] : []),
  ];
}

function judgeAdded(ours: number[], portkey: number[]): Row {
  const ratio = median(ours.map((value, round) => value / (portkey[round] ?? Number.NaN)));
  return {
    budget: 'P13',
    what: '  added p50, ours to Portkey',
    measured: '',
    ratio,
    limit: `<= ${LIMITS.added.toFixed(2)}x`,
    isMet: ratio <= LIMITS.added,
    how: `median of ${ours.length} rounds`,
  };
}

/** From the model server's sending to the client, less the same without a gateway. */
function judgeBack({ atOnce }: Scenario, rounds: Round[]): Row {
  const back = (name: PathName) => rounds.map((round) => p50(round[name].times, 'backMs') - p50(round.direct.times, 'backMs'));
  const all = rounds.flatMap((round) => round.ours.times.map(({ backMs }) => backMs));
  const measured = median(back('ours'));
  return {
    budget: 'P13',
    what: '  first piece forwarded after',
    measured: ms(measured),
    ...(atOnce === 1 && { limit: `<= ${LIMITS.backMs} ms`, isMet: measured <= LIMITS.backMs }),
    how: `Portkey ${ms(median(back('portkey')))}; ours to the client p99 ${ms(percentile(all, 0.99))}`,
  };
}

function p50(times: readonly ChatTimes[], of: keyof ChatTimes): number {
  return median(times.map((time) => time[of]));
}

function ms(value: number): string {
  return `${value.toFixed(2)} ms`;
}
