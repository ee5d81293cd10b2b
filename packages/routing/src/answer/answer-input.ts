import type {
  AnswerDelta,
  Attempt,
  CallModel,
  Guard,
  InferenceConfig,
  InferenceContent,
  Route,
  RoutingOverlay,
  RoutingTable,
  ServedBy,
} from '@signalbox/contracts';
import type { RequestFeatures } from '../features/request-features.ts';
import type { HeldOut } from './held-out.ts';
import type { Sleep } from './pause.ts';
import type { ProcessHealth } from './process-health.ts';
import type { Strikes } from './strikes.ts';

/** What the attempt loop needs from outside. */
export type AnswerPorts = {
  /** Keeps the limits of its call by itself, and never rejects for what a model or network did: what it throws is a bug and passes through. */
  callModel: CallModel;
  /** Milliseconds since the epoch. */
  now: () => number;
  /** 0 up to, not including, 1. */
  random: () => number;
  /** `setTimeout` of `node:timers/promises`. */
  sleep: Sleep;
  /** Asked where a route has a guardrail; without it such a route fails loudly. */
  guard?: Guard;
  /** What this process saw of its targets; absent, the loop keeps its own. One per process, to be shared by several loops. */
  health?: ProcessHealth;
  /** Told of a receive whose first choice, health apart, is not asked because it is sick; not of one that is only throttled, and once for a request. */
  onFirstChoiceHeldOut?: (held: HeldOut) => void;
};

/** One receive of one request. */
export type AnswerInput = {
  /** The id under which attempts are numbered, `<id>#<n>`. */
  id: string;
  content: InferenceContent;
  inferenceConfig?: InferenceConfig | undefined;
  /** Of the same content, from `readFeatures`. */
  features: RequestFeatures;
  table: RoutingTable;
  /** A route of this table, from `findRoute` and its rules. */
  route: Route;
  /** Fleet health, where it is known. */
  overlay?: RoutingOverlay | undefined;
  /** Milliseconds since the epoch at which this receive must be over: the earlier of the request's deadline and the worker's own end. */
  endsAt: number;
  /** True when an earlier receive of the request ended without an answer. */
  isRepeat?: boolean;
  /** Attempts of earlier receives; the first one here is numbered one above. */
  attemptsBefore?: number;
  /** The `strikes` of the last `waiting` result of this request. */
  strikesBefore?: Strikes | undefined;
  /** True where nobody can wait: when health lets no target in, the best is tried all the same. */
  takesAll?: boolean;
  /** Told of each call as soon as it is over: a failure is news for others long before another target has answered the request. */
  onAttempt?: (attempt: Attempt) => void;
  /** Aborted when nobody wants the answer any more. */
  signal: AbortSignal;
};

/** One receive whose answer is given away piece by piece. From the first piece on no other target is asked: what breaks off then is `interrupted`, or `ended` where the request is why. */
export type StreamedAnswerInput = AnswerInput & {
  /** Given the pieces in order, with who gives them. What it returns is waited for before more is read. */
  onDelta: (delta: AnswerDelta, speaker: Speaker) => void | Promise<void>;
};

/** Who gives the pieces of an answer. */
export type Speaker = {
  servedBy: ServedBy;
  /** Calls begun for the request, this one included. */
  attempts: number;
  /** The class that the answer is not of. */
  degradedFrom?: string;
};
