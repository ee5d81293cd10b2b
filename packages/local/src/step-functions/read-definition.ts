import type { StateMachineDefinition } from 'aws-local-stepfunctions';

type States = StateMachineDefinition['States'];
type State = States[string];

/** A task's longest time on AWS does not fit a timer of Node.js; this one, 23 days, does. */
const LONGEST_TASK_SECONDS = 2_000_000;

/** What the interpreter would pass over in silence, and so would run as something else. */
const NOT_EMULATED = ['QueryLanguage', 'Assign', 'Arguments', 'Output', 'ItemReader', 'ItemBatcher', 'ResultWriter', 'HeartbeatSeconds'];

/**
 * The definition of a state machine in the Amazon States Language, `${name}` replaced by its substitution, as the interpreter takes it.
 * What is not emulated is an error that names its place, never another behaviour.
 */
export function readDefinition(text: string, substitutions: Readonly<Record<string, string>>): StateMachineDefinition {
  const definition = parse(text, substitutions);
  checkLanguage(definition, 'the definition');
  for (const [name, state] of allStates(definition)) checkState(name, state);
  return definition;
}

/** Every state with its name, those inside Map and Parallel states included. */
export function allStates({ States: states }: { States: States }): [string, State][] {
  return Object.entries(states).flatMap(([name, state]): [string, State][] => [[name, state], ...partsOf(state).flatMap(allStates)]);
}

function partsOf(state: State): { States: States }[] {
  if (state.Type === 'Parallel') return state.Branches;
  if (state.Type !== 'Map') return [];
  return [state.ItemProcessor ?? state.Iterator].filter((part) => part !== undefined);
}

function parse(text: string, substitutions: Readonly<Record<string, string>>): StateMachineDefinition {
  const unknown = new Set<string>();
  const substituted = text.replaceAll(/\$\{([A-Za-z0-9_]+)\}/g, (whole, name: string) => {
    const value = Object.hasOwn(substitutions, name) ? substitutions[name] : undefined;
    if (value === undefined) unknown.add(name);
    return value === undefined ? whole : JSON.stringify(value).slice(1, -1);
  });
  if (unknown.size > 0) throw new Error(`DefinitionSubstitutions has no ${[...unknown].join(', ')}, which the definition asks for`);
  const definition = JSON.parse(substituted) as StateMachineDefinition;
  if (!definition?.States || !definition.StartAt) throw new Error('the definition has no StartAt or no States');
  return definition;
}

function checkState(name: string, state: State): void {
  checkLanguage(state, `state "${name}"`);
  if (state.Type !== 'Task') return;
  const isFunction = /^arn:aws:lambda:|^arn:aws:states:::lambda:invoke$/.test(state.Resource);
  if (!isFunction)
    throw new Error(`state "${name}": the embedded Step Functions calls Lambda functions only, not ${state.Resource} (Resource)`);
  // The interpreter would end a task after a minute, where AWS leaves the time to the function.
  if (state.TimeoutSecondsPath === undefined) state.TimeoutSeconds ??= LONGEST_TASK_SECONDS;
}

function checkLanguage(part: object, place: string): void {
  const { QueryLanguage: language } = part as { QueryLanguage?: string };
  const unknown = Object.keys(part).find((key) => NOT_EMULATED.includes(key) && !(key === 'QueryLanguage' && language === 'JSONPath'));
  if (unknown !== undefined) throw new Error(`${place}: the embedded Step Functions is JSONPath only and has no ${unknown}`);
}
