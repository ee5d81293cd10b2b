import { expect, it } from 'vitest';
import { whileWatching } from './while-watching.ts';

it('ends the watching at the first Ctrl-C, and leaves the second to the process', async () => {
  const before = process.listenerCount('SIGINT');
  const watched = whileWatching(
    (signal) =>
      new Promise<string>((resolve) => {
        signal.addEventListener('abort', () => resolve('left alone'));
        process.emit('SIGINT');
      }),
  );
  expect(await watched).toBe('left alone');
  expect(process.listenerCount('SIGINT')).toBe(before);
});

it('lets go of Ctrl-C when the watching fails', async () => {
  const before = process.listenerCount('SIGINT');
  await expect(whileWatching(async () => Promise.reject(new Error('gone')))).rejects.toThrow('gone');
  expect(process.listenerCount('SIGINT')).toBe(before);
});
