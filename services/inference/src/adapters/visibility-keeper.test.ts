import { ChangeMessageVisibilityBatchCommand, ChangeMessageVisibilityCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { keepVisibility } from './visibility-keeper.ts';

const QUEUE_URL = 'https://sqs.test/standard';
const messageOf = (messageId: string, receives = 1) => ({
  messageId,
  receiptHandle: `receipt-${messageId}`,
  attributes: { ApproximateReceiveCount: String(receives) },
});

/** A client that notes what it is asked for. */
function recordingClient(reply: () => Promise<unknown> = async () => ({})) {
  const batches: (string | undefined)[][] = [];
  const singles: { receiptHandle: string | undefined; seconds: number | undefined }[] = [];
  const send = (command: unknown) => {
    if (command instanceof ChangeMessageVisibilityBatchCommand) {
      const { Entries = [] } = command.input;
      expect(Entries.every(({ VisibilityTimeout }) => VisibilityTimeout === 45)).toBe(true);
      batches.push(Entries.map(({ Id }) => Id));
    }
    if (command instanceof ChangeMessageVisibilityCommand)
      singles.push({ receiptHandle: command.input.ReceiptHandle, seconds: command.input.VisibilityTimeout });
    return reply();
  };
  return { client: { send } as unknown as SQSClient, batches, singles };
}

describe('the visibility of a batch', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  const noError = (error: unknown) => expect.unreachable(String(error));

  it('is set to 45 s on receipt and again every 20 s, for settled messages too, until the batch is over', () => {
    const { client, batches } = recordingClient();
    const visibility = keepVisibility([messageOf('a'), messageOf('b')], { client, queueUrl: QUEUE_URL, onError: noError });
    vi.advanceTimersByTime(40_000);
    expect(batches).toEqual([
      ['a', 'b'],
      ['a', 'b'],
      ['a', 'b'],
    ]);
    visibility.stop();
    vi.advanceTimersByTime(60_000);
    expect(batches).toHaveLength(3);
  });

  it('is not extended for a message that is let go', () => {
    const { client, batches } = recordingClient();
    const visibility = keepVisibility([messageOf('a'), messageOf('b')], { client, queueUrl: QUEUE_URL, onError: noError });
    visibility.letGo('a');
    vi.advanceTimersByTime(20_000);
    visibility.letGo('b');
    vi.advanceTimersByTime(20_000);
    expect(batches).toEqual([['a', 'b'], ['b']]);
    visibility.stop();
  });

  it.each([
    [1, 2],
    [2, 4],
    [4, 16],
    [5, 30],
    [19, 30],
  ])('of a message that failed at receive %i is up to %i s, at least half of it', async (receives, longest) => {
    const { client, singles, batches } = recordingClient();
    const message = messageOf('a', receives);
    for (const random of [() => 0, () => 0.999]) {
      const visibility = keepVisibility([message], { client, queueUrl: QUEUE_URL, onError: noError, random });
      await visibility.retrySoon(message);
      vi.advanceTimersByTime(20_000);
      visibility.stop();
    }
    expect(singles).toEqual([
      { receiptHandle: 'receipt-a', seconds: Math.ceil(longest / 2) },
      { receiptHandle: 'receipt-a', seconds: longest },
    ]);
    expect(batches).toHaveLength(2);
  });

  it('that cannot be changed is reported, and the work goes on', async () => {
    const errors: unknown[] = [];
    const failure = new Error('SQS is down.');
    const { client } = recordingClient(() => Promise.reject(failure));
    const message = messageOf('a');
    const visibility = keepVisibility([message], { client, queueUrl: QUEUE_URL, onError: (error) => void errors.push(error) });
    await visibility.retrySoon(message);
    visibility.stop();
    expect(errors).toEqual([failure, failure]);
  });
});
