/** Does something when this process ends, also by a signal; gives what takes that back. It must not be asynchronous: nothing waits any more. */
export function atEnd(act: () => void): () => void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    if (process.listenerCount(signal) === 0) process.once(signal, () => process.exit(143));
  process.once('exit', act);
  return () => process.off('exit', act);
}
