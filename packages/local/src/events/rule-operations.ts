import * as z from 'zod/mini';
import { AwsError } from '../service.ts';
import { isSupportedTarget } from './deliver-event.ts';
import { compilePatternText, type EventBusStore, invalid } from './event-bus-store.ts';
import type { EventRule, RuleTarget } from './event-rule.ts';
import { type JsonOperation, notImplemented, operation } from './json-operations.ts';
import { checkInput } from './transform-input.ts';

const Target = z.object({
  Id: z.string(),
  Arn: z.string(),
  Input: z.optional(z.string()),
  InputPath: z.optional(z.string()),
  InputTransformer: z.optional(z.object({ InputPathsMap: z.optional(z.record(z.string(), z.string())), InputTemplate: z.string() })),
  DeadLetterConfig: z.optional(z.object({ Arn: z.optional(z.string()) })),
  RetryPolicy: z.optional(z.object({ MaximumRetryAttempts: z.optional(z.int()), MaximumEventAgeInSeconds: z.optional(z.int()) })),
});

const RuleName = z.object({ Name: z.string(), EventBusName: z.optional(z.string()) });
const Listing = { NextToken: z.optional(z.string()), Limit: z.optional(z.int()) };

const TARGETS_PER_RULE = 5;
const DEFAULT_PAGE = 100;

/** The operations on rules and their targets. */
export function ruleOperations(store: EventBusStore): Record<string, JsonOperation> {
  return {
    PutRule: operation(
      z.extend(RuleName, {
        EventPattern: z.optional(z.string()),
        ScheduleExpression: z.optional(z.string()),
        State: z._default(z.enum(['ENABLED', 'DISABLED']), 'ENABLED'),
        Description: z.optional(z.string()),
      }),
      ({ Name, EventBusName, EventPattern, ScheduleExpression, State, Description }) => {
        if (!EventPattern && !ScheduleExpression) throw invalid('Parameter(s) EventPattern or ScheduleExpression must be specified.');
        const busName = store.requireBus(EventBusName).name;
        const existing = store.findRule(busName, Name);
        const rule = store.putRule({
          name: Name,
          busName,
          state: State,
          targets: existing?.targets ?? [],
          origin: existing?.origin ?? 'api',
          ...(EventPattern ? { eventPattern: EventPattern } : {}),
          ...(ScheduleExpression ? { scheduleExpression: ScheduleExpression } : {}),
          ...(Description ? { description: Description } : {}),
        });
        return { RuleArn: rule.arn };
      },
    ),
    DeleteRule: operation(RuleName, ({ Name, EventBusName }) => {
      const rule = store.findRule(store.requireBus(EventBusName).name, Name);
      if (rule === undefined) return;
      if (rule.targets.length > 0) throw invalid("Rule can't be deleted since it has targets.");
      store.removeRule(rule);
    }),
    DescribeRule: operation(RuleName, ({ Name, EventBusName }) => describeRule(store.requireRule(EventBusName, Name))),
    ListRules: operation(z.object({ EventBusName: z.optional(z.string()), NamePrefix: z.optional(z.string()), ...Listing }), (input) => {
      const rules = store.rules(store.requireBus(input.EventBusName).name).filter(({ name }) => name.startsWith(input.NamePrefix ?? ''));
      const { items, next } = page(rules, input);
      return { Rules: items.map(describeRule), ...next };
    }),
    EnableRule: operation(RuleName, ({ Name, EventBusName }) =>
      store.updateRule(store.requireRule(EventBusName, Name), { state: 'ENABLED' }),
    ),
    DisableRule: operation(RuleName, ({ Name, EventBusName }) =>
      store.updateRule(store.requireRule(EventBusName, Name), { state: 'DISABLED' }),
    ),
    PutTargets: operation(z.object({ Rule: z.string(), EventBusName: z.optional(z.string()), Targets: z.array(Target) }), (input) => {
      const rule = store.requireRule(input.EventBusName, input.Rule);
      const added = input.Targets.map(readTarget);
      const ids = new Set(added.map(({ id }) => id));
      store.updateRule(rule, { targets: checkTargets([...rule.targets.filter(({ id }) => !ids.has(id)), ...added]) });
      return { FailedEntryCount: 0, FailedEntries: [] };
    }),
    RemoveTargets: operation(z.object({ Rule: z.string(), EventBusName: z.optional(z.string()), Ids: z.array(z.string()) }), (input) => {
      const rule = store.requireRule(input.EventBusName, input.Rule);
      const unknown = input.Ids.filter((id) => !rule.targets.some((target) => target.id === id));
      store.updateRule(rule, { targets: rule.targets.filter(({ id }) => !input.Ids.includes(id)) });
      const FailedEntries = unknown.map((id) => ({
        TargetId: id,
        ErrorCode: 'ResourceNotFoundException',
        ErrorMessage: `Target ${id} does not exist.`,
      }));
      return { FailedEntryCount: FailedEntries.length, FailedEntries };
    }),
    ListTargetsByRule: operation(z.object({ Rule: z.string(), EventBusName: z.optional(z.string()), ...Listing }), (input) => {
      const { items, next } = page(store.requireRule(input.EventBusName, input.Rule).targets, input);
      return { Targets: items.map(describeTarget), ...next };
    }),
    TestEventPattern: operation(z.object({ EventPattern: z.string(), Event: z.string() }), ({ EventPattern, Event }) => ({
      Result: compilePatternText(EventPattern)(parseEvent(Event)),
    })),
  };
}

/** Refuses targets that could not be served: too many, of another service, with an input that cannot be read. */
export function checkTargets(targets: RuleTarget[]): RuleTarget[] {
  if (targets.length > TARGETS_PER_RULE) {
    throw new AwsError({
      code: 'LimitExceededException',
      message: `A rule has at most ${TARGETS_PER_RULE} targets, not ${targets.length}.`,
    });
  }
  for (const target of targets) {
    if (!isSupportedTarget(target.arn)) throw notImplemented('events', `targets such as ${target.arn}: only queues and functions`);
    try {
      checkInput(target);
    } catch (error) {
      throw invalid(String(error));
    }
  }
  return targets;
}

function describeRule(rule: EventRule) {
  return {
    Name: rule.name,
    Arn: rule.arn,
    State: rule.state,
    EventBusName: rule.busName,
    ...(rule.eventPattern === undefined ? {} : { EventPattern: rule.eventPattern }),
    ...(rule.scheduleExpression === undefined ? {} : { ScheduleExpression: rule.scheduleExpression }),
    ...(rule.description === undefined ? {} : { Description: rule.description }),
  };
}

function readTarget(target: z.infer<typeof Target>): RuleTarget {
  const { InputTransformer: transformer, RetryPolicy: retry } = target;
  return {
    id: target.Id,
    arn: target.Arn,
    ...(target.Input === undefined ? {} : { input: target.Input }),
    ...(target.InputPath === undefined ? {} : { inputPath: target.InputPath }),
    ...(transformer === undefined
      ? {}
      : { inputTransformer: { inputTemplate: transformer.InputTemplate, inputPathsMap: transformer.InputPathsMap ?? {} } }),
    ...(target.DeadLetterConfig?.Arn === undefined ? {} : { deadLetterArn: target.DeadLetterConfig.Arn }),
    ...(retry === undefined
      ? {}
      : {
          retryPolicy: {
            ...(retry.MaximumRetryAttempts === undefined ? {} : { maximumRetryAttempts: retry.MaximumRetryAttempts }),
            ...(retry.MaximumEventAgeInSeconds === undefined ? {} : { maximumEventAgeInSeconds: retry.MaximumEventAgeInSeconds }),
          },
        }),
  };
}

function describeTarget({ id, arn, input, inputPath, inputTransformer, deadLetterArn, retryPolicy }: RuleTarget): z.infer<typeof Target> {
  return {
    Id: id,
    Arn: arn,
    Input: input,
    InputPath: inputPath,
    InputTransformer: inputTransformer && { InputPathsMap: inputTransformer.inputPathsMap, InputTemplate: inputTransformer.inputTemplate },
    DeadLetterConfig: deadLetterArn === undefined ? undefined : { Arn: deadLetterArn },
    RetryPolicy: retryPolicy && {
      MaximumRetryAttempts: retryPolicy.maximumRetryAttempts,
      MaximumEventAgeInSeconds: retryPolicy.maximumEventAgeInSeconds,
    },
  };
}

/** The token is the offset. */
function page<Item>(items: Item[], { NextToken, Limit = DEFAULT_PAGE }: { NextToken?: string | undefined; Limit?: number | undefined }) {
  const from = Number(NextToken ?? 0);
  const next = from + Limit < items.length ? { NextToken: String(from + Limit) } : {};
  return { items: items.slice(from, from + Limit), next };
}

function parseEvent(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(`Parameter Event is not valid JSON: ${String(error)}`);
  }
}
