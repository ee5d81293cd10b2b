import type { CreatedResource } from './platform.ts';

const NAME_PROPERTIES = ['RoleName', 'LogGroupName', 'AlarmName', 'DashboardName', 'ManagedPolicyName', 'TopicName', 'Name'] as const;

type Inert = { type: string; properties: Record<string, unknown>; defaultName: string; region: string; accountId: string };

/** Only so that what refers to an inert resource resolves: its name and its ARN, with nothing behind them. */
export function inertResource({ type, properties, defaultName, region, accountId }: Inert): CreatedResource {
  const given = NAME_PROPERTIES.map((property) => properties[property]).find((value) => typeof value === 'string');
  const name = typeof given === 'string' ? given : defaultName;
  const arn = arnOf({ type, name, place: `${region}:${accountId}`, accountId });
  const ref = type === 'AWS::SNS::Topic' ? arn : name;
  return { type, ref, attributes: { Arn: arn, Id: name, KeyId: name, RoleId: name, TopicArn: arn, TopicName: name } };
}

function arnOf({ type, name, place, accountId }: { type: string; name: string; place: string; accountId: string }): string {
  const [, service = '', kind = ''] = type.toLowerCase().split('::');
  if (service === 'iam') return `arn:aws:iam::${accountId}:${kind}/${name}`;
  if (service === 'cloudwatch') return `arn:aws:cloudwatch:${place}:alarm:${name}`;
  if (service === 'logs') return `arn:aws:logs:${place}:log-group:${name}:*`;
  if (service === 'sns') return `arn:aws:sns:${place}:${name}`;
  return `arn:aws:${service}:${place}:${kind}/${name}`;
}
