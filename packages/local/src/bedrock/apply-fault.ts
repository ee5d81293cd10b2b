import type { Exchange } from './exchange.ts';
import { faultError, faultLatencyMs } from './fault.ts';
import type { FaultHit } from './fault-store.ts';
import { pause, untilAborted } from './until-aborted.ts';

type Input = { hit: FaultHit; exchange: Exchange; modelId: string; streaming: boolean };

/** Does what a fault does before an answer: waits, refuses by a thrown error, breaks off. True when nothing is left to answer. */
export async function applyFault({ hit, exchange, modelId, streaming }: Input): Promise<boolean> {
  const { fault, ended } = hit;
  const latencyMs = faultLatencyMs(fault);
  if (latencyMs > 0) await pause(latencyMs, exchange.signal, ended);
  switch (fault.kind) {
    case 'throttle':
      throw faultError(fault, modelId);
    case 'error':
      // This one exists only inside a stream, so the stream has to begin.
      if (streaming && fault.exception === 'ModelStreamErrorException') return false;
      if (fault.status !== 0 || fault.exception) throw faultError(fault, modelId);
      exchange.destroy(true);
      return true;
    case 'hang':
      await untilAborted(exchange.signal, ended);
      exchange.destroy();
      return true;
    default:
      return exchange.signal.aborted;
  }
}
