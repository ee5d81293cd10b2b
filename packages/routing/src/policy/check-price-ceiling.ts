import type { Price } from '@signalbox/contracts';
import type { RouteInput } from './check-route.ts';
import { type Finding, warning } from './finding.ts';
import { type Place, resolveMaxTokens, resolvePriceCeiling } from './resolve-route.ts';
import type { ResolvedTarget } from './resolve-target.ts';

/** A target that costs too much beside every possible first choice is never failed over to. */
export function checkPriceCeiling({ name, route, places, parts, targets }: RouteInput): Finding[] {
  const ceiling = resolvePriceCeiling(route, parts.defaults);
  if (ceiling === undefined) return [];
  const candidates = places.filter(({ role }) => role === 'candidate');
  const cap = parts.defaults && resolveMaxTokens(route, parts.defaults)?.cap;
  const isDearer = (place: Place, first: Place) => {
    const [own, other] = [targets.get(place.target), targets.get(first.target)];
    return own !== undefined && other !== undefined && costsAlwaysMore({ own, other, ceiling, cap });
  };
  return places.flatMap((place): Finding[] => {
    const { target, path } = place;
    const factor = `costs more than ${ceiling} times`;
    const remedy = `raise priceCeiling of "${name}", or remove it`;
    if (place.role === 'fallback' && candidates.length > 0 && candidates.every((first) => isDearer(place, first))) {
      return [
        { path, message: `names "${target}", which ${factor} what any candidate costs (priceCeiling): it is never reached; ${remedy}` },
      ];
    }
    const [first] = candidates;
    if (route.strategy !== 'static' || !first || first === place || !isDearer(place, first)) return [];
    return [
      warning(
        path,
        `names "${target}", which ${factor} what "${first.target}" costs (priceCeiling): it is not tried when that fails; ${remedy}`,
      ),
    ];
  });
}

type CostInput = { own: ResolvedTarget; other: ResolvedTarget; ceiling: number; cap: number | undefined };

/** True when it is dearer by more than the factor for input and for output, so for every mixture of both. */
function costsAlwaysMore({ own, other, ceiling, cap }: CostInput): boolean {
  // One that can give less output than is asked for is reckoned with less.
  if (own.maxOutputTokens !== null && own.maxOutputTokens < (cap ?? 0)) return false;
  return (['inputPerMTokens', 'outputPerMTokens'] as const).every((rate) => {
    const [price, otherPrice] = [lowest(own.price, rate), highest(other.price, rate)];
    return price !== null && otherPrice !== null && price > ceiling * otherPrice;
  });
}

type Rate = 'inputPerMTokens' | 'outputPerMTokens';

/** Over short and long contexts; null when one of them is not known. */
function lowest(price: Price, rate: Rate): number | null {
  const rates = ratesOf(price, rate);
  return rates && Math.min(...rates);
}

function highest(price: Price, rate: Rate): number | null {
  const rates = ratesOf(price, rate);
  return rates && Math.max(...rates);
}

function ratesOf({ longContext, ...short }: Price, rate: Rate): number[] | null {
  const rates = [short[rate], ...(longContext ? [longContext[rate]] : [])].flatMap((one) => one ?? []);
  return rates.length === (longContext ? 2 : 1) ? rates : null;
}
