import * as z from 'zod/mini';
import { createJsonService, operation } from '../events/json-operations.ts';
import { AwsError, type AwsService } from '../service.ts';
import { EXECUTION_STATUSES, statusOf, toDescription, toListItem } from './execution.ts';
import { createStateMachines, type StateMachineSource } from './state-machines.ts';
import { MAX_DATA_BYTES } from './states-error.ts';

export type StepFunctions = {
  readonly service: AwsService;
  /** For templates: made again at each start. Gives the ARN; what the interpreter cannot run is an error. */
  createStateMachine(source: StateMachineSource): string;
  /** Ends what runs: executions do not survive a restart. */
  stop(): void;
};

/** Refused in names: white space, brackets, wildcards, what ARNs and URLs give a meaning to, control characters. */
const REFUSED_IN_NAMES = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}\uFFFE\uFFFF]|\p{Cs}/u;
const LONGEST_NAME = 80;
const PAGE_SIZE = 100;

/**
 * Step Functions as services use it: standard machines out of templates, in JSONPath, whose tasks are hosted functions; waits last as
 * long as they say. Not emulated: JSONata, task tokens, other services' tasks, express machines, history.
 */
export function createStepFunctions(options: Parameters<typeof createStateMachines>[0]): StepFunctions {
  const machines = createStateMachines(options);
  const execution = z.object({ executionArn: z.string() });
  return {
    service: createJsonService(
      'states',
      {
        StartExecution: operation(
          z.object({ stateMachineArn: z.string(), name: z.optional(z.string()), input: z.optional(z.string()) }),
          ({ stateMachineArn, name, input }) => {
            checkName(name);
            checkInput(input);
            const { arn, startedAtMs } = machines.start(stateMachineArn, { name, input });
            return { executionArn: arn, startDate: startedAtMs / 1000 };
          },
        ),
        DescribeExecution: operation(execution, ({ executionArn }) => toDescription(machines.find(executionArn))),
        StopExecution: operation(
          z.object({ executionArn: z.string(), error: z.optional(z.string()), cause: z.optional(z.string()) }),
          ({ executionArn, error, cause }) => {
            const why = { ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) };
            return { stopDate: machines.abort(executionArn, why) / 1000 };
          },
        ),
        ListExecutions: operation(
          z.object({
            stateMachineArn: z.string(),
            statusFilter: z.optional(z.enum(EXECUTION_STATUSES)),
            maxResults: z._default(z.int().check(z.gte(0), z.lte(1000)), PAGE_SIZE),
            nextToken: z.optional(z.string()),
          }),
          ({ stateMachineArn, statusFilter, maxResults, nextToken }) => {
            const found = machines.list(stateMachineArn).filter((one) => statusFilter === undefined || statusOf(one) === statusFilter);
            return page(found.map(toListItem), maxResults || PAGE_SIZE, nextToken);
          },
        ),
      },
      '1.0',
    ),
    createStateMachine: machines.define,
    stop: () => machines.abortAll(),
  };
}

function checkName(name: string | undefined): void {
  if (name === undefined) return;
  if (name.length < 1 || name.length > LONGEST_NAME)
    throw new AwsError({ code: 'ValidationException', message: `name has ${name.length} characters; it must have 1 to ${LONGEST_NAME}.` });
  if (REFUSED_IN_NAMES.test(name)) throw new AwsError({ code: 'InvalidName', message: `Invalid Name: '${name}'` });
}

function checkInput(input = '{}'): void {
  if (Buffer.byteLength(input) > MAX_DATA_BYTES)
    throw new AwsError({ code: 'ValidationException', message: `input must have at most ${MAX_DATA_BYTES} bytes.` });
  try {
    JSON.parse(input);
  } catch (error) {
    throw new AwsError({ code: 'InvalidExecutionInput', message: `Invalid State Machine Execution Input: ${String(error)}` });
  }
}

function page(
  executions: readonly object[],
  size: number,
  token: string | undefined,
): { executions: readonly object[]; nextToken?: string } {
  const from = token === undefined ? 0 : Number(token);
  if (!Number.isInteger(from)) throw new AwsError({ code: 'InvalidToken', message: `Invalid Token: '${token}'` });
  const shown = executions.slice(from, from + size);
  return from + size < executions.length ? { executions: shown, nextToken: String(from + size) } : { executions: shown };
}
