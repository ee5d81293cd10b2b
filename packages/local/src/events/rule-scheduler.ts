import type { EventRule } from './event-rule.ts';
import { parseSchedule, type Schedule } from './parse-schedule.ts';

/** The longest a timer can wait; longer waits are made of several. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Fires the scheduled rules that are enabled; a minute of a rate lasts `minuteMs`. */
export type RuleScheduler = { sync(rules: readonly EventRule[]): void; stop(): void };

export function createRuleScheduler(fire: (rule: EventRule) => void, minuteMs?: number): RuleScheduler {
  const timers = new Map<string, { rule: EventRule; timer: NodeJS.Timeout }>();

  const arm = (rule: EventRule, schedule: Schedule, dueMs: number) => {
    const wait = Math.min(LONGEST_TIMER_MS, Math.max(0, dueMs - Date.now()));
    const timer = setTimeout(() => {
      if (Date.now() < dueMs) return arm(rule, schedule, dueMs);
      fire(rule);
      armNext(rule, schedule);
    }, wait);
    timers.set(rule.arn, { rule, timer });
  };
  const armNext = (rule: EventRule, schedule: Schedule) => {
    const dueMs = schedule(Date.now());
    if (dueMs === undefined) timers.delete(rule.arn);
    else arm(rule, schedule, dueMs);
  };

  return {
    sync(rules) {
      const wanted = new Map(
        rules.filter((rule) => rule.state === 'ENABLED' && rule.scheduleExpression !== undefined).map((rule) => [rule.arn, rule]),
      );
      for (const [arn, { rule, timer }] of timers) {
        if (wanted.get(arn) === rule) continue;
        clearTimeout(timer);
        timers.delete(arn);
      }
      for (const rule of wanted.values()) {
        if (!timers.has(rule.arn)) armNext(rule, parseSchedule(rule.scheduleExpression ?? '', rule.createdAtMs, minuteMs));
      }
    },
    stop() {
      for (const { timer } of timers.values()) clearTimeout(timer);
      timers.clear();
    },
  };
}
