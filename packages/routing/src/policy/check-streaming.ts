import { type Capability, hasCapability } from '@signalbox/catalogue';
import { givesFor } from './check-operation.ts';
import type { RouteInput } from './check-route.ts';
import { type Finding, warning } from './finding.ts';
import { type Place, routeLimits } from './resolve-route.ts';
import { canDo, type ResolvedTarget } from './resolve-target.ts';

const REMEDY = 'write firstToken: none and idle: none in its limits, or another target';

/** A limit between tokens makes a route stream, which some models cannot, or not with tools; their refusal would end the request. */
export function checkStreaming({ route, places, parts, targets }: RouteInput): Finding[] {
  if (!parts.defaults || ('limits' in route && !route.limits)) return [];
  const limits = routeLimits(route, parts.defaults);
  const reasons = (['firstToken', 'idle'] as const).filter((limit) => typeof limits[limit] === 'number');
  if (reasons.length === 0) return [];
  const needsTools = route.requires?.capabilities?.includes('tool-use') ?? false;
  return places.flatMap((place) => {
    const target = targets.get(place.target);
    // One that answers otherwise is out of place, whether or not it streams.
    const isMeant = target && (route.operation === undefined || givesFor(route.operation, target));
    return isMeant ? checkPlace({ place, target, needsTools, reason: `limits.${reasons[0]}` }) : [];
  });
}

type PlaceInput = { place: Place; target: ResolvedTarget; needsTools: boolean; reason: string };

function checkPlace({ place: { path }, target, needsTools, reason }: PlaceInput): Finding[] {
  const { id, model } = target;
  if (lacks(target, 'streaming')) {
    return [{ path, message: `names "${id}", but ${model.id} cannot stream, and the route streams, by ${reason}; ${REMEDY}` }];
  }
  if (canDo(target, 'tool-use') !== true || !lacks(target, 'streaming-tool-use')) return [];
  const message = `names "${id}", but ${model.id} refuses tools in a stream, and the route streams, by ${reason}: a request with tools would end there; ${REMEDY}`;
  return [needsTools ? { path, message } : warning(path, message)];
}

/** Known of the model and not denied by the policy; a list of capabilities there may be about other things. What Bedrock refuses, a server may do. */
function lacks({ kind, model, written }: ResolvedTarget, capability: Capability): boolean {
  if (kind !== 'bedrock') return false;
  return hasCapability(model, capability) === false && !written.capabilities?.includes(capability);
}
