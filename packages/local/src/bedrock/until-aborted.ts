/** Resolves as soon as one of the signals fires, and leaves no listener behind. */
export function untilAborted(...signals: AbortSignal[]): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      for (const signal of signals) signal.removeEventListener('abort', finish);
      resolve();
    };
    if (signals.some(({ aborted }) => aborted)) return finish();
    for (const signal of signals) signal.addEventListener('abort', finish);
  });
}

/** Waits, but no longer than until one of the signals fires. */
export async function pause(milliseconds: number, ...signals: AbortSignal[]): Promise<void> {
  const elapsed = new AbortController();
  const timer = setTimeout(() => elapsed.abort(), milliseconds);
  await untilAborted(elapsed.signal, ...signals);
  clearTimeout(timer);
}
