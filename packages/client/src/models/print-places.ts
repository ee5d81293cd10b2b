import type { Model, Profile } from '@signalbox/catalogue';
import { type Fact, formatFacts } from '../output/format-facts.ts';
import type { Output } from '../output/output.ts';

const INDENT = '  ';

/** Where a model can be called from, as what, and where it then runs; the profile that was asked for stands out. */
export function printPlaces({ id, onDemandRegions, profiles }: Model, asked: Profile | undefined, output: Output): void {
  const isKnown = profiles.length > 0 || (onDemandRegions !== null && onDemandRegions.length > 0);
  output.print(`\n${output.style('bold', 'Where')}${isKnown ? '' : ': not known'}`);
  if (onDemandRegions?.length === 0 && profiles.length > 0) output.print(`${INDENT}Through an inference profile only.`);
  if (onDemandRegions && onDemandRegions.length > 0) {
    output.print(`${INDENT}${id}`);
    output.print(
      formatFacts(
        [
          ['  called from', onDemandRegions.join(', ')],
          ['  runs in', 'the region of the call'],
        ],
        output,
      ),
    );
  }
  for (const profile of profiles) {
    output.print(`${INDENT}${profile.id === asked?.id ? output.style('bold', profile.id) : profile.id}`);
    output.print(formatFacts(placesOf(profile), output));
  }
}

function placesOf({ scope, sourceRegions, destinationRegions }: Profile): Fact[] {
  const from = sourceRegions?.join(', ') ?? 'not known';
  const destinations = destinationRegions?.join(', ') ?? (scope === 'global' ? 'any region' : 'not known');
  const isSame = destinationRegions !== null && destinations === from;
  return [
    ['  called from', from],
    ['  runs in', isSame ? 'any of these' : destinations],
  ];
}
