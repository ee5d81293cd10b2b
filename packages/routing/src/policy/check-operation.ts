import type { RouteInput } from './check-route.ts';
import { type Finding, warning } from './finding.ts';
import { listWords } from './list-words.ts';
import type { ResolvedTarget } from './resolve-target.ts';

const OUTPUTS = { chat: 'text', embed: 'embedding', image: 'image', video: 'video' } as const;

/** Whether the route's targets give what its operation asks for, and its settings mean something for it. */
export function checkOperation(input: RouteInput): Finding[] {
  const { operation } = input.route;
  if (operation === undefined) return [];
  const wrong = input.places.flatMap(({ target, path }): Finding[] => {
    const resolved = input.targets.get(target);
    if (!resolved || givesFor(operation, resolved)) return [];
    const { model } = resolved;
    const message = `names "${target}", but ${model.id} gives ${listWords(model.outputModalities)}, and the route's operation is ${operation}; write a model that gives ${OUTPUTS[operation]}, or another operation`;
    return [{ path, message }];
  });
  return operation === 'embed' ? [...wrong, ...checkOneModel(input), ...checkSettings(input)] : wrong;
}

/** Whether a target gives what an operation asks for. What a model gives that only its server knows, nobody has stated. */
export function givesFor(operation: keyof typeof OUTPUTS, { isListed, model }: ResolvedTarget): boolean {
  return !isListed || model.outputModalities.includes(OUTPUTS[operation]);
}

/** Vectors of two models mean nothing to each other, even with as many numbers. */
function checkOneModel({ name, places, targets }: RouteInput): Finding[] {
  const embedding = places.flatMap(({ target }) => targets.get(target) ?? []).filter((target) => givesFor('embed', target));
  const models = [...new Set(embedding.map(({ model }) => model.id))];
  if (models.length < 2) return [];
  const message = `has ${models.length} models, ${listWords(models)}: embeddings of different models cannot be compared, so that what one has indexed another would never find; use one model, called in several regions, and give each other model a route of its own`;
  return [{ path: ['routes', name], message, at: 'key' }];
}

/** Vectors have no tokens that could be limited, and are not streamed. */
function checkSettings({ name, route: { maxTokens, limits } }: RouteInput): Finding[] {
  const path = ['routes', name];
  const tokens = maxTokens
    ? [warning([...path, 'maxTokens'], 'has no effect, because embeddings have no tokens of output; remove it', 'key')]
    : [];
  const streaming = (['firstToken', 'idle'] as const).filter((limit) => typeof limits?.[limit] === 'number');
  return [
    ...tokens,
    ...streaming.map((limit) =>
      warning([...path, 'limits', limit], 'has no effect, because embeddings are not streamed; remove it', 'key'),
    ),
  ];
}
