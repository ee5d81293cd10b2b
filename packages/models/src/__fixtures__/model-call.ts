import { routingTable } from '@signalbox/contracts/samples';
import type { BedrockCall } from '../bedrock/to-converse-input.ts';

/** A valid call to the sample target, with what a test changes. */
export function modelCall(changes: Partial<BedrockCall> = {}): BedrockCall {
  const target = routingTable.targets['nova-lite'];
  if (target?.kind !== 'bedrock') throw new Error('the sample routing table no longer has the Bedrock target nova-lite');
  return {
    target,
    content: { messages: [{ role: 'user', content: [{ text: 'What is the capital of France?' }] }] },
    inferenceConfig: { maxTokens: 200, temperature: 0 },
    limits: { totalMs: 5_000 },
    signal: new AbortController().signal,
    ...changes,
  };
}

/** The same call with limits that make the adapter stream. */
export function streamedCall(changes: Partial<BedrockCall> = {}): BedrockCall {
  return modelCall({ limits: { totalMs: 5_000, firstTokenMs: 4_000, idleMs: 4_000 }, ...changes });
}
