import { findBetter } from './find-better.ts';
import type { Verdict } from './goals.ts';
import type { Medians } from './medians.ts';
import { publishedRow, RIVALS } from './published-rows.ts';
import { findScenario } from './scenarios.ts';

/** `seeds` and `date` as they are to be read. */
type Report = { medians: readonly Medians[]; verdicts: readonly Verdict[]; seeds: string; date: string };

/** The document of the simulator's figures: ours beside what was published of other algorithms. */
export function toMarkdown({ medians, verdicts, seeds, date }: Report): string {
  return `${[
    '# The fleet in simulation',
    '',
    `Written on ${date} by \`npm run simulate -- --scenario all --seeds ${seeds} --goals --write docs/simulation.md\`; not by hand.`,
    '',
    INTRODUCTION,
    '',
    '```sh',
    'npm run simulate -- --scenario S1 --seed 7 --story   # one run, and what the controller said when',
    'npm run simulate -- --scenario S1,S2 --seeds 1-20    # medians',
    'npm run simulate -- --swarm 100 --seed 1             # a hundred seeds, each with faults of its own; a failure is replayed and made smaller',
    '```',
    '',
    '## What producers saw',
    '',
    'p99 in seconds · first tries that still went to the sick targets, per hundred that normally do · attempts per request.',
    '',
    ...table(['', ...RIVALS, 'Signalbox'], medians.map(figuresRow)),
    '',
    '## How fast traffic left and came back',
    '',
    'Seconds to detect (a quarter of its usual traffic or less) · to recover after the end (three quarters or more) · times it left or came back.',
    '',
    ...table(
      ['', ...RIVALS.slice(1), 'Signalbox'],
      medians.filter(({ scenario }) => publishedRow(scenario)?.some((one) => one?.detect !== undefined)).map(timesRow),
    ),
    '',
    '## What it cost',
    '',
    'Of a hundred requests; of a hundred pairs of a process and a healthy target.',
    '',
    ...table(['', 'no answer in 120 s', 'later than 30 s', 'by the simple model', 'healthy but not asked', 'seeds'], medians.map(costRow)),
    '',
    '## Where others do better',
    '',
    'The best of the others, in figures that are lower than ours by more than a twentieth.',
    '',
    ...table(
      ['', '', 'Signalbox', 'the best other', ''],
      findBetter(medians).map(({ scenario, what, ours, theirs, rival }) => [
        scenario,
        what,
        ours === undefined ? 'never' : short(ours),
        short(theirs),
        rival,
      ]),
    ),
    '',
    '## Goals',
    '',
    'Medians over the seeds of the table above; bold where a goal is missed.',
    '',
    ...table(['', '', 'at most', 'Signalbox'], verdicts.map(goalRow)),
  ].join('\n')}\n`;
}

const INTRODUCTION = `The worker's own attempt loop, local breaker and reports, and the controller's own service around its core of health (the consumer's counting,
turns to judge, conditional writes, recoveries), in virtual time: 300 processes with one message each, five targets, 200 requests a second. Rows F and S0,
which only we have, are of 75 processes and 50 requests a second; S12 is of 15,000 processes. T0 (60 %) and T1 (40 %) are tier 0, T2 and T3
tier 1, T4 the simple model; quotas 1.0, 0.75, 0.4, 0.4 and 2.0 times the load; latencies log-normal with medians of 1.2 to 1.6 s; 0.3 % errors. "Out" is
80 % refusals at once and 20 % silence. Events take 0.4 s and more to arrive; a process reads the overlay once a second at most.

At every write of the controller it is checked that every request is accounted for, that no tier is closed altogether, that shares are shares, that nothing
lost its traffic without three failures or slow calls that really were, that no sequence and no version went back, and that the overlay keeps its schema. A run
that breaks one of these ends, and names the command that shows it again.

The other columns are not played here: they are figures of an earlier simulation, with the same model and five seeds, in which the rules of those systems
were written anew. They show an order of magnitude, and are no test of those products. Ours are medians over the seeds. No row is a measurement on AWS.`;

function figuresRow({ scenario, measures: { p99, exposure, attemptsPerRequest: attempts } }: Medians): string[] {
  const rivals = publishedRow(scenario) ?? RIVALS.map(() => undefined);
  return [
    titleOf(scenario),
    ...[...rivals, { p99, exposure, attempts }].map((one) =>
      one ? triple(seconds(one.p99), whole(one.exposure), one.attempts.toFixed(2)) : '',
    ),
  ];
}

function timesRow({ scenario, measures }: Medians): string[] {
  const rivals = (publishedRow(scenario) ?? []).slice(1);
  const { flaps } = measures;
  const ours = { detect: measures.detect ?? ('never' as const), recover: measures.recover, flaps };
  return [
    titleOf(scenario),
    ...[...rivals, ours].map((one) => (one?.detect === undefined ? '' : triple(whole(one.detect), whole(one.recover), whole(one.flaps)))),
  ];
}

function costRow({ scenario, seeds, measures: { lost, late, simple, falselyOut } }: Medians): string[] {
  return [titleOf(scenario), ...[lost, late, simple, falselyOut].map((part) => part.toFixed(2)), String(seeds)];
}

function goalRow({ scenario, what, atMost, figure, isMet }: Verdict): string[] {
  const shown = figure === undefined ? 'never' : short(figure);
  return [scenario, what, String(atMost), isMet ? shown : `**${shown}**`];
}

function titleOf(scenario: string): string {
  return `${scenario} ${findScenario(scenario).title}`;
}

function short(value: number): string {
  return String(Number(value.toFixed(3)));
}

function triple(...parts: string[]): string {
  return parts.join(' · ');
}

function seconds(value: number): string {
  return value >= 30 ? value.toFixed(0) : value.toFixed(1);
}

function whole(value: number | 'never' | undefined): string {
  if (value === undefined) return '–';
  return value === 'never' ? 'never' : value.toFixed(0);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
