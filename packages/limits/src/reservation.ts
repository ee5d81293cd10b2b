/** What a request asks for. Amounts may be given as functions: they are worked out only for a tenant that has a limit on them. */
export type Reservation = {
  tenant: string;
  route: string;
  /** The most tokens that it can use, of input and output. */
  tokens: number | (() => number);
  /** The most US dollars that it can cost; null when no price is known: then it counts nothing before it is settled. */
  usd: number | null | (() => number | null);
};

/** What a request used. Null: not known, and the estimate stands. */
export type Used = { tokens: number | null; usd: number | null };

export type Granted = {
  kind: 'granted';
  /** Puts what was used in place of the estimate. Once; further calls do nothing. */
  settle(used: Used): void;
  /** Gives all of it back: no model was called. */
  release(): void;
};
