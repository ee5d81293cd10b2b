import { compileEventPattern, EventPatternError } from '@signalbox/routing/pattern';
import { AwsError } from '../service.ts';
import type { EventEnvelope, EventRule } from './event-rule.ts';
import { parseSchedule } from './parse-schedule.ts';
import type { StateFile } from './state-file.ts';

export type EventBus = { name: string; arn: string; description?: string; origin: EventRule['origin']; createdAtMs: number };

type SavedState = { buses: EventBus[]; rules: EventRule[] };

/** The buses and rules of the account. Everything made by the API survives a restart; everything from a template is made again. */
export type EventBusStore = {
  addBus(bus: Pick<EventBus, 'name' | 'origin' | 'description'>): EventBus;
  /** Takes a name or an ARN; undefined when there is none. */
  findBus(nameOrArn: string): EventBus | undefined;
  requireBus(nameOrArn: string | undefined): EventBus;
  removeBus(name: string): void;
  buses(): EventBus[];
  putRule(rule: Omit<EventRule, 'arn' | 'createdAtMs'>): EventRule;
  findRule(busName: string, name: string): EventRule | undefined;
  requireRule(bus: string | undefined, name: string): EventRule;
  removeRule(rule: EventRule): void;
  /** Stores a change of a rule's members. */
  updateRule(rule: EventRule, change: Partial<EventRule>): void;
  rules(busName?: string): EventRule[];
  match(busName: string, event: EventEnvelope): EventRule[];
};

type Entry = { rule: EventRule; matches: (event: unknown) => boolean };

export const DEFAULT_BUS = 'default';

export function createEventBusStore(options: {
  region: string;
  accountId: string;
  state: StateFile<SavedState>;
  now: () => number;
  onRulesChanged: () => void;
}): EventBusStore {
  const arnPrefix = `arn:aws:events:${options.region}:${options.accountId}`;
  const buses = new Map<string, EventBus>();
  const entries = new Map<string, Entry>();
  const keyOf = (busName: string, name: string) => `${busName}/${name}`;

  const setRule = (rule: EventRule) => entries.set(keyOf(rule.busName, rule.name), { rule, matches: compileRule(rule) });
  const setBus = (bus: Omit<EventBus, 'arn' | 'createdAtMs'>) => {
    const made: EventBus = { ...bus, arn: `${arnPrefix}:event-bus/${bus.name}`, createdAtMs: options.now() };
    buses.set(bus.name, made);
    return made;
  };
  const rules = () => [...entries.values()].map(({ rule }) => rule);
  const changed = () => {
    const ofApi = ({ origin }: { origin: string }) => origin === 'api';
    options.state.write({ buses: [...buses.values()].filter(ofApi), rules: rules().filter(ofApi) });
    options.onRulesChanged();
  };

  setBus({ name: DEFAULT_BUS, origin: 'template' });
  const saved = options.state.read();
  for (const bus of saved?.buses ?? []) buses.set(bus.name, bus);
  for (const rule of saved?.rules ?? []) setRule(rule);

  const store: EventBusStore = {
    addBus(bus) {
      const made = setBus(bus);
      changed();
      return made;
    },
    findBus: (nameOrArn) => buses.get(nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1)),
    requireBus(nameOrArn = DEFAULT_BUS) {
      const bus = store.findBus(nameOrArn);
      if (bus === undefined) throw notFound(`Event bus ${nameOrArn} does not exist.`);
      return bus;
    },
    removeBus(name) {
      buses.delete(name);
      changed();
    },
    buses: () => [...buses.values()],
    putRule(rule) {
      const path = rule.busName === DEFAULT_BUS ? rule.name : `${rule.busName}/${rule.name}`;
      const made: EventRule = { ...rule, arn: `${arnPrefix}:rule/${path}`, createdAtMs: options.now() };
      setRule(made);
      changed();
      return made;
    },
    findRule: (busName, name) => entries.get(keyOf(busName, name))?.rule,
    requireRule(bus, name) {
      const busName = store.requireBus(bus).name;
      const rule = store.findRule(busName, name);
      if (rule === undefined) throw notFound(`Rule ${name} does not exist on EventBus ${busName}.`);
      return rule;
    },
    removeRule(rule) {
      entries.delete(keyOf(rule.busName, rule.name));
      changed();
    },
    updateRule(rule, change) {
      setRule({ ...rule, ...change });
      changed();
    },
    rules: (busName) => rules().filter((rule) => busName === undefined || rule.busName === busName),
    match: (busName, event) =>
      [...entries.values()]
        .filter(({ rule, matches }) => rule.busName === busName && rule.state === 'ENABLED' && matches(event))
        .map(({ rule }) => rule),
  };
  return store;
}

/** The rule's test; a pattern or schedule that cannot be read is refused here, when the rule is made. */
function compileRule(rule: EventRule): (event: unknown) => boolean {
  if (rule.scheduleExpression !== undefined) checkSchedule(rule);
  return rule.eventPattern === undefined ? () => false : compilePatternText(rule.eventPattern);
}

function checkSchedule({ scheduleExpression = '', busName }: EventRule): void {
  if (busName !== DEFAULT_BUS) throw invalid('ScheduleExpression is supported only on the default event bus.');
  try {
    parseSchedule(scheduleExpression, 0);
  } catch (error) {
    throw invalid(`Parameter ScheduleExpression is not valid. ${String(error)}`);
  }
}

/** Compiles a pattern given as text; errors are AWS's. */
export function compilePatternText(text: string): (event: unknown) => boolean {
  try {
    return compileEventPattern(JSON.parse(text));
  } catch (error) {
    const message =
      error instanceof EventPatternError ? error.message : `Event pattern is not valid. Reason: it is not JSON: ${String(error)}`;
    throw new AwsError({ code: 'InvalidEventPatternException', message });
  }
}

function notFound(message: string): AwsError {
  return new AwsError({ code: 'ResourceNotFoundException', message });
}

export function invalid(message: string): AwsError {
  return new AwsError({ code: 'ValidationException', message });
}
