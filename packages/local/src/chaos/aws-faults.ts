import { randomUUID } from 'node:crypto';

export const FAULT_KINDS = ['error', 'throttle', 'hang', 'kill-caller-before', 'kill-caller-after'] as const;
export type AwsFaultKind = (typeof FAULT_KINDS)[number];

/** A fault on demand: which calls it strikes, what it does to them, and how often. */
export type AwsFault = {
  service: string;
  operation?: string | undefined;
  /** Substring of the body or of the URL, such as a table's or a queue's name. */
  contains?: string | undefined;
  kind: AwsFaultKind;
  status?: number | undefined;
  code?: string | undefined;
  /** Strikes this many calls; without it every one. */
  times?: number | undefined;
  forSeconds?: number | undefined;
  /** Lets this many matching calls pass first. */
  skip?: number | undefined;
  /** Without it, only calls of Lambda sandboxes are struck. */
  anyCaller?: boolean | undefined;
};

export type ArmedFault = AwsFault & { id: string; armedAt: number; matched: number; hits: number };

export type FaultSubject = { service: string; operation: string; url: string; body: () => string; isSandbox: boolean };

export type AwsFaults = {
  arm(fault: AwsFault): ArmedFault;
  /** The fault that strikes this call, counted; the first armed wins. */
  strike(subject: FaultSubject): ArmedFault | undefined;
  list(): readonly ArmedFault[];
  clear(): void;
  /** Whether the fault still holds: its time is not over and nobody cleared it. */
  holds(fault: ArmedFault): boolean;
};

/** Keeps the armed faults and decides which call each one strikes. */
export function createAwsFaults({ now }: { now: () => number }): AwsFaults {
  let armed: ArmedFault[] = [];
  const holds = (fault: ArmedFault) =>
    armed.includes(fault) && (fault.forSeconds === undefined || now() < fault.armedAt + fault.forSeconds * 1000);
  return {
    arm(fault) {
      const entry = { ...fault, id: randomUUID(), armedAt: now(), matched: 0, hits: 0 };
      armed.push(entry);
      return entry;
    },
    strike(subject) {
      if (armed.length === 0) return undefined;
      return armed.find((fault) => holds(fault) && matches(fault, subject) && takeTurn(fault));
    },
    list: () => armed,
    clear: () => {
      armed = [];
    },
    holds,
  };
}

function matches(fault: AwsFault, { service, operation, url, body, isSandbox }: FaultSubject): boolean {
  if (fault.service !== service) return false;
  if (!isSandbox && fault.anyCaller !== true) return false;
  if (fault.operation !== undefined && fault.operation !== operation) return false;
  return fault.contains === undefined || url.includes(fault.contains) || body().includes(fault.contains);
}

function takeTurn(fault: ArmedFault): boolean {
  if (fault.times !== undefined && fault.hits >= fault.times) return false;
  fault.matched += 1;
  if (fault.matched <= (fault.skip ?? 0)) return false;
  fault.hits += 1;
  return true;
}
