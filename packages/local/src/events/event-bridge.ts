import { randomUUID } from 'node:crypto';
import type { AwsService } from '../service.ts';
import { busOperations } from './bus-operations.ts';
import { createDeliver, type DeliveryPorts } from './deliver-event.ts';
import { createEventBusStore } from './event-bus-store.ts';
import type { EventEnvelope, EventRule, RuleTarget } from './event-rule.ts';
import { createJsonService } from './json-operations.ts';
import { eventTime, putEventsOperation } from './put-events.ts';
import { checkTargets, ruleOperations } from './rule-operations.ts';
import { createRuleScheduler } from './rule-scheduler.ts';
import { createStateFile } from './state-file.ts';

export type { RuleTarget } from './event-rule.ts';

export type RuleDefinition = {
  name: string;
  busName: string;
  /** The pattern as an object, as a template holds it. */
  eventPattern?: unknown;
  scheduleExpression?: string;
  state?: EventRule['state'];
  targets: RuleTarget[];
};

export type EventBridge = {
  readonly service: AwsService;
  /** For templates: made again at each start, replaces one of the same name. */
  createBus(name: string): void;
  createRule(definition: RuleDefinition): void;
  /** Ends schedules and retries; what is still undelivered is reported as lost or sent to its dead-letter queue. */
  stop(): void;
};

/**
 * EventBridge's classic buses: events, rules, queues and functions as targets, schedules. Not emulated: bus policies,
 * archives, replays, pipes, other targets. A minute of `rate(…)` lasts `minuteMs`, by default a minute.
 */
export function createEventBridge(
  options: DeliveryPorts & { region: string; accountId: string; stateFile?: string; minuteMs?: number },
): EventBridge {
  const { region, accountId, log } = options;
  const stopping = new AbortController();
  const deliver = createDeliver({ ports: options, signal: stopping.signal });
  const scheduler = createRuleScheduler((rule) => {
    const event = scheduledEvent(rule, { region, accountId });
    const deliveries = rule.targets.map((target) => deliver({ event, rule, target }));
    Promise.all(deliveries).catch((error: unknown) =>
      log({ level: 'error', source: 'events', message: `Schedule ${rule.name} failed: ${String(error)}` }),
    );
  }, options.minuteMs);
  const store = createEventBusStore({
    region,
    accountId,
    state: createStateFile(options.stateFile),
    now: () => Date.now(),
    onRulesChanged: () => scheduler.sync(store.rules()),
  });
  scheduler.sync(store.rules());

  return {
    service: createJsonService('events', {
      PutEvents: putEventsOperation({ store, deliver, region, accountId, log }),
      ...ruleOperations(store),
      ...busOperations(store),
    }),
    createBus(name) {
      store.addBus({ name, origin: 'template' });
    },
    createRule({ name, busName, eventPattern, scheduleExpression, state = 'ENABLED', targets }) {
      if (eventPattern === undefined && scheduleExpression === undefined)
        throw new Error(`Rule ${name} has neither an event pattern nor a schedule.`);
      store.putRule({
        name,
        busName: store.requireBus(busName).name,
        state,
        targets: checkTargets(targets),
        origin: 'template',
        ...(eventPattern === undefined
          ? {}
          : { eventPattern: typeof eventPattern === 'string' ? eventPattern : JSON.stringify(eventPattern) }),
        ...(scheduleExpression === undefined ? {} : { scheduleExpression }),
      });
    },
    stop() {
      scheduler.stop();
      stopping.abort();
    },
  };
}

function scheduledEvent(rule: EventRule, { region, accountId }: { region: string; accountId: string }): EventEnvelope {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: accountId,
    time: eventTime(Date.now()),
    region,
    resources: [rule.arn],
    detail: {},
  };
}
