import { randomUUID } from 'node:crypto';
import { StateMachine } from 'aws-local-stepfunctions';
import type { Invoke } from '../lambda/function-definition.ts';
import { AwsError, type Log } from '../service.ts';
import type { Execution, ExecutionOutcome } from './execution.ts';
import { readDefinition } from './read-definition.ts';
import { outcomeOf } from './run-execution.ts';
import { taskHandlers } from './task-handlers.ts';

export type StateMachineSource = { name: string; definition: string; substitutions: Readonly<Record<string, string>> };

type Machine = { arn: string; name: string; run: StateMachine['run']; tasks: ReturnType<typeof taskHandlers> };
type Options = { region: string; accountId: string; invoke: Invoke; log: Log; now: () => number };

/** Of those that are over; their names stay taken as long. AWS keeps 90 days of them. */
const KEPT_EXECUTIONS = 10_000;

export type StateMachines = ReturnType<typeof createStateMachines>;

/** State machines and their executions, in memory: nothing survives a restart. */
export function createStateMachines({ region, accountId, invoke, log, now }: Options) {
  const place = `arn:aws:states:${region}:${accountId}`;
  const machines = new Map<string, Machine>();
  const executions = new Map<string, Execution>();

  const begin = (machine: Machine, name: string, input: string): Execution => {
    const arn = `${place}:execution:${machine.name}:${name}`;
    const startedAtMs = now();
    const context = {
      Execution: { Id: arn, Name: name, StartTime: new Date(startedAtMs).toISOString() },
      StateMachine: { Id: machine.arn, Name: machine.name },
    };
    const { abort, result } = machine.run(JSON.parse(input), { overrides: { taskResourceLocalHandlers: machine.tasks }, context });
    const execution: Execution = { arn, name, stateMachineArn: machine.arn, input, startedAtMs, abort };
    executions.set(arn, execution);
    void outcomeOf(result).then((outcome) => close(execution, outcome));
    return execution;
  };
  const close = (execution: Execution, outcome: ExecutionOutcome) => {
    if (execution.outcome) return;
    execution.outcome = { ...outcome, endedAtMs: now() };
    execution.abort = () => undefined;
    if (outcome.status === 'FAILED' || outcome.status === 'TIMED_OUT')
      log({ source: 'states', level: 'warn', message: describe(execution) });
    const over = [...executions.values()].filter((one) => one.outcome);
    for (const { arn } of over.slice(0, Math.max(0, over.length - KEPT_EXECUTIONS))) executions.delete(arn);
  };
  const find = (arn: string): Execution => {
    const execution = executions.get(arn);
    if (!execution) throw new AwsError({ code: 'ExecutionDoesNotExist', message: `Execution Does Not Exist: '${arn}'` });
    return execution;
  };

  return {
    /** Makes a machine, or gives one a new definition: what runs goes on by the old one. */
    define({ name, definition, substitutions }: StateMachineSource): string {
      const arn = `${place}:stateMachine:${name}`;
      const read = readDefinition(definition, substitutions);
      const machine = new StateMachine(read);
      machines.set(arn, { arn, name, run: (...run) => machine.run(...run), tasks: taskHandlers(read, invoke) });
      return arn;
    },
    /** A running execution of that name and input is given back; a name that was used otherwise is refused. */
    start(
      stateMachineArn: string,
      { name = randomUUID(), input = '{}' }: { name?: string | undefined; input?: string | undefined },
    ): Execution {
      const machine = machines.get(stateMachineArn);
      if (!machine) throw noSuchMachine(stateMachineArn);
      const existing = executions.get(`${place}:execution:${machine.name}:${name}`);
      if (!existing) return begin(machine, name, input);
      if (!existing.outcome && existing.input === input) return existing;
      throw new AwsError({ code: 'ExecutionAlreadyExists', message: `Execution Already Exists: '${existing.arn}'` });
    },
    find,
    /** The latest first. */
    list(stateMachineArn: string): Execution[] {
      if (!machines.has(stateMachineArn)) throw noSuchMachine(stateMachineArn);
      return [...executions.values()].filter((execution) => execution.stateMachineArn === stateMachineArn).reverse();
    },
    /** Gives when it ended; one that is over stays as it is. */
    abort(arn: string, why: { error?: string; cause?: string } = {}): number {
      const execution = find(arn);
      const { abort } = execution;
      close(execution, { status: 'ABORTED', ...why });
      abort();
      return execution.outcome?.endedAtMs ?? now();
    },
    abortAll(): void {
      for (const { arn, outcome } of [...executions.values()]) if (!outcome) this.abort(arn);
    },
  };
}

function noSuchMachine(arn: string): AwsError {
  return new AwsError({ code: 'StateMachineDoesNotExist', message: `State Machine Does Not Exist: '${arn}'` });
}

function describe({ name, stateMachineArn, outcome }: Execution): string {
  const machine = stateMachineArn.slice(stateMachineArn.lastIndexOf(':') + 1);
  const why = outcome?.status === 'FAILED' ? `${outcome.error}: ${outcome.cause}` : 'its TimeoutSeconds passed';
  return `execution ${name} of ${machine} failed: ${why}`;
}
