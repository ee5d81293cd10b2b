import { formatAmount } from '../../output/format-figures.ts';
import { type DoctorPorts, QUEUE_NAMES, type QueueName } from '../doctor-ports.ts';
import { explainError } from '../explain-error.ts';
import type { Finding } from '../finding.ts';

type Counted = { queue: QueueName; messages: number };

/** Whether the queues are there, and what stands on those where nothing should. */
export async function checkQueues({ countMessages }: Pick<DoctorPorts, 'countMessages'>): Promise<Finding[]> {
  const answers = await Promise.allSettled(QUEUE_NAMES.map(async (queue) => ({ queue, messages: await countMessages(queue) })));
  const counted = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  const failures = answers.flatMap((answer, index) => (answer.status === 'rejected' ? [failureOf(QUEUE_NAMES[index], answer.reason)] : []));
  return [...(counted.length > 0 ? [describe(counted)] : []), ...counted.flatMap(warnOf), ...failures];
}

function failureOf(queue: QueueName | undefined, error: unknown): Finding {
  const finding = explainError(error, { action: 'sqs:GetQueueAttributes', isNeeded: true });
  return { ...finding, found: `${queue}: ${finding.found}` };
}

function describe(counted: readonly Counted[]): Finding {
  return {
    status: 'ok',
    found: `${formatAmount(counted.length, 'queue')} reachable (${counted.map(({ queue, messages }) => `${queue} ${messages}`).join(', ')})`,
  };
}

function warnOf({ queue, messages }: Counted): Finding[] {
  if (messages === 0 || (queue !== 'dead-letter' && queue !== 'rejected')) return [];
  const found = `${formatAmount(messages, 'message')} on the ${queue} queue`;
  if (queue === 'rejected')
    return [
      { status: 'warn', found: `${found}: no valid requests`, advice: 'read them: the attribute "problems" of each says what is wrong' },
    ];
  return [
    {
      status: 'warn',
      found: `${found}: their workers crashed`,
      advice: 'read the log of the workers; each message ends as failed within minutes',
    },
  ];
}
