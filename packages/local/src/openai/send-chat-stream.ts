import type { AnswerPart } from '../bedrock/answer.ts';
import { BedrockError } from '../bedrock/bedrock-error.ts';
import { brokenAfterTokens } from '../bedrock/broken-after-tokens.ts';
import type { Exchange } from '../bedrock/exchange.ts';
import { faultError } from '../bedrock/fault.ts';
import type { FaultHit } from '../bedrock/fault-store.ts';
import { takeTokens } from '../bedrock/stream-frames.ts';
import { untilAborted } from '../bedrock/until-aborted.ts';
import { chatChunks, MALFORMED_EVENT } from './chat-chunks.ts';
import type { ChatIdentity } from './chat-completion.ts';
import { toOpenAiError } from './openai-error.ts';

type Input = {
  exchange: Exchange;
  parts: AsyncIterable<AnswerPart>;
  identity: ChatIdentity;
  includesUsage: boolean;
  /** Whom the fault is of, for its message. */
  name: string;
  hit: FaultHit | undefined;
  /** How an error in the middle is told; without it by an event. */
  failWith?: (error: BedrockError) => Promise<void>;
};

/** Answers as server-sent events. An error before the first is thrown, so that it becomes an ordinary answer; later ones end the stream. */
export async function sendChatStream({ exchange, parts, hit, name, failWith, ...chat }: Input): Promise<void> {
  const afterTokens = hit && brokenAfterTokens(hit);
  const goesOn = hit?.fault.how === 'continue';
  const isCut = afterTokens !== undefined && !goesOn;
  const options = { ...chat, malformedAfterTokens: goesOn ? afterTokens : undefined };
  const events = chatChunks(isCut ? takeTokens(parts, afterTokens) : parts, options);
  const write = (event: string) => exchange.write(Buffer.from(event));
  const fail = failWith ?? ((error: BedrockError) => write(`data: ${JSON.stringify(toOpenAiError(error).body)}\n\n`));
  const first = await events.next();
  exchange.head(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
  if (!first.done) await write(first.value);
  try {
    for await (const event of events) await write(event);
  } catch (error) {
    if (!(error instanceof BedrockError)) throw error;
    await fail(error);
  }
  if (!hit || !isCut) return exchange.end();
  if (hit.fault.kind === 'error') await fail(faultError(hit.fault, name));
  if (hit.fault.kind === 'malformed') await write(MALFORMED_EVENT);
  await breakStream(exchange, hit);
}

/** A cut is a connection that breaks, unless the fault says that it ends as if all were well. */
async function breakStream(exchange: Exchange, { fault, ended }: FaultHit): Promise<void> {
  if (fault.kind === 'error' || fault.kind === 'malformed' || fault.how === 'end') return exchange.end();
  if (fault.kind === 'stall-stream') await untilAborted(exchange.signal, ended);
  exchange.destroy();
}
