import { isCallableIn, type Model, type Profile } from '@signalbox/catalogue';

/** How a model is called from a region. */
export type CallingPlace = { region: string; profile?: Profile };

/** By its own id where that is known to work, else by the first profile that can be called from there: in the region's own area before a global one. */
export function callingPlace(model: Model, region: string): CallingPlace {
  if (isCallableIn(model, { region })) return { region };
  const callable = model.profiles.filter((profile) => isCallableIn(model, { region, profile }));
  const profile = callable.find(({ scope }) => scope === 'geo') ?? callable[0];
  return profile ? { region, profile } : { region };
}
