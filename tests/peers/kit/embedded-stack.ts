import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StackFile } from '@signalbox/contracts';
import { startStack } from '../../e2e/kit/running-stack.ts';
import { atEnd } from './at-end.ts';

export type EmbeddedStack = AsyncDisposable & {
  stack: StackFile;
  /** Gone with it. */
  folder: string;
};

/** The embedded stack as a process of its own, with a folder for what a check writes. Neither outlives the check. */
export async function embeddedStack(): Promise<EmbeddedStack> {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-peer-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const forgetFolder = atEnd(remove);
  const { stack, stop } = await startStack({ dataDirectory: join(folder, 'stack') });
  const forgetStack = atEnd(() => process.kill(stack.pid, 'SIGKILL'));
  return {
    stack,
    folder,
    async [Symbol.asyncDispose]() {
      await stop();
      forgetStack();
      remove();
      forgetFolder();
    },
  };
}
