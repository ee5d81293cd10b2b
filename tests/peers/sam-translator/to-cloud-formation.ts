type Properties = Record<string, unknown>;
type Event = { Type: string; Properties: Properties };

/** What a resolved SAM function of the embedded stack would be in CloudFormation, by logical id: itself, and what its events become. */
export function functionToCloudFormation(logicalId: string, resolved: Properties): Record<string, Properties> {
  const { Events: events = {}, CodeUri: code, DeadLetterQueue: queue, Tags: tags = {}, ...properties } = resolved;
  const { TargetArn: target } = (queue ?? {}) as { TargetArn?: unknown };
  const lambda = {
    ...properties,
    Code: { S3Bucket: 'bundles', S3Key: code },
    Tags: [{ Key: 'lambda:createdBy', Value: 'SAM' }, ...Object.entries(tags as Properties).map(([Key, Value]) => ({ Key, Value }))],
    ...(target === undefined ? {} : { DeadLetterConfig: { TargetArn: target } }),
  };
  const sources = Object.entries(events as Record<string, Event>).map(([name, event]) => eventToCloudFormation(logicalId, name, event));
  return Object.assign({ [logicalId]: lambda }, ...sources);
}

/** What a resolved SAM state machine of the embedded stack would be in CloudFormation; none here has events. */
export function stateMachineToCloudFormation({
  Name: name,
  Type: type,
  DefinitionUri: definition,
  Role: role,
  ...properties
}: Properties): Properties {
  return {
    ...properties,
    StateMachineName: name,
    StateMachineType: type,
    DefinitionS3Location: { Bucket: 'bundles', Key: definition },
    RoleArn: role,
    Tags: [{ Key: 'stateMachine:createdBy', Value: 'SAM' }],
  };
}

function eventToCloudFormation(
  functionId: string,
  name: string,
  { Type: type, Properties: properties = {} }: Event,
): Record<string, Properties> {
  const id = `${functionId}${name}`;
  const targets = [{ Arn: `<${functionId}.Arn>`, Id: `${id}LambdaTarget` }];
  const { Queue, Schedule, Enabled, Pattern, RestApiId, Path, Method, ...rest } = properties;
  if (type === 'SQS') return { [id]: { ...rest, EventSourceArn: Queue, FunctionName: `<${functionId}>` } };
  const state = Enabled === undefined ? {} : { State: Enabled === true ? 'ENABLED' : 'DISABLED' };
  if (type === 'Schedule') return { [id]: { ...rest, ...state, ScheduleExpression: Schedule, Targets: targets } };
  if (type === 'EventBridgeRule') return { [id]: { ...rest, EventPattern: Pattern, Targets: targets } };
  if (type === 'Api') return { [`${id}PermissionStage`]: permission(functionId, { Path, Method }) };
  throw new Error(
    `${functionId}: this check does not know what SAM makes of the event ${name} of type ${type}; add it to to-cloud-formation.ts`,
  );
}

/** The right to call the function is all that is made of a route whose API has its paths in a body. */
function permission(functionId: string, { Path: path, Method: method }: { Path: unknown; Method: unknown }): Properties {
  return {
    Action: 'lambda:InvokeFunction',
    FunctionName: `<${functionId}>`,
    Principal: 'apigateway.amazonaws.com',
    route: `${String(method).toUpperCase()}${String(path).replaceAll(/\{[^}]+\}/g, '*')}`,
  };
}
