import { badRequest } from './app-config-error.ts';
import type { Application, HostedVersion, Profile } from './app-config-state.ts';

/** Runs a validator function; it rejects when the function fails. */
export type InvokeValidator = (functionArn: string, payload: unknown) => Promise<void>;

/** Asks every validator of a profile about a version; a 400 that names the first that refuses. */
export async function validateConfiguration(input: {
  application: Application;
  profile: Profile;
  version: HostedVersion;
  invokeValidator: InvokeValidator | undefined;
}): Promise<void> {
  const { application, profile, version, invokeValidator } = input;
  for (const { content: functionArn } of profile.validators) {
    if (invokeValidator === undefined)
      throw badRequest(`Profile ${profile.name} has validator ${functionArn}, but nothing here can invoke functions.`);
    try {
      await invokeValidator(functionArn, {
        applicationId: application.id,
        configurationProfileId: profile.id,
        configurationVersion: String(version.number),
        content: version.content,
        uri: 'hosted',
      });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw badRequest(`Error invoking Lambda function validator ${functionArn}: ${reason}`, {
        Reason: 'InvalidConfiguration',
        Details: { InvalidConfiguration: [{ Type: 'LAMBDA', Constraint: functionArn, Reason: reason }] },
      });
    }
  }
}
