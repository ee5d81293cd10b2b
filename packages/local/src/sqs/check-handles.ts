import { SqsCallError } from './sqs-call-error.ts';

/** As fauxqs makes them. SQS tells a handle that it never gave from one whose message is gone, which fauxqs does not. */
const HANDLE = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const CODE = 'ReceiptHandleIsInvalid';
const MESSAGE = 'The input receipt handle is invalid.';

type Entry = { Id?: unknown; ReceiptHandle?: unknown };
type BatchReply = { Successful?: { Id: unknown }[]; Failed?: unknown[] };

/** Refuses a receipt handle that was never given. */
export function checkHandle({ ReceiptHandle: handle }: Entry): void {
  if (isForeign(handle)) throw new SqsCallError({ code: CODE, message: MESSAGE, status: 404 });
}

/** Of a batch, makes refusals of the entries whose handle was never given: fauxqs took them, and nothing came of it. */
export function refuseForeignHandles(reply: BatchReply, entries: unknown): BatchReply {
  const foreign = (entries as Entry[]).filter(({ ReceiptHandle: handle }) => isForeign(handle)).map(({ Id: id }) => id);
  const { Successful: successful = [], Failed: failed = [] } = reply;
  const refused = successful.filter(({ Id: id }) => foreign.includes(id));
  return {
    Successful: successful.filter((entry) => !refused.includes(entry)),
    Failed: [...failed, ...refused.map(({ Id }) => ({ Id, SenderFault: true, Code: CODE, Message: MESSAGE }))],
  };
}

/** One that is missing is for fauxqs to name. */
function isForeign(handle: unknown): boolean {
  return typeof handle === 'string' && handle !== '' && !HANDLE.test(handle);
}
