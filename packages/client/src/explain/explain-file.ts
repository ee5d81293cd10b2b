import { readFileSync } from 'node:fs';
import { EXIT_CODE, type ExitCode } from '../exit-code.ts';
import type { Output } from '../output/output.ts';
import { decodeText } from '../policy/decode-text.ts';
import { explainRequest } from './explain-request.ts';
import { printExplanation } from './print-explanation.ts';
import { printTraffic } from './print-traffic.ts';
import { readFile } from './read-file.ts';
import { readRequests } from './read-requests.ts';
import { type RulesFlags, readLiveRules, readLocalRules } from './read-rules.ts';
import { type ExplainedLine, summarizeTraffic } from './summarize-traffic.ts';

export type ExplainFlags = RulesFlags & { route?: string; live?: boolean; json?: boolean };
type ExplainFileInput = { file: string; options: ExplainFlags; from: string; now: number; output: Output; readStdin?: () => string };

/** Explains one request, or many in a table. */
export async function explainFile(input: ExplainFileInput): Promise<ExitCode> {
  const { file, options, from, output, readStdin = () => decodeText(readFileSync(0), '<stdin>') } = input;
  const name = file === '-' ? '<stdin>' : file;
  const requests = readRequests(file === '-' ? readStdin() : readFile(file, from), { name });
  const rules = options.live ? await readLiveRules(options, input) : readLocalRules(options, input);
  if (!rules) return EXIT_CODE.failed;
  const { basis, ...context } = { ...rules, route: options.route };
  const { json } = options;
  if (requests.kind === 'single') return printExplanation({ explained: explainRequest(requests.body, context), basis, output, json });
  const lines = requests.lines.map(
    (entry): ExplainedLine => ('problem' in entry ? entry : { line: entry.line, explained: explainRequest(entry.body, context) }),
  );
  return printTraffic({ traffic: summarizeTraffic(lines), basis, output, json });
}
