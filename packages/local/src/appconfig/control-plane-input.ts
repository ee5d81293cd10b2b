import * as z from 'zod/mini';
import { AppConfigError, badRequest } from './app-config-error.ts';
import type { RestRequest } from './rest-routes.ts';

const Monitors = z.array(z.object({ AlarmArn: z.string(), AlarmRoleArn: z.optional(z.string()) })).check(z.maxLength(5));
const Validators = z.array(z.object({ Type: z.string(), Content: z.string() })).check(z.maxLength(2));
const Minutes = z.int().check(z.gte(0), z.lte(1440));
const Name = z.string().check(z.minLength(1), z.maxLength(128));
const Description = z.optional(z.string());
const Growth = {
  DeploymentDurationInMinutes: Minutes,
  GrowthFactor: z.number().check(z.gte(1), z.lte(100)),
  GrowthType: z._default(z.enum(['LINEAR', 'EXPONENTIAL']), 'LINEAR'),
  FinalBakeTimeInMinutes: z._default(Minutes, 0),
};

export const NamedInput = z.object({ Name, Description });
export const EnvironmentInput = z.object({ Name, Description, Monitors: z.optional(Monitors) });
export const EnvironmentChange = z.partial(EnvironmentInput);
export const ProfileInput = z.object({
  Name,
  Description,
  LocationUri: z.string(),
  Type: z._default(z.string(), 'AWS.Freeform'),
  Validators: z._default(Validators, []),
});
export const StrategyInput = z.object({ Name, Description, ...Growth });
export const DeploymentInput = z.object({
  DeploymentStrategyId: z.string(),
  ConfigurationProfileId: z.string(),
  ConfigurationVersion: z.string(),
  Description,
  LatestDeploymentNumber: z.optional(z.int()),
});

/** Checks the body of a call; a 400 that names each wrong member otherwise. */
export function readInput<Schema extends z.core.$ZodType>(schema: Schema, { json }: RestRequest): z.infer<Schema> {
  const result = z.safeParse(schema, json());
  if (result.success) return result.data;
  throw badRequest(result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
}

/** Only functions validate here: a JSON Schema validator (draft 4) is refused when it is made, not skipped when it matters. */
export function readValidators(validators: z.infer<typeof Validators>): { type: 'LAMBDA'; content: string }[] {
  return validators.map(({ Type, Content }) => {
    if (Type === 'LAMBDA') return { type: Type, content: Content };
    throw new AppConfigError({
      code: 'NotImplementedException',
      status: 501,
      message: `The embedded AWS does not emulate ${Type} validators; use LAMBDA.`,
    });
  });
}
