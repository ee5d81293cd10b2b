import type { InferenceResult } from '@signalbox/contracts';

/** The answer's text, and one line that says what served it; for a terminal. */
export function formatResult(result: InferenceResult): { text: string; summary: string } {
  if (result.status !== 'succeeded') {
    const problems = (result.error?.problems ?? []).map(({ path, message }) => `\n  ${path || 'body'} ${message}`).join('');
    return {
      text: `${result.status}${result.reason ? ` (${result.reason})` : ''}: ${result.error?.message ?? 'no reason given'}${problems}`,
      summary: summaryOf(result),
    };
  }
  return { text: textOf(result.output), summary: summaryOf(result) };
}

function summaryOf({ servedBy, degraded, usage, costUsd, timing, attempts }: InferenceResult): string {
  const parts = [
    servedBy && `${servedBy.target} (${servedBy.model}, ${servedBy.region})`,
    degraded && `degraded: ${degraded.reason}`,
    timing && `${Math.round(timing.totalMs)} ms`,
    usage && `${usage.inputTokens} + ${usage.outputTokens} tokens`,
    costUsd === undefined ? undefined : costUsd === null ? 'cost unknown' : `$${costUsd.toPrecision(3)}`,
    attempts && attempts.length !== 1 && `${attempts.length} attempts`,
  ];
  return parts.filter(Boolean).join(' · ');
}

function textOf(output: unknown): string {
  const content = (output as { message?: { content?: { text?: string }[] } } | undefined)?.message?.content ?? [];
  const texts = content.flatMap((block) => (block.text === undefined ? [] : [block.text]));
  return texts.length > 0 ? texts.join('\n') : JSON.stringify(output, null, 2);
}
