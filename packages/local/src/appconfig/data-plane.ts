import { randomUUID } from 'node:crypto';
import * as z from 'zod/mini';
import { badRequest, notFound } from './app-config-error.ts';
import type { AppConfigStore, DeploymentPlace } from './app-config-store.ts';
import { type RestRoutes, restJson } from './rest-routes.ts';

const StartSession = z.object({
  ApplicationIdentifier: z.string(),
  EnvironmentIdentifier: z.string(),
  ConfigurationProfileIdentifier: z.string(),
  RequiredMinimumPollIntervalInSeconds: z.optional(z.int().check(z.gte(15), z.lte(86_400))),
});

/** A session as its token carries it, so that tokens survive a restart. */
const Token = z.object({
  session: z.string(),
  /** Position in the session: each token is good for one poll. */
  poll: z.int(),
  application: z.string(),
  environment: z.string(),
  profile: z.string(),
  minimumSeconds: z.optional(z.int()),
  /** The version the client has. */
  version: z.optional(z.int()),
  issuedAtMs: z.number(),
});
type Token = z.infer<typeof Token>;

const DEFAULT_INTERVAL_SECONDS = 60;
const TOKEN_LIFE_MS = 24 * 3_600_000;
const SWEEP_ABOVE = 10_000;

/** The two calls a reader makes: open a session, then poll with the token of the answer before. */
export function dataPlaneRoutes(store: AppConfigStore): RestRoutes {
  /** The next poll of each session; unknown after a restart, when the first token seen is taken. */
  const nextPolls = new Map<string, { poll: number; seenAtMs: number }>();

  const accept = (token: Token) => {
    const now = store.now();
    if (now - token.issuedAtMs > TOKEN_LIFE_MS)
      throw badToken('Expired', 'The configuration token is older than 24 hours; start a new session.');
    const expected = nextPolls.get(token.session)?.poll ?? token.poll;
    if (token.poll !== expected) throw badToken('Expired', 'The configuration token was used before: each is good for one poll.');
    const isTooEarly = token.poll > 0 && token.minimumSeconds !== undefined && now - token.issuedAtMs < token.minimumSeconds * 1000;
    if (isTooEarly)
      throw badToken('PollIntervalNotSatisfied', `Request too early: this session polls at most every ${token.minimumSeconds} s.`);
    nextPolls.set(token.session, { poll: token.poll + 1, seenAtMs: now });
    if (nextPolls.size > SWEEP_ABOVE) sweep(nextPolls, now - TOKEN_LIFE_MS);
  };

  return {
    'POST /configurationsessions': ({ json }) => {
      const result = z.safeParse(StartSession, json());
      if (!result.success) throw badRequest(result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
      const input = result.data;
      const { application, environment, profile } = resolve(store, {
        application: input.ApplicationIdentifier,
        environment: input.EnvironmentIdentifier,
        profile: input.ConfigurationProfileIdentifier,
      });
      const token = encodeToken({
        session: randomUUID(),
        poll: 0,
        application: application.id,
        environment: environment.id,
        profile: profile.id,
        minimumSeconds: input.RequiredMinimumPollIntervalInSeconds,
        issuedAtMs: store.now(),
      });
      return restJson(201, { InitialConfigurationToken: token });
    },
    'GET /configuration': ({ query }) => {
      const token = decodeToken(query.get('configuration_token') ?? '');
      const place = resolve(store, token);
      if (!place.environment.deployments.some(({ profileId }) => profileId === place.profile.id)) {
        throw notFound('Deployment', `of ${place.profile.name} to ${place.environment.name}`);
      }
      accept(token);
      const version = store.versionFor(place, token.session);
      const isChanged = version !== undefined && version.number !== token.version;
      const next = encodeToken({ ...token, poll: token.poll + 1, version: version?.number, issuedAtMs: store.now() });
      return {
        status: 200,
        headers: {
          'content-type': version?.contentType ?? 'application/octet-stream',
          'next-poll-configuration-token': next,
          'next-poll-interval-in-seconds': String(token.minimumSeconds ?? DEFAULT_INTERVAL_SECONDS),
          ...(isChanged && version.label !== undefined ? { 'version-label': version.label } : {}),
        },
        body: isChanged ? Buffer.from(version.content, 'base64') : '',
      };
    },
  };
}

function resolve(store: AppConfigStore, ids: { application: string; environment: string; profile: string }): DeploymentPlace {
  const application = store.application(ids.application);
  return { application, environment: store.environment(application, ids.environment), profile: store.profile(application, ids.profile) };
}

function encodeToken(token: Token): string {
  return Buffer.from(JSON.stringify(token)).toString('base64url');
}

function decodeToken(text: string): Token {
  try {
    return z.parse(Token, JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
  } catch (error) {
    throw badToken(
      'Corrupted',
      `The configuration token is not one of this service: ${error instanceof Error ? error.name : String(error)}.`,
    );
  }
}

function badToken(Problem: 'Corrupted' | 'Expired' | 'PollIntervalNotSatisfied', message: string) {
  return badRequest(message, { Reason: 'InvalidParameters', Details: { InvalidParameters: { configuration_token: { Problem } } } });
}

function sweep(nextPolls: Map<string, { seenAtMs: number }>, beforeMs: number): void {
  for (const [session, { seenAtMs }] of nextPolls) if (seenAtMs < beforeMs) nextPolls.delete(session);
}
