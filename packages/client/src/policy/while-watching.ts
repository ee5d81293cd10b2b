/** Lets Ctrl-C end the watching of what goes on without us; a second one ends the process, as ever. */
export async function whileWatching<Result>(watch: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const controller = new AbortController();
  const stop = () => controller.abort();
  process.once('SIGINT', stop);
  try {
    return await watch(controller.signal);
  } finally {
    process.off('SIGINT', stop);
  }
}
