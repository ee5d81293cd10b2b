import * as z from 'zod/mini';
import { createJsonService, notImplemented, operation } from '../events/json-operations.ts';
import { createStateFile } from '../events/state-file.ts';
import { AwsError, type AwsService } from '../service.ts';

const ParameterType = z.enum(['String', 'StringList', 'SecureString']);

type Parameter = { name: string; value: string; type: z.infer<typeof ParameterType>; version: number; modifiedAtMs: number };

export type ParameterStore = {
  readonly service: AwsService;
  /** Writes a parameter as a template does: made or overwritten. */
  put(name: string, value: string): void;
  get(name: string): string | undefined;
};

const NAME = /^[a-zA-Z0-9_./-]{1,2048}$/;
const PAGE_SIZE = 10;
const WithDecryption = z.optional(z.boolean());

/** What a secure string shows to a reader who does not ask for its decryption. */
const ENCRYPTED_PREFIX = 'AQICAHh';

/** Systems Manager's Parameter Store. A secure string is stored as it is, but shown only with `WithDecryption`; of each parameter the latest version is kept. */
export function createParameterStore(options: { stateFile?: string; accountId?: string } = {}): ParameterStore {
  const { accountId = '000000000000' } = options;
  const state = createStateFile<Parameter[]>(options.stateFile);
  const parameters = new Map((state.read() ?? []).map((parameter) => [parameter.name, parameter]));

  const store = (parameter: Omit<Parameter, 'version' | 'modifiedAtMs'>): number => {
    const version = (parameters.get(parameter.name)?.version ?? 0) + 1;
    parameters.set(parameter.name, { ...parameter, version, modifiedAtMs: Date.now() });
    state.write([...parameters.values()]);
    return version;
  };
  const find = (selector: string) => findParameter(parameters, selector);
  const describe = (parameter: Parameter, region: string, isDecrypted = false) => ({
    Name: parameter.name,
    Type: parameter.type,
    Value: parameter.type === 'SecureString' && !isDecrypted ? encrypted(parameter) : parameter.value,
    Version: parameter.version,
    LastModifiedDate: parameter.modifiedAtMs / 1000,
    ARN: `arn:aws:ssm:${region}:${accountId}:parameter${parameter.name.startsWith('/') ? '' : '/'}${parameter.name}`,
    DataType: 'text',
  });

  const service = createJsonService('ssm', {
    GetParameter: operation(z.object({ Name: z.string(), WithDecryption }), ({ Name, WithDecryption: decrypt }, { region }) => ({
      Parameter: describe(find(Name), region, decrypt),
    })),
    GetParameters: operation(z.object({ Names: z.array(z.string()), WithDecryption }), ({ Names, WithDecryption: decrypt }, { region }) => {
      const known = (name: string) => parameters.has(nameOf(name));
      return {
        Parameters: Names.filter(known).map((name) => describe(find(name), region, decrypt)),
        InvalidParameters: Names.filter((name) => !known(name)),
      };
    }),
    GetParametersByPath: operation(
      z.object({
        Path: z.string(),
        Recursive: z.optional(z.boolean()),
        MaxResults: z._default(z.int().check(z.gte(1), z.lte(PAGE_SIZE)), PAGE_SIZE),
        NextToken: z.optional(z.string()),
        ParameterFilters: z.optional(z.array(z.unknown())),
        WithDecryption,
      }),
      ({ Path, Recursive = false, MaxResults, NextToken, ParameterFilters = [], WithDecryption: decrypt }, { region }) => {
        if (ParameterFilters.length > 0) throw notImplemented('ssm', 'GetParametersByPath with ParameterFilters');
        const found = [...parameters.values()]
          .filter(({ name }) => isBelow(name, Path, Recursive))
          .sort((a, b) => (a.name < b.name ? -1 : 1));
        const from = Number(NextToken ?? 0);
        const Parameters = found.slice(from, from + MaxResults).map((parameter) => describe(parameter, region, decrypt));
        return from + MaxResults < found.length ? { Parameters, NextToken: String(from + MaxResults) } : { Parameters };
      },
    ),
    PutParameter: operation(
      z.object({
        Name: z.string().check(z.regex(NAME)),
        Value: z.string(),
        Type: z.optional(ParameterType),
        Overwrite: z.optional(z.boolean()),
      }),
      ({ Name, Value, Type, Overwrite = false }) => {
        const existing = parameters.get(Name);
        if (existing !== undefined && !Overwrite) {
          throw new AwsError({
            code: 'ParameterAlreadyExists',
            message: `The parameter ${Name} already exists. To overwrite it, set Overwrite to true.`,
          });
        }
        const type = Type ?? existing?.type;
        if (type === undefined)
          throw new AwsError({ code: 'ValidationException', message: `A type is required when you create the parameter ${Name}.` });
        return { Version: store({ name: Name, value: Value, type }), Tier: 'Standard' };
      },
    ),
    DeleteParameter: operation(z.object({ Name: z.string() }), ({ Name }) => {
      parameters.delete(find(Name).name);
      state.write([...parameters.values()]);
    }),
  });

  return {
    service,
    put(name, value) {
      // A start that changes nothing makes no new version.
      if (parameters.get(name)?.value !== value) store({ name, value, type: 'String' });
    },
    get: (name) => parameters.get(name)?.value,
  };
}

function encrypted({ name, version }: Parameter): string {
  return ENCRYPTED_PREFIX + Buffer.from(`${name}/${version}`).toString('base64');
}

/** Takes a name, an ARN, and either with `:version`. */
function nameOf(selector: string): string {
  const name = selector.replace(/^arn:aws:ssm:[^:]*:[^:]*:parameter/, '');
  return name.split(':')[0] ?? name;
}

function findParameter(parameters: ReadonlyMap<string, Parameter>, selector: string): Parameter {
  const parameter = parameters.get(nameOf(selector));
  if (parameter === undefined) throw new AwsError({ code: 'ParameterNotFound', message: `There is no parameter ${selector}.` });
  const version = /:(\d+)$/.exec(selector)?.[1];
  if (version !== undefined && Number(version) !== parameter.version) {
    const message = `Version ${version} of ${parameter.name} is not kept: the embedded AWS has only the latest, ${parameter.version}.`;
    throw new AwsError({ code: 'ParameterVersionNotFound', message });
  }
  return parameter;
}

function isBelow(name: string, path: string, isRecursive: boolean): boolean {
  const prefix = path.endsWith('/') ? path : `${path}/`;
  return name.startsWith(prefix) && (isRecursive || !name.slice(prefix.length).includes('/'));
}
