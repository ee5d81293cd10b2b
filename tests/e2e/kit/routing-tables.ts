import { createHash } from 'node:crypto';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { RoutingTable, type StackFile } from '@signalbox/contracts';

/** The copy of the routing table that a cold start reads when AppConfig is away. */
export async function readTableCopy(stack: StackFile): Promise<RoutingTable> {
  const s3 = new S3Client({ region: stack.region, credentials: stack.credentials, endpoint: stack.awsEndpointUrl, forcePathStyle: true });
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: stack.buckets.data, Key: 'routing-table/current.json' }));
  return RoutingTable.parse(JSON.parse((await Body?.transformToString()) ?? ''));
}

/** A table of one model after another for the default route; every name in it begins with `prefix`, so that tables cannot be taken for each other. */
export function tableOf(base: RoutingTable, { prefix, models }: { prefix: string; models: readonly string[] }): RoutingTable {
  const found = models.map((model) => Object.values(base.targets).find((target) => target.modelId === model));
  const targets = found.map((target, index) => {
    if (!target) throw new Error(`the policy has no target that calls ${models[index]}`);
    return { ...target, id: `${prefix}-${target.id}` };
  });
  const { default: route } = base.routes;
  if (!route) throw new Error('the policy has no route "default"');
  const [first, ...rest] = targets;
  const table = {
    ...base,
    targets: Object.fromEntries(targets.map((target) => [target.id, target])),
    routes: {
      default: {
        name: 'default',
        operation: route.operation,
        strategy: 'static' as const,
        candidates: [{ target: first?.id ?? '', weight: 1 }],
        fallbacks: rest.map(({ id }) => id),
        maxTokens: { default: 512, cap: 1024 },
        limits: { ...route.limits, maxTargets: Math.max(route.limits.maxTargets, 2) },
      },
    },
  };
  return { ...table, version: createHash('sha256').update(JSON.stringify(table)).digest('hex').slice(0, 12) };
}
