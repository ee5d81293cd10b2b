import type { StackFile } from '@signalbox/contracts';
import { findStack } from '../find-stack.ts';
import { UsageError } from '../usage-error.ts';

/** Where an installation is: the embedded stack of a stack file, or a stage on AWS, found by the SDK's own settings. */
export type Place = { kind: 'embedded'; stack: StackFile } | { kind: 'aws'; stage: string };
export type PlaceOptions = { stack?: string | undefined; stage?: string | undefined };

const STAGE = /^[a-z][a-z0-9-]{0,15}$/;

/** The place that a command's options name; without any, the embedded stack here or in a folder above. */
export function findPlace({ stack, stage }: PlaceOptions, from = process.cwd()): Place {
  if (stage === undefined) return { kind: 'embedded', stack: findEmbedded(stack, from) };
  if (stack !== undefined) throw new UsageError('--stage names an installation on AWS and --stack an embedded one; give one of the two.');
  if (!STAGE.test(stage))
    throw new UsageError(`"${stage}" is no stage; a stage is a name such as prod: small letters, digits and hyphens.`);
  return { kind: 'aws', stage };
}

function findEmbedded(file: string | undefined, from: string): StackFile {
  try {
    return findStack({ file, from });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`${error.message} For an installation on AWS, name its stage with --stage.`);
  }
}

/** What every AWS client of this place is made with; on AWS nothing, so that the SDK's environment, profile and region hold. */
export function clientConfigOf(place: Place, { region }: { region?: string } = {}) {
  if (place.kind === 'aws') return { maxAttempts: 3, ...(region !== undefined && { region }) };
  const { stack } = place;
  // What the embedded stack does not emulate it says at once, and asking again changes nothing.
  return { maxAttempts: 1, region: region ?? stack.region, credentials: stack.credentials, endpoint: stack.awsEndpointUrl };
}
