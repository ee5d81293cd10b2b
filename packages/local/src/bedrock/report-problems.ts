import type { ModelCall, ModelSource } from './answer.ts';
import { BedrockError } from './bedrock-error.ts';
import type { ModelServer } from './model-server.ts';

type Input = { source: ModelSource; server: ModelServer; log: (line: string) => void; now: () => number };

/**
 * A model server whose problems are logged, because nobody else sees them: its requests are answered by the next model. The same
 * problem is logged once, until the server answers again.
 */
export function reportProblems({ source, server, log, now }: Input): ModelSource {
  let known = '';

  function report(error: unknown, { signal, modelId }: ModelCall, startedAt: number): void {
    if (!signal.aborted && !(error instanceof BedrockError)) return;
    // How long it took is no part of which problem it is.
    const problem = signal.aborted ? 'left' : String(error);
    if (problem === known) return;
    known = problem;
    log(`${modelId}: ${signal.aborted ? leftAfter(server, now() - startedAt) : describe(server, error as BedrockError)}`);
  }

  return {
    async answer(call) {
      const startedAt = now();
      try {
        const answer = await source.answer(call);
        known = '';
        return answer;
      } catch (error) {
        report(error, call, startedAt);
        throw error;
      }
    },
    async *stream(call) {
      const startedAt = now();
      try {
        yield* source.stream(call);
        known = '';
      } catch (error) {
        report(error, call, startedAt);
        throw error;
      }
    },
  };
}

/** Prompts and answers stay out of the log, so a message that may quote one is not told. */
function describe({ baseUrl }: ModelServer, { code, message }: BedrockError): string {
  if (code === 'ValidationException') return `the model server at ${baseUrl} did not take a request (${code}).`;
  if (code === 'ModelErrorException') return `the model server at ${baseUrl} gave no proper answer (${code}).`;
  return message;
}

function leftAfter({ baseUrl, model }: ModelServer, ms: number): string {
  const advice = `If it was still loading '${model}', load it before (for Ollama: \`ollama run ${model} hello\`), or give the route a longer firstToken.`;
  return `the caller waited ${(ms / 1000).toFixed(1)} s for the model server at ${baseUrl} and left. ${advice}`;
}
