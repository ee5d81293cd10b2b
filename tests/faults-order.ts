import { basename } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Two files run side by side, and some have a load of their own: a release is watched by an alarm on waiting, and an outage has bounds for other
 * routes. So the outage begins beside what is light, and releases begin when it only waits. What is not named comes last.
 */
const ORDER = ['outage.long.test.ts', 'tiers.long.test.ts', 'intake-kill.long.test.ts', 'releases.long.test.ts', 'settlement.long.test.ts'];

export class FaultsOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const placeOf = ({ moduleId }: TestSpecification) => (ORDER.indexOf(basename(moduleId)) + ORDER.length + 1) % (ORDER.length + 1);
    return (await super.sort(files)).toSorted((one, other) => placeOf(one) - placeOf(other));
  }
}
