import type { ModelList } from '@signalbox/contracts';
import type { LoadedTable } from '@signalbox/runtime';

/** The models that any route may ask, by id. */
export function listModels({ table }: LoadedTable): ModelList {
  const asked = Object.values(table.routes).flatMap(({ candidates, fallbacks }) => [
    ...candidates.map(({ target }) => target),
    ...fallbacks,
  ]);
  const models = new Set(asked.flatMap((target) => table.targets[target]?.model ?? []));
  return { object: 'list', data: [...models].sort().map((id) => ({ id, object: 'model', owned_by: ownerOf(id) })) };
}

/** Bedrock's ids begin with their provider; an ARN does not, and in a server's own name, like `llama3.2:3b`, the dot is of a number. */
function ownerOf(id: string): string {
  return /^([a-z0-9-]+)\.[a-z]/.exec(id)?.[1] ?? 'custom';
}
