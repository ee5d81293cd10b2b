import { EXIT_CODE, type ExitCode } from '../exit-code.ts';
import { type Fact, formatFacts } from '../output/format-facts.ts';
import type { Output } from '../output/output.ts';
import { type KeptMessage, type KeptStore, parseBody } from './kept-message.ts';
import { printable, printableLine } from './printable.ts';

type Showing = { store: KeptStore; what: string; id: string; limit: number; json: boolean; output: Output; signal: AbortSignal };

/** Prints all that is known of one, and its message; of several by the same name, each. */
export async function showKept({ store, what, id, limit, json, output, signal }: Showing): Promise<ExitCode> {
  const found: KeptMessage[] = [];
  let looked = 0;
  for await (const messages of store.walk({ limit, signal })) {
    looked += messages.length;
    found.push(...messages.filter(({ origin, messageId, requestId }) => [origin, messageId, requestId].includes(id)));
    if (found.some(({ origin }) => origin === id)) break;
  }
  if (signal.aborted) return EXIT_CODE.interrupted;
  if (found.length === 0) {
    output.note(
      `None of the ${looked} ${what} looked at is called ${id}. ${looked >= limit ? 'Look at more with --limit.' : 'See which there are with: list'}`,
    );
    return EXIT_CODE.failed;
  }
  for (const message of found) output.print(json ? JSON.stringify(toDocument(message), null, 2) : describe(message, output));
  return EXIT_CODE.ok;
}

function toDocument({ origin, requestId, reason, problems, priority, acceptedAt, where, facts, body }: KeptMessage) {
  return { id: origin, requestId, reason, problems, priority, acceptedAt, where, facts, request: parseBody(body) ?? body };
}

function describe(message: KeptMessage, output: Output): string {
  const { origin, requestId, reason, problems, priority, acceptedAt, where, facts, body } = message;
  const known: (Fact | undefined)[] = [
    ['id', origin],
    requestId === origin ? undefined : ['request', requestId],
    ['reason', reason],
    problems === undefined ? undefined : ['what', problems],
    priority === undefined ? undefined : ['queue', priority],
    ['accepted at', acceptedAt.toISOString()],
    ...Object.entries(facts),
    ['where', where],
  ];
  const facts_ = known.filter((fact) => fact !== undefined).map(([label, text]): Fact => [label, printableLine(text)]);
  const parsed = parseBody(body);
  return `${formatFacts(facts_, output)}\n\n${printable(parsed === undefined ? body : JSON.stringify(parsed, null, 2))}`;
}
