// The gateway's deployed handler without the API and its sandbox: invoked in this process, told by message what to ask for. Its answers go to a stream
// that takes everything at once.
import { createRequire } from 'node:module';
import { Writable } from 'node:stream';
import type { Context } from 'aws-lambda';
import type { ChatTimes } from './ask-chat.ts';
import { lambdaContext } from './lambda-context.ts';
import { monotonicMs } from './monotonic-ms.ts';
import { readStamp } from './read-stamp.ts';

export type HandlerCall = { event: object };
export type HandlerTimes = ChatTimes | { error: string };

type Handler = (event: object, stream: Writable, context: Context) => Promise<void>;

Object.assign(globalThis, {
  awslambda: { streamifyResponse: (handler: Handler) => handler, HttpResponseStream: { from: (stream: Writable) => stream } },
});
const { handler } = createRequire(import.meta.url)(process.argv[2] ?? '') as { handler: Handler };

process.on('message', ({ event }: HandlerCall) => void measure(event).then((times) => process.send?.(times)));
process.on('disconnect', () => process.exit());
process.send?.({});

/** To the first piece with a stamp, which of a whole answer is all of it. What is recorded afterwards is waited for and not in the figures. */
async function measure(event: object): Promise<HandlerTimes> {
  let seen = '';
  let at = 0;
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (!at) {
        seen += chunk.toString();
        if (readStamp(seen)) at = monotonicMs();
      }
      done();
    },
  });
  const startedAt = monotonicMs();
  await handler(event, stream, lambdaContext());
  const stamp = readStamp(seen);
  if (!stamp) return { error: `the handler answered: ${seen.slice(0, 500)}` };
  return { underWayMs: at - startedAt - (stamp.sentAt - stamp.askedAt), backMs: at - stamp.sentAt };
}
