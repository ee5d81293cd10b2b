import { EXIT_CODE, type ExitCode } from '../exit-code.ts';
import { formatAmount, UNKNOWN } from '../output/format-figures.ts';
import { type Column, formatTable } from '../output/format-table.ts';
import type { Output } from '../output/output.ts';
import type { KeptMessage, KeptStore } from './kept-message.ts';
import { printableLine } from './printable.ts';

const COLUMNS: readonly Column[] = [
  { head: 'ID' },
  { head: 'ACCEPTED (UTC)' },
  { head: 'REASON' },
  { head: 'QUEUE', dropOrder: 1 },
  { head: 'REQUEST', dropOrder: 2 },
  { head: 'WHAT', wraps: true },
];
const MOST_CHARACTERS = 64;

type Listing = { store: KeptStore; what: string; limit: number; json: boolean; output: Output; signal: AbortSignal };

/** Prints what lies there, up to the limit, and says when there is more. */
export async function listKept({ store, what, limit, json, output, signal }: Listing): Promise<ExitCode> {
  const total = await store.count();
  const messages: KeptMessage[] = [];
  for await (const some of store.walk({ limit, signal })) messages.push(...some);
  messages.sort((left, right) => right.acceptedAt.getTime() - left.acceptedAt.getTime());
  const left = Math.max(0, total - messages.length);
  if (json) output.print(JSON.stringify({ messages: messages.map(toEntry), more: left }, null, 2));
  else if (messages.length === 0) output.note(`No ${what}.`);
  else
    output.print(
      formatTable({
        columns: COLUMNS,
        rows: messages.map(rowOf),
        width: output.columns,
        styleHead: (head) => output.style('bold', head),
      }),
    );
  if (signal.aborted) return EXIT_CODE.interrupted;
  if (left > 0 && !json)
    output.note(`${formatAmount(messages.length, 'message')} looked at; about ${left} more lie there. Look at more with --limit.`);
  return EXIT_CODE.ok;
}

/** What a list says of a message: never its content. */
function toEntry({ origin, requestId, reason, problems, priority, acceptedAt, where, body, facts }: KeptMessage) {
  const stated = { ...(problems === undefined ? {} : { problems }), ...(priority === undefined ? {} : { priority }) };
  return { id: origin, requestId, reason, ...stated, acceptedAt, bytes: Buffer.byteLength(body), where, facts };
}

function rowOf({ origin, requestId, reason, problems, priority, acceptedAt }: KeptMessage): string[] {
  return [
    printableLine(origin),
    acceptedAt.toISOString().slice(0, 19).replace('T', ' '),
    printableLine(reason),
    priority ?? UNKNOWN,
    requestId === origin ? UNKNOWN : printableLine(requestId.slice(0, MOST_CHARACTERS)),
    printableLine(problems ?? ''),
  ];
}
