import type { SendOptions } from './send-file.ts';

type Resuming = { file: string; campaign: string; nextLine: number; options: SendOptions; placeFlags: string };

/** The command that goes on where this one ended. */
export function describeResume({ file, campaign, nextLine, options, placeFlags }: Resuming): string {
  const { route, priority, rate, wait, json } = options;
  const words = [
    ...['signalbox', 'send', quote(file), '--campaign', quote(campaign), '--from-line', String(nextLine)],
    ...(route === undefined ? [] : ['--route', route]),
    ...(priority === undefined ? [] : ['--priority', priority]),
    ...(rate === undefined ? [] : ['--rate', String(rate)]),
    ...(wait ? ['--wait'] : []),
    ...(json ? ['--json'] : []),
    ...(placeFlags === '' ? [] : [placeFlags]),
  ];
  return `Go on with: ${words.join(' ')}\n(What was sent already keeps its id and is not answered twice, whatever line you begin with.)`;
}

/** A word as a shell takes it. */
export function quote(word: string): string {
  return /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
