import type { ServerResponse } from 'node:http';
import { breakOff } from '../http/break-off.ts';
import { isClosed, writeChunk } from '../http/write-chunk.ts';
import { type AnswerReader, InvocationError } from '../lambda/answer-channel.ts';
import type { InvokeError } from '../lambda/function-definition.ts';
import { readStreamHead } from './read-stream-head.ts';

/** How long a streamed answer may take: altogether, and without a byte, in milliseconds. */
export type StreamLimits = { totalMs: number; idleMs: number };

/** What became of a stream. `unanswered`: nothing was sent yet, so that an error can be. */
export type StreamOutcome =
  | { kind: 'sent' }
  | { kind: 'left' }
  | { kind: 'broken'; reason: string }
  | { kind: 'unanswered'; reason: string; result?: InvokeError }
  | { kind: 'late' };

/**
 * Sends a streamed answer to its client as its bytes arrive, and no faster than the client reads. One that breaks off in the middle ends with the
 * connection, so that no client takes it for whole. A client that leaves is told to the function.
 */
export async function sendStream(input: {
  answer: AnswerReader;
  response: ServerResponse;
  requestId: string;
  limits: StreamLimits;
}): Promise<StreamOutcome> {
  const { answer, response, limits } = input;
  const watch = watchTime(limits, () => {
    answer.cancel();
    if (response.headersSent) breakOff(response);
  });
  const onClose = () => answer.cancel();
  response.once('close', onClose);
  // A write that meets a connection just closed is no error of ours; unheard, this event would end the process.
  response.on('error', onClose);
  try {
    const problem = await pump(input, watch.moved);
    if (watch.isLate()) return response.headersSent ? { kind: 'broken', reason: 'it took longer than a stream may' } : { kind: 'late' };
    if (isClosed(response)) return { kind: 'left' };
    if (problem !== undefined) return { kind: 'unanswered', reason: problem };
    response.end();
    return { kind: 'sent' };
  } catch (error) {
    if (!(error instanceof InvocationError)) throw error;
    if (isClosed(response)) return { kind: 'left' };
    if (!response.headersSent) return { kind: 'unanswered', reason: error.message, result: error.result };
    breakOff(response);
    return { kind: 'broken', reason: error.message };
  } finally {
    watch.stop();
    response.off('close', onClose);
    // Whoever left before anyone listened is not waited for either. After the end this does nothing.
    answer.cancel();
  }
}

/** A text says why there is nothing to send. */
async function pump({ answer, response, requestId }: Parameters<typeof sendStream>[0], moved: () => void): Promise<string | undefined> {
  const chunks = answer.chunks();
  const begun = await readStreamHead(chunks);
  if (isClosed(response)) return undefined;
  if (typeof begun === 'string') {
    answer.cancel();
    return begun;
  }
  writeHead(response, begun.head, requestId);
  await writeChunk(response, begun.rest);
  for await (const chunk of chunks) {
    moved();
    await writeChunk(response, chunk);
    moved();
  }
  return undefined;
}

function writeHead(
  response: ServerResponse,
  { status, headers }: { status: number; headers: Record<string, string[]> },
  requestId: string,
): void {
  for (const [name, values] of Object.entries(headers)) response.setHeader(name, values.length === 1 ? (values[0] ?? '') : values);
  response.setHeader('x-amzn-requestid', requestId);
  if (!headers['content-type']) response.setHeader('content-type', 'application/json');
  response.writeHead(status);
  // The client learns at once that it is answered, however long the first byte takes. HTTP/2 has no such method, and sends heads at once.
  response.flushHeaders?.();
}

function watchTime({ totalMs, idleMs }: StreamLimits, onLate: () => void) {
  let isLate = false;
  const expire = () => {
    isLate = true;
    onLate();
  };
  const total = setTimeout(expire, totalMs);
  const idle = setTimeout(expire, idleMs);
  return {
    isLate: () => isLate,
    moved: () => void idle.refresh(),
    stop() {
      clearTimeout(total);
      clearTimeout(idle);
    },
  };
}
