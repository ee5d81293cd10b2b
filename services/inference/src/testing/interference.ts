import { UnavailableError } from '@signalbox/runtime/errors';

/** One call that a worker makes through a port. */
export type PortCall = { worker: number; name: string };

/**
 * What a test does to a call: `fail` before its effect, `fail-after` it (the answer is lost), and likewise a kill of the worker that
 * makes it, which then never hears of it again.
 */
export type Interference = 'none' | 'fail' | 'fail-after' | 'kill' | 'kill-after';
export type Interfere = (call: PortCall) => Interference | Promise<Interference>;

/** Names of calls that go through: `store.claim`, `publish`, … */
export type CallThrough = <T>(name: string, effect: () => Promise<T>) => Promise<T>;

/** Makes every call of one worker subject to interference. `onKill` hears of its death. */
export function callThrough({ worker, interfere, onKill }: { worker: number; interfere: Interfere; onKill: () => void }): CallThrough {
  return async <T>(name: string, effect: () => Promise<T>) => {
    const interference = await interfere({ worker, name });
    if (interference === 'kill') return die<T>(onKill);
    if (interference === 'fail') throw new UnavailableError({ message: `${name} is made to fail.` });
    const result = await effect();
    if (interference === 'kill-after') return die<T>(onKill);
    if (interference === 'fail-after') throw new UnavailableError({ message: `${name} is made to lose its answer.` });
    return result;
  };
}

/** An object whose functions go through, named `<prefix>.<function>`. */
export function throughAll<Port extends object>(call: CallThrough, prefix: string, port: Port): Port {
  const entries = Object.entries(port).map(([name, member]) => {
    if (typeof member !== 'function') return [name, member];
    return [name, (...given: unknown[]) => call(`${prefix}.${name}`, async () => member.apply(port, given))];
  });
  return Object.fromEntries(entries) as Port;
}

/** Interferes with the named calls, as often as is said, and lets all others pass. */
export function interfereWith(plans: Record<string, Interference | Interference[]>): Interfere {
  const left = new Map(Object.entries(plans).map(([name, plan]) => [name, Array.isArray(plan) ? [...plan] : plan]));
  return ({ name }) => {
    const plan = left.get(name) ?? 'none';
    return Array.isArray(plan) ? (plan.shift() ?? 'none') : plan;
  };
}

function die<T>(onKill: () => void): Promise<T> {
  onKill();
  return new Promise<T>(() => undefined);
}
