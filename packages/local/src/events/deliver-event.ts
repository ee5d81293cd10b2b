import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../service.ts';
import type { EventEnvelope, EventRule, RuleTarget } from './event-rule.ts';
import { transformInput } from './transform-input.ts';

export type Deliver = (delivery: { event: EventEnvelope; rule: EventRule; target: RuleTarget }) => Promise<void>;

export type DeliveryPorts = {
  /** The third argument are text attributes of the message; only dead letters have them. */
  sendToQueue: (queueArn: string, body: string, attributes?: Record<string, string>) => Promise<void>;
  invokeFunction: (functionArn: string, event: unknown) => Promise<void>;
  log: Log;
};

/** AWS's defaults and backoff shape; the first wait is shorter, for people are watching. */
const DEFAULT_RETRY = { maximumRetryAttempts: 185, maximumEventAgeInSeconds: 86_400 };
const FIRST_BACKOFF_MS = 200;
const LONGEST_BACKOFF_MS = 60_000;

/** What EventBridge does not try again: a target that is not there or not permitted. */
const NOT_RETRIED = /QueueDoesNotExist|NonExistentQueue|ResourceNotFound|No function is named|AccessDenied/;

/**
 * Delivers one event to one target. The first try to a queue is awaited, so that an event is durable in the queue before
 * PutEvents answers; a function is invoked in the background. Retries live in memory, then the dead-letter queue follows.
 */
export function createDeliver({ ports, signal }: { ports: DeliveryPorts; signal: AbortSignal }): Deliver {
  return async (delivery) => {
    const first = attempt(ports, delivery);
    if (isQueue(delivery.target)) {
      const failure = await first;
      if (failure !== undefined) void retry({ ports, delivery, failure, signal });
      return;
    }
    void first.then((failure) => (failure === undefined ? undefined : retry({ ports, delivery, failure, signal })));
  };
}

/** Says whether the embedded bus can deliver to an ARN. */
export function isSupportedTarget(arn: string): boolean {
  return /^arn:aws:(sqs|lambda):/.test(arn);
}

type Delivery = Parameters<Deliver>[0];
type Failure = { code: string; message: string };

function isQueue({ arn }: RuleTarget): boolean {
  return arn.startsWith('arn:aws:sqs:');
}

/** Undefined when it worked. */
async function attempt(ports: DeliveryPorts, delivery: Delivery): Promise<Failure | undefined> {
  const { target } = delivery;
  try {
    const input = transformInput({ ...delivery, nowMs: Date.now() });
    await (isQueue(target) ? ports.sendToQueue(target.arn, input) : ports.invokeFunction(target.arn, JSON.parse(input)));
    return undefined;
  } catch (error) {
    return error instanceof Error ? { code: error.name, message: error.message } : { code: 'Error', message: String(error) };
  }
}

async function retry(input: { ports: DeliveryPorts; delivery: Delivery; failure: Failure; signal: AbortSignal }): Promise<void> {
  const { ports, delivery, signal } = input;
  const policy = { ...DEFAULT_RETRY, ...delivery.target.retryPolicy };
  const expiresAt = Date.now() + policy.maximumEventAgeInSeconds * 1000;
  let failure = input.failure;
  let retries = 0;
  let exhausted = '';
  say(ports, 'warn', delivery, `was not delivered and will be tried again: ${failure.message}`);
  while (!NOT_RETRIED.test(`${failure.code} ${failure.message}`)) {
    if (retries >= policy.maximumRetryAttempts) exhausted = 'MaximumRetryAttempts';
    else if (Date.now() >= expiresAt) exhausted = 'MaximumEventAgeInSeconds';
    if (exhausted !== '' || signal.aborted) break;
    // An abort only ends the wait; the loop sees it next.
    await sleep(backoffMs(retries), undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
    retries += 1;
    const next = await attempt(ports, delivery);
    if (next === undefined) return say(ports, 'info', delivery, `was delivered after ${retries} retries`);
    failure = next;
  }
  await giveUp({ ports, delivery, failure, retries, exhausted });
}

/** Doubles, with jitter over the upper half. */
function backoffMs(retries: number): number {
  return Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** retries) * (0.5 + Math.random() / 2);
}

async function giveUp(input: {
  ports: DeliveryPorts;
  delivery: Delivery;
  failure: Failure;
  retries: number;
  exhausted: string;
}): Promise<void> {
  const { ports, delivery, failure } = input;
  const { deadLetterArn } = delivery.target;
  if (deadLetterArn === undefined)
    return say(ports, 'error', delivery, `is LOST after ${input.retries} retries, the target has no dead-letter queue: ${failure.message}`);
  const attributes = {
    RULE_ARN: delivery.rule.arn,
    TARGET_ARN: delivery.target.arn,
    ERROR_CODE: failure.code,
    ERROR_MESSAGE: failure.message,
    RETRY_ATTEMPTS: String(input.retries),
    ...(input.exhausted === '' ? {} : { EXHAUSTED_RETRY_CONDITION: input.exhausted }),
  };
  try {
    await ports.sendToQueue(deadLetterArn, JSON.stringify(delivery.event), attributes);
    say(ports, 'error', delivery, `went to the dead-letter queue after ${input.retries} retries: ${failure.message}`);
  } catch (error) {
    say(ports, 'error', delivery, `is LOST: not delivered (${failure.message}), and ${deadLetterArn} did not take it: ${String(error)}`);
  }
}

function say({ log }: DeliveryPorts, level: 'info' | 'warn' | 'error', { event, rule, target }: Delivery, what: string): void {
  log({ level, source: 'events', message: `Event ${event.id} (${event['detail-type']}) of rule ${rule.name} to ${target.arn} ${what}` });
}
