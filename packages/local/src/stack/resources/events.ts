import type { RuleTarget } from '../../events/event-bridge.ts';
import { type Create, textProperty } from '../platform.ts';

export const createEventBus: Create = ({ platform, defaultName, properties }) => {
  const name = textProperty(properties, 'Name', defaultName);
  platform.eventBridge.createBus(name);
  return { ref: name, attributes: { Arn: `arn:aws:events:${platform.region}:${platform.accountId}:event-bus/${name}`, Name: name } };
};

export const createEventRule: Create = ({ platform, defaultName, properties }) => {
  const name = textProperty(properties, 'Name', defaultName);
  const busName = busNameOf(textProperty(properties, 'EventBusName', 'default'));
  platform.eventBridge.createRule({
    name,
    busName,
    ...(properties.EventPattern ? { eventPattern: properties.EventPattern } : {}),
    ...(properties.ScheduleExpression ? { scheduleExpression: String(properties.ScheduleExpression) } : {}),
    ...(properties.State ? { state: String(properties.State) as 'ENABLED' } : {}),
    targets: ((properties.Targets ?? []) as Record<string, unknown>[]).map((target) => ({
      id: textProperty(target, 'Id'),
      arn: textProperty(target, 'Arn'),
      ...toTargetInput(target),
    })),
  });
  const path = busName === 'default' ? name : `${busName}/${name}`;
  return { ref: path, attributes: { Arn: `arn:aws:events:${platform.region}:${platform.accountId}:rule/${path}` } };
};

/** A bus is named by its name or by its ARN. */
export function busNameOf(nameOrArn: string): string {
  return nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1);
}

/** What a target gets and where failed deliveries go, as CloudFormation and SAM write it. */
export function toTargetInput(target: Record<string, unknown>): Partial<RuleTarget> {
  const { Input, InputPath, InputTransformer, DeadLetterConfig, RetryPolicy } = target as {
    Input?: string;
    InputPath?: string;
    InputTransformer?: { InputPathsMap?: Record<string, string>; InputTemplate: string };
    DeadLetterConfig?: { Arn?: string };
    RetryPolicy?: { MaximumRetryAttempts?: unknown; MaximumEventAgeInSeconds?: unknown };
  };
  return {
    ...(Input === undefined ? {} : { input: Input }),
    ...(InputPath === undefined ? {} : { inputPath: InputPath }),
    ...(InputTransformer
      ? { inputTransformer: { inputPathsMap: InputTransformer.InputPathsMap ?? {}, inputTemplate: InputTransformer.InputTemplate } }
      : {}),
    ...(DeadLetterConfig?.Arn ? { deadLetterArn: DeadLetterConfig.Arn } : {}),
    ...(RetryPolicy ? { retryPolicy: toRetryPolicy(RetryPolicy) } : {}),
  };
}

function toRetryPolicy({
  MaximumRetryAttempts: attempts,
  MaximumEventAgeInSeconds: age,
}: {
  MaximumRetryAttempts?: unknown;
  MaximumEventAgeInSeconds?: unknown;
}) {
  return {
    ...(attempts === undefined ? {} : { maximumRetryAttempts: Number(attempts) }),
    ...(age === undefined ? {} : { maximumEventAgeInSeconds: Number(age) }),
  };
}
