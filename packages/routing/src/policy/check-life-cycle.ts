import { lifecycleAt, type Model } from '@signalbox/catalogue';
import type { TargetInput } from './check-target.ts';
import { type Finding, warning } from './finding.ts';
import { readModelName } from './read-model-name.ts';

/** A release of a policy may stay for months; so long a model must live that is put into one. */
const NOTICE_DAYS = 90;

/** True for a model that can no longer be called: nothing else need be said of it. */
export function hasEnded(model: Model, today: string | undefined): boolean {
  return today !== undefined && lifecycleAt(model, today).stage === 'ended';
}

/** Whether the model is there on the day of the compilation, and stays. A target may accept an end that is near by naming its day. */
export function checkLifeCycle({ id, target, catalogue, today }: TargetInput): Finding[] {
  const name = target.model === undefined ? undefined : readModelName(catalogue, target.model);
  if (today === undefined || name === undefined || name.kind === 'unknown') return [];
  const { model } = name;
  const { stage, endsOn, daysLeft, successor, isPreview } = lifecycleAt(model, today);
  const path = ['targets', id, 'model'];
  const instead = successor === null ? 'write another model' : `write ${successor}`;
  if (stage === 'ended') return [{ path, message: `names ${model.id}, which ended${endsOn === null ? '' : ` on ${endsOn}`}; ${instead}` }];
  if (endsOn !== null && daysLeft !== null && daysLeft <= NOTICE_DAYS) {
    if (target.acceptEndOfLife === endsOn) return [];
    const message = `names ${model.id}, which ends on ${endsOn}, in ${daysLeft} days; ${instead}, or accept it with acceptEndOfLife: ${endsOn}`;
    return [{ path, message }];
  }
  const consent =
    target.acceptEndOfLife === undefined ? [] : [warning(['targets', id, 'acceptEndOfLife'], acceptedForNothing(model.id, endsOn), 'key')];
  if (isPreview)
    return [
      ...consent,
      warning(path, `names ${model.id}, a preview that AWS opens to selected accounts only; make sure that yours is one`),
    ];
  if (stage !== 'legacy') return consent;
  const end = endsOn === null ? 'and no day of its end is known' : `and ends on ${endsOn}`;
  return [...consent, warning(path, `names ${model.id}, which is legacy ${end}; ${instead}`)];
}

function acceptedForNothing(model: string, endsOn: string | null): string {
  const end = endsOn === null ? 'has no known end' : `ends on ${endsOn}, more than ${NOTICE_DAYS} days from now`;
  return `has no effect, because ${model} ${end}; remove it`;
}
