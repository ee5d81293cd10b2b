import { isCapability } from './capability.ts';
import type { RouteInput } from './check-route.ts';
import { unknownCapabilities } from './check-target.ts';
import { type Finding, type PolicyPath, warning } from './finding.ts';
import { listWords } from './list-words.ts';
import { canDo, type ResolvedTarget } from './resolve-target.ts';

/** Whether every target of a route can do what the route requires. What nobody has stated is a warning. */
export function checkRequires({ name, route, places, targets }: RouteInput): Finding[] {
  const { requires } = route;
  if (!requires) return [];
  const path = ['routes', name, 'requires'];
  const lacks = places.flatMap((place) => {
    const target = targets.get(place.target);
    return target ? checkPlace({ target, role: place.role, path: place.path, requires }) : [];
  });
  return [...unknownCapabilities(requires.capabilities ?? [], [...path, 'capabilities']), ...lacks];
}

type Requires = NonNullable<RouteInput['route']['requires']>;
type PlaceInput = { target: ResolvedTarget; role: string; path: PolicyPath; requires: Requires };

function checkPlace({ target, role, path, requires }: PlaceInput): Finding[] {
  const { id, model, contextTokens, inputModalities } = target;
  const answers = (requires.capabilities ?? []).filter(isCapability).map((capability) => ({ capability, has: canDo(target, capability) }));
  const missing = answers.filter(({ has }) => has === false).map(({ capability }) => capability);
  const unsure = answers.filter(({ has }) => has === null).map(({ capability }) => capability);
  const unread = (requires.inputModalities ?? []).filter((modality) => !inputModalities.includes(modality));
  const { minContextTokens } = requires;
  const isShort = minContextTokens !== undefined && contextTokens !== null && contextTokens < minContextTokens;
  const problems = [
    ...(missing.length > 0 ? [`does not have ${listWords(missing)}`] : []),
    ...(unread.length > 0 ? [`does not read ${listWords(unread)}`] : []),
    ...(isShort ? [`has ${contextTokens} tokens of context, not ${minContextTokens}`] : []),
  ];
  const doubts = [
    ...(unsure.length > 0 ? [`has ${listWords(unsure)}`] : []),
    ...(minContextTokens !== undefined && contextTokens === null ? [`has ${minContextTokens} tokens of context`] : []),
  ];
  const findings: Finding[] = [];
  if (problems.length > 0) {
    const message = `names "${id}", but ${model.id} ${listWords(problems)}, which the route requires; write another ${role}, or change requires`;
    findings.push({ path, message });
  }
  if (doubts.length > 0) {
    findings.push(
      warning(
        path,
        `names "${id}", and nobody has stated whether ${model.id} ${listWords(doubts)}, which the route requires; try it, and state it in policy/catalogue.yaml, or at the target`,
      ),
    );
  }
  return findings;
}
