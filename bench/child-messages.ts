import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** Waits for the next message of a child; its death is an error, never a hang. */
export function nextMessage<Message>(child: ChildProcess): Promise<Message> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: unknown) => {
      child.off('exit', onExit);
      resolve(message as Message);
    };
    const onExit = (code: number | null, signal: string | null) => {
      child.off('message', onMessage);
      reject(new Error(`${child.spawnargs.join(' ')} ended with ${signal ?? `exit code ${code}`}; what it wrote to stderr is above`));
    };
    child.once('message', onMessage);
    child.once('exit', onExit);
  });
}

/** Sends a message and waits for the answer: one at a time per child. */
export function ask<Reply>(child: ChildProcess, message: object): Promise<Reply> {
  const reply = nextMessage<Reply>(child);
  child.send(message);
  return reply;
}

/** Ends a child and waits until it is gone. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}
