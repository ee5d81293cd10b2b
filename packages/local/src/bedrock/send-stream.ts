import { corruptedFrame, exceptionFrame } from '../wire/event-frames.ts';
import type { AnswerPart } from './answer.ts';
import { BedrockError } from './bedrock-error.ts';
import { brokenAfterTokens } from './broken-after-tokens.ts';
import type { Exchange } from './exchange.ts';
import { faultError } from './fault.ts';
import type { FaultHit } from './fault-store.ts';
import { streamFrames, takeTokens } from './stream-frames.ts';
import { untilAborted } from './until-aborted.ts';

const streamExceptions = [
  'internalServerException',
  'modelStreamErrorException',
  'validationException',
  'throttlingException',
  'serviceUnavailableException',
];

type Input = { exchange: Exchange; parts: AsyncIterable<AnswerPart>; modelId: string; hit: FaultHit | undefined; latencyMs: () => number };

/** Answers as an event stream. An error before the first part is thrown, so that it becomes an ordinary answer; later ones end the stream. */
export async function sendStream({ exchange, parts, modelId, hit, latencyMs }: Input): Promise<void> {
  const afterTokens = hit && brokenAfterTokens(hit);
  const frames = streamFrames(afterTokens === undefined ? parts : takeTokens(parts, afterTokens), latencyMs);
  const first = await frames.next();
  exchange.head(200, { 'content-type': 'application/vnd.amazon.eventstream' });
  if (!first.done) await exchange.write(first.value);
  try {
    for await (const frame of frames) await exchange.write(frame);
  } catch (error) {
    if (!(error instanceof BedrockError)) throw error;
    return endWithException(exchange, error);
  }
  if (hit && afterTokens !== undefined) return breakStream(exchange, hit, modelId);
  await exchange.end();
}

async function breakStream(exchange: Exchange, { fault, ended }: FaultHit, modelId: string): Promise<void> {
  if (fault.kind === 'error') return endWithException(exchange, faultError(fault, modelId));
  if (fault.kind === 'malformed') {
    await exchange.write(corruptedFrame('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'corrupted' } }));
    return exchange.end();
  }
  if (fault.how === 'end') return exchange.end();
  if (fault.kind === 'stall-stream') await untilAborted(exchange.signal, ended);
  exchange.destroy();
}

async function endWithException(exchange: Exchange, { code, message, details }: BedrockError): Promise<void> {
  const member = `${code.charAt(0).toLowerCase()}${code.slice(1)}`;
  await exchange.write(exceptionFrame(streamExceptions.includes(member) ? member : 'modelStreamErrorException', { message, ...details }));
  await exchange.end();
}
