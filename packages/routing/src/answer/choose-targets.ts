import type { RoutingTarget } from '@signalbox/contracts';
import { overlayLatencies } from '../plan/overlay-latencies.ts';
import { isStale, manualShares, overlayShares, type Shares } from '../plan/overlay-shares.ts';
import { plan } from '../plan/plan.ts';
import type { Plan, PlannedTarget } from '../plan/planned-target.ts';
import { isAboveCeiling, keepBelowCeiling } from '../plan/price-ceiling.ts';
import type { AnswerInput } from './answer-input.ts';
import type { Ended, Waiting } from './answer-result.ts';
import { areAllThrottled, type HeldOut, mayBeOverlooked, toHeldOut, waitForHealth } from './held-out.ts';
import type { Tolerance } from './hold.ts';
import { isLastTry } from './last-try.ts';
import { askerOf, type Choice, type Ports } from './receive.ts';
import { NO_STRIKES } from './strikes.ts';
import { endUnsuitable } from './to-result.ts';

type Chosen = { kind: 'chosen'; choice: Choice } | { kind: 'result'; result: Ended | Waiting };
type Question = { ports: Ports; input: AnswerInput; now: number };
/** By less the fleet only watches whether a target is back: waiting to be drawn there would be waiting for nothing. */
const WATCHED_SHARE = 0.01;

type Drawn = Plan & { shares: Shares | undefined };

/**
 * The targets for one receive: those of the plan that fleet and process let in. When they let none in, first what may be our own
 * mistake or is only slow is overlooked; then one who cannot wait, or not any longer, tries the best all the same, and of those who can, one
 * now and then.
 */
export function chooseTargets(question: Question): Chosen {
  const { input } = question;
  if (!input.takesAll && isPanic(question)) return tryInTurn(question, draw(question, 'desperate'), []);
  const strict = draw(question, 'strict');
  const chosen = chooseByHealth(question, strict);
  tellHeldOut(question, strict, chosen);
  return chosen;
}

function chooseByHealth(question: Question, strict: Drawn): Chosen {
  const { input } = question;
  if (strict.targets.length > 0) return mustTry(question) ? chooseAll(question, strict) : choose(question, strict, 'strict');
  if (strict.heldOut.length === 0) return { kind: 'result', result: endUnsuitable(input.route.name, strict.excluded) };
  const heldOut = heldOutOf(question, strict);
  const lenient = heldOut.some(mayBeOverlooked) ? draw(question, 'lenient') : strict;
  if (lenient.targets.length > 0) return choose(question, lenient, 'lenient');
  const desperate = draw(question, 'desperate');
  if (mustTry(question)) return desperate.targets.length > 0 ? choose(question, desperate, 'desperate') : wait(question, heldOut);
  // Drawn out by chance, or only throttled: the target gets its traffic, and needs no trial. A sticky request draws the same each time.
  const isByChance = input.route.stickyBy === undefined && heldOut.some(({ share }) => share > WATCHED_SHARE);
  if (isByChance) return wait(question, heldOut, { isBrief: true });
  return areAllThrottled(heldOut) ? wait(question, heldOut) : tryInTurn(question, desperate, heldOut);
}

/** True when this receive is the last: of one who cannot wait, and of a request that would wait past its end. */
function mustTry({ input, now }: Question): boolean {
  return input.takesAll === true || isLastTry(input, now);
}

/** A first choice that is not even asked, because it fails, shows in no attempt: whoever judges a routing table must hear of it. */
function tellHeldOut(question: Question, strict: Drawn, chosen: Chosen): void {
  const { ports, input } = question;
  if (!ports.onFirstChoiceHeldOut || strict.heldOut.length === 0 || input.isRepeat) return;
  const { features: request, table, route } = input;
  const wanted = plan({ request, table, route, random: ports.random }).targets[0]?.target.id;
  // Where nothing else was left it may be asked all the same: then its attempt tells.
  if (chosen.kind === 'chosen' && chosen.choice.targets[0]?.target.id === wanted) return;
  const held = heldOutOf(question, strict).find(({ target }) => target === wanted);
  if (held && !areAllThrottled([held])) ports.onFirstChoiceHeldOut(held);
}

/** One request in ten seconds tries one of the targets, and each whose end is near; once one was answered, the others follow. */
function tryInTurn(question: Question, desperate: Drawn, heldOut: readonly HeldOut[]): Chosen {
  const { ports, input, now } = question;
  const { targets } = desperate;
  if (targets.length === 0)
    return desperate.heldOut.length > 0 ? wait(question, heldOutOf(question, desperate)) : unsuitable(question, desperate);
  if (ports.health.trials.wasAnswered(input.route.name, now)) return follow(question, desperate);
  if (!isLastTry(input, now) && !ports.health.trials.take(input.route.name, now)) return wait(question, heldOut);
  const drawn = targets[Math.floor(ports.random() * targets.length)] as PlannedTarget;
  const planned = { ...drawn, probability: 1 / targets.length, isFirstDraw: true };
  const others = targets.filter((one) => one !== drawn).map(({ target }) => target);
  const choice = {
    targets: [planned],
    heldOut: [...others, ...targetsOf(question, desperate.heldOut)],
    shares: undefined,
    tolerance: 'desperate',
    areAllOut: true,
    isTrial: true,
    mayHedge: false,
  } as const;
  return { kind: 'chosen', choice };
}

/** After a trial was answered: to those that this process has not seen fail, whatever the fleet says of them, else to any. */
function follow(question: Question, desperate: Drawn): Chosen {
  const unseen = draw(question, 'strict', false);
  return unseen.targets.length > 0 ? choose(question, unseen, 'strict', true) : choose(question, desperate, 'desperate');
}

function draw({ ports, input, now }: Question, tolerance: Tolerance, heedsFleet = tolerance !== 'desperate'): Drawn {
  const { features: request, table, route, overlay } = input;
  const fleet = heedsFleet ? overlayShares(overlay, now, request.priority) : manualShares(overlay, now);
  const shares = keep(multiply(fleet, ports.health.sharesFor(askerOf(input, tolerance, now), table)));
  const latencyOf = route.strategy === 'lowest-latency' ? overlayLatencies(overlay, now) : undefined;
  return { ...plan({ request, table, route, shares, latencyOf, random: ports.random }), shares };
}

/** For one who cannot wait, those that health holds out stand behind those that it lets in, as far as the first one's price allows. */
function chooseAll(question: Question, strict: Drawn): Chosen {
  const { features: request, route } = question.input;
  if (strict.heldOut.length === 0) return choose(question, strict, 'strict');
  const others = draw(question, 'desperate').targets.filter(({ target }) => strict.heldOut.includes(target.id));
  const whole = { ...strict, targets: [...strict.targets, ...others.map((planned) => ({ ...planned, isFirstDraw: false }))] };
  const { targets } = keepBelowCeiling(
    whole,
    (target, first) => route.priceCeiling !== undefined && isAboveCeiling(target, first, route.priceCeiling, { request, route }),
  );
  const choice = {
    targets,
    heldOut: targetsOf(question, strict.heldOut),
    shares: strict.shares,
    tolerance: 'desperate',
    areAllOut: false,
    isTrial: false,
    mayHedge: mayHedge(question),
  } as const;
  return { kind: 'chosen', choice };
}

function multiply(fleet: Shares | undefined, local: Shares | undefined): Shares | undefined {
  if (!fleet || !local) return fleet ?? local;
  return (target) => fleet(target) * local(target);
}

/** As they were when they were first asked for: what the request's own calls change does not count for it. */
function keep(shares: Shares | undefined): Shares | undefined {
  if (!shares) return undefined;
  const kept = new Map<RoutingTarget, number>();
  return (target) => {
    const share = kept.get(target) ?? shares(target);
    kept.set(target, share);
    return share;
  };
}

function isPanic({ input, now }: Question): boolean {
  const { overlay, route } = input;
  return overlay !== undefined && !isStale(overlay, now) && overlay.panic.includes(route.name);
}

function targetsOf({ input }: Question, ids: readonly string[]): RoutingTarget[] {
  return ids.map((id) => input.table.targets[id]).filter((target) => target !== undefined);
}

function heldOutOf({ ports, input, now }: Question, { heldOut, shares }: Drawn): HeldOut[] {
  const asker = askerOf(input, 'strict', now);
  const fleet = overlayShares(input.overlay, now, input.features.priority);
  return heldOut.map((id) => toHeldOut({ id, table: input.table, health: ports.health, asker, shares, fleet }));
}

function choose(question: Question, drawn: Drawn, tolerance: Tolerance, areAllOut = tolerance === 'desperate'): Chosen {
  const { targets, shares } = drawn;
  const heldOut = targetsOf(question, drawn.heldOut);
  const choice = { targets, heldOut, shares, tolerance, areAllOut, isTrial: false, mayHedge: !areAllOut && mayHedge(question) };
  return { kind: 'chosen', choice };
}

/** Where targets are down, a second call only adds to the load of those that are left. */
function mayHedge(question: Question): boolean {
  return question.input.route.hedge !== undefined && !isPanic(question);
}

function wait({ input }: Question, heldOut: readonly HeldOut[], { isBrief = false } = {}): Chosen {
  const result = waitForHealth(heldOut, input.strikesBefore ?? NO_STRIKES);
  return { kind: 'result', result: isBrief ? { ...result, isBrief } : result };
}

function unsuitable({ input }: Question, { excluded }: Plan): Chosen {
  return { kind: 'result', result: endUnsuitable(input.route.name, excluded) };
}
