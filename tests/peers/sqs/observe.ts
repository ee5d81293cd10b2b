import type { Message } from '@aws-sdk/client-sqs';

/** What a client sees of a message, without what is each server's own: ids, handles, times. */
export function seen({ Body, MD5OfBody, MD5OfMessageAttributes, MessageAttributes, Attributes = {} }: Message): unknown {
  const { ApproximateReceiveCount, MessageGroupId, AWSTraceHeader, SentTimestamp } = Attributes;
  const sentRecently = Math.abs(Date.now() - Number(SentTimestamp)) < 60_000;
  return {
    Body,
    MD5OfBody,
    MD5OfMessageAttributes,
    MessageAttributes,
    ApproximateReceiveCount,
    MessageGroupId,
    AWSTraceHeader,
    sentRecently,
  };
}

export function bodies(messages: readonly Message[]): (string | undefined)[] {
  return messages.map(({ Body }) => Body).toSorted();
}

/** How a call ends: the error that the client reads, or what `read` makes of the answer. */
export async function ending<Answer>(call: Promise<Answer>, read: (answer: Answer) => unknown = () => 'taken'): Promise<unknown> {
  try {
    return read(await call);
  } catch (error) {
    const { name, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
    // Without a status, nobody refused: the server is gone, or the check is wrong.
    if ($metadata?.httpStatusCode === undefined) throw error;
    return { error: name, status: $metadata.httpStatusCode };
  }
}
