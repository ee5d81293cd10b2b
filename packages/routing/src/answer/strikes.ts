/**
 * How often a request failed ambiguously: in a way that may be the target's fault or its own. Small, to travel with a parked message.
 *
 * **Is it the request or the target?** A request that fails ambiguously twice is quarantined, and an outage of every model is waiting, not
 * failing; a hang looks the same in both. What tells them apart is other requests. A strike is held against the request only when the
 * target was seen well *between two failures of this request*: since it struck in an earlier receive, and before the attempt that struck now
 * began, the target answered others, three times or more and three of four times at least. Otherwise it is the target's, and the
 * request waits. At two strikes held against it the request ends.
 *
 * Why between, and not shortly before or during: when a target begins to hang, all its last answers lie shortly before; when it heals,
 * calls that still hang stand beside fresh answers. Both would blame requests for an outage. An answer between two failures of one
 * request means that the first outage was over before the second failure began, so that no single outage, of whatever length and however
 * it begins and ends, can quarantine a request. The price is that poison is found out in its second receive where the traffic of others
 * reaches both targets that it tries, and in its third where it reaches one.
 *
 * A try that tells nothing would be paid for by poison and repeated. So for a minute after a strike a request waits, shortly, for a target
 * that others use to be seen well, or for a draw of one that was; where nobody else comes who could tell it is tried at once, at one target;
 * and it looks at a second one only if that was seen well (see `lacksWitness`). In traffic that makes four attempts: two in the first receive, and two that are
 * held against it. An innocent request loses a look at a target of which nothing good is known, and gets it a receive later.
 *
 * Where the fleet has seen that the requests of the tenant's slot fail everywhere and those of nearly all others do not, one answer is enough
 * to hold a strike against a request, and one such strike to end it: with its first one that makes two attempts. Without the fleet's word
 * that would be rash; with it, a request that is good ends so only by hanging twice, at two times, among targets of which hardly a call hangs.
 *
 * Three of four: with a quarter of all calls hanging at random, at most 0.25⁴ of the requests are blamed for it, and with more of them
 * targets are seldom seen well.
 */
export type Strikes = {
  /** Those held against the request. */
  againstRequest: number;
  /** All of them. */
  total: number;
  /** End of the first strike in the last receive that had one, milliseconds since the epoch; 0 when there is none. */
  struckAt: number;
};

export const NO_STRIKES: Strikes = { againstRequest: 0, total: 0, struckAt: 0 };

/** Strikes in one receive after which it stops: the second target agreed, a third would only cost. */
export const MAX_STRIKES_PER_RECEIVE = 2;
/** That of a suspect which can wait. */
export const MAX_STRIKES_OF_SUSPECT = 1;
const MAX_STRIKES_AGAINST_REQUEST = 2;
const MAX_STRIKES_AGAINST_SUSPECT = 1;
/**
 * The end of a request that is alone, so that nobody's success can tell. 40 strikes are at least 20 receives; parked for 5 s doubling to
 * 15 min between them that is over three hours (half of that if the jitter always halves), which no outage of every model should last.
 */
const MAX_STRIKES = 40;

type Strike = { at: number; isFirstOfReceive: boolean; isAgainstRequest: boolean };

/** The strikes after one more that ended at `at`. */
export function addStrike(strikes: Strikes, { at, isFirstOfReceive, isAgainstRequest }: Strike): Strikes {
  return {
    againstRequest: strikes.againstRequest + (isAgainstRequest ? 1 : 0),
    total: strikes.total + 1,
    struckAt: isFirstOfReceive ? at : strikes.struckAt,
  };
}

/** True when the request is not to be tried any more. `isSuspect`: of a tenant slot whose requests fail everywhere. */
export function isQuarantined({ againstRequest, total }: Strikes, isSuspect = false): boolean {
  const most = isSuspect ? MAX_STRIKES_AGAINST_SUSPECT : MAX_STRIKES_AGAINST_REQUEST;
  return againstRequest >= most || total >= MAX_STRIKES;
}
