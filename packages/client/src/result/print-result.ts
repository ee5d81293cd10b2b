import { type InferenceResult, isTerminal } from '@signalbox/contracts';
import { EXIT_CODE, type ExitCode } from '../exit-code.ts';
import { formatResult } from '../format-result.ts';
import type { Output } from '../output/output.ts';
import type { Producer } from '../producer/create-producer.ts';
import { NotAnsweredError } from '../producer/producer-error.ts';

type Printing = {
  id: string;
  producer: Pick<Producer, 'read' | 'waitFor'>;
  /** Absent: the result as it stands. */
  waitMs: number | undefined;
  json: boolean | undefined;
  output: Output;
};

/** Prints a result, or says that there is none yet. */
export async function printResult({ id, producer, waitMs, json, output }: Printing): Promise<ExitCode> {
  const result = await read({ id, producer, waitMs });
  if (!result) {
    if (json) output.print(JSON.stringify({ id, status: 'unknown' }, null, 2));
    output.note(
      `No inference has the id ${id}: it was never sent here, is not received yet (--wait 30 waits for it), or is older than 30 days.`,
    );
    return EXIT_CODE.failed;
  }
  if (json) output.print(JSON.stringify(result, null, 2));
  if (!isTerminal(result.status)) {
    output.note(`${id} is ${result.status}: no answer yet.`);
    return EXIT_CODE.waiting;
  }
  if (result.erasedAt !== undefined) {
    output.note(`${id} ended as ${result.status}; its content was erased at ${result.erasedAt}.`);
    return EXIT_CODE.failed;
  }
  const { text, summary } = formatResult(result);
  const hasSucceeded = result.status === 'succeeded';
  if (!json && hasSucceeded) output.print(result.outputUrl === undefined ? text : result.outputUrl);
  if (!hasSucceeded) output.note(text);
  if (!json && summary && output.columns !== undefined) output.note(output.style('dim', summary));
  return hasSucceeded ? EXIT_CODE.ok : EXIT_CODE.failed;
}

async function read({ id, producer, waitMs }: Pick<Printing, 'id' | 'producer' | 'waitMs'>): Promise<InferenceResult | undefined> {
  if (waitMs === undefined) return producer.read(id);
  try {
    return await producer.waitFor(id, { timeoutMs: waitMs });
  } catch (error) {
    if (error instanceof NotAnsweredError) return producer.read(id);
    throw error;
  }
}
