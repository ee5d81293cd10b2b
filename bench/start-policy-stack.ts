import { fork, type StdioOptions } from 'node:child_process';
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { StackFile } from '@signalbox/contracts';
import { benchFolder } from './bench-folder.ts';
import { end, nextMessage } from './child-messages.ts';
import { countByMessage, type EmbeddedStack } from './start-embedded-stack.ts';

const ROOT = join(import.meta.dirname, '..');

/** Starts the whole system with a routing policy of the benchmark's own, YAML, released at its start. */
export async function startPolicyStack(policy: string): Promise<EmbeddedStack> {
  const stdio: StdioOptions = ['ignore', 'inherit', 'pipe', 'ipc'];
  const child = fork(join(import.meta.dirname, 'run-policy-stack.ts'), [makeProject(policy)], { stdio });
  const lines: string[] = [];
  if (child.stderr) createInterface({ input: child.stderr }).on('line', (line) => lines.push(line));
  process.once('exit', () => child.kill());
  const stack = await nextMessage<StackFile>(child).catch((cause: unknown) => {
    throw new Error(`the stack did not start:\n${lines.slice(-20).join('\n')}`, { cause });
  });
  return { stack, warnings: () => countByMessage(lines), stop: () => end(child) };
}

/** A folder that is the project but for its policy. */
function makeProject(policy: string): string {
  const folder = mkdtempSync(join(benchFolder(), 'project-'));
  for (const name of ['template.yaml', 'services']) symlinkSync(join(ROOT, name), join(folder, name));
  mkdirSync(join(folder, 'policy'));
  writeFileSync(join(folder, 'policy', 'routing.yaml'), policy);
  return folder;
}
