import { BadRequestException, ConflictException, StartDeploymentCommand, ValidateConfigurationCommand } from '@aws-sdk/client-appconfig';
import { ReleaseError } from './release-error.ts';
import type { Installation, StrategyName } from './types.ts';

export type StartInput = {
  hostedVersion: number;
  strategy: StrategyName;
  description: string;
  /** The last deployment that the caller has seen: AppConfig answers 409 when there is a later one. */
  latestNumber: number;
};

/** Starts a deployment; says in words why it could not. */
export async function startRelease(installation: Installation, input: StartInput): Promise<number> {
  const { appConfig, applicationId, environmentId, profileId, strategies } = installation;
  try {
    const { DeploymentNumber = 0 } = await appConfig.send(
      new StartDeploymentCommand({
        ApplicationId: applicationId,
        EnvironmentId: environmentId,
        ConfigurationProfileId: profileId,
        ConfigurationVersion: String(input.hostedVersion),
        DeploymentStrategyId: strategies[input.strategy],
        Description: input.description,
        ...(input.latestNumber === 0 ? {} : { LatestDeploymentNumber: input.latestNumber }),
      }),
    );
    return DeploymentNumber;
  } catch (error) {
    throw inWords(error, installation);
  }
}

/** Asks the validator without deploying; throws what it has against the version. */
export async function validateVersion(installation: Installation, hostedVersion: number): Promise<void> {
  const { appConfig, applicationId, profileId } = installation;
  try {
    await appConfig.send(
      new ValidateConfigurationCommand({
        ApplicationId: applicationId,
        ConfigurationProfileId: profileId,
        ConfigurationVersion: String(hostedVersion),
      }),
    );
  } catch (error) {
    throw inWords(error, installation);
  }
}

function inWords(error: unknown, { name }: Installation): unknown {
  if (error instanceof ConflictException) {
    return new ReleaseError({
      kind: 'conflict',
      message: `Somebody else began a release to ${name} meanwhile (${error.message}). See "signalbox policy history", then deploy again.`,
      cause: error,
    });
  }
  if (!(error instanceof BadRequestException)) return error;
  return new ReleaseError({
    kind: 'refused',
    message: `The validator of ${name} refused the routing table:`,
    problems: validatorProblems(error),
    cause: error,
  });
}

/** What our validator said, without the wrapping of Lambda and AppConfig around it. */
function validatorProblems(error: BadRequestException): string[] {
  const details = error.Details?.InvalidConfiguration ?? [];
  const texts = details.flatMap(({ Reason }) => Reason ?? []);
  return (texts.length > 0 ? texts : [error.message]).flatMap((text) =>
    (/The routing table has \d+ problems?: (.*?)\.?$/s.exec(text)?.[1] ?? text).split('; '),
  );
}
