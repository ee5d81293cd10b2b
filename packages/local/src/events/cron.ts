/** The six fields of an AWS cron expression, each as the set of values it allows. */
export type Cron = {
  minutes: ReadonlySet<number>;
  hours: ReadonlySet<number>;
  days: ReadonlySet<number>;
  months: ReadonlySet<number>;
  weekdays: ReadonlySet<number>;
  years: ReadonlySet<number>;
};

type Field = { name: string; from: number; to: number; names: readonly string[] };

const FIELDS: readonly Field[] = [
  { name: 'minutes', from: 0, to: 59, names: [] },
  { name: 'hours', from: 0, to: 23, names: [] },
  { name: 'days', from: 1, to: 31, names: [] },
  { name: 'months', from: 1, to: 12, names: ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'] },
  { name: 'weekdays', from: 1, to: 7, names: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'] },
  { name: 'years', from: 1970, to: 2199, names: [] },
];

const DAY_MS = 24 * 60 * 60 * 1000;

/** Reads `minutes hours day-of-month month day-of-week year`: values, names, lists, ranges and steps; not `L`, `W` and `#`. */
export function parseCron(expression: string): Cron {
  const parts = expression.trim().split(/\s+/);
  if (parts.length !== FIELDS.length)
    throw new Error(`cron(${expression}) must have six fields: minutes hours day-of-month month day-of-week year`);
  if ((parts[2] === '?') === (parts[4] === '?'))
    throw new Error(`cron(${expression}) must have ? in exactly one of day-of-month and day-of-week`);
  const read = (index: number) => parseField(parts[index] ?? '', FIELDS[index] as Field, expression);
  return { minutes: read(0), hours: read(1), days: read(2), months: read(3), weekdays: read(4), years: read(5) };
}

/** The first minute after a time at which the expression holds, in UTC; undefined when there is none any more. */
export function nextCronTime(cron: Cron, afterMs: number): number | undefined {
  const firstDay = Math.floor(afterMs / DAY_MS) * DAY_MS;
  const lastYear = Math.min(Math.max(...cron.years), new Date(afterMs).getUTCFullYear() + 8);
  for (let day = firstDay; new Date(day).getUTCFullYear() <= lastYear; day += DAY_MS) {
    if (!matchesDay(cron, new Date(day))) continue;
    const time = timesOfDay(cron, day).find((candidate) => candidate > afterMs);
    if (time !== undefined) return time;
  }
  return undefined;
}

function matchesDay(cron: Cron, day: Date): boolean {
  const isInMonth = cron.years.has(day.getUTCFullYear()) && cron.months.has(day.getUTCMonth() + 1);
  return isInMonth && cron.days.has(day.getUTCDate()) && cron.weekdays.has(day.getUTCDay() + 1);
}

function timesOfDay({ hours, minutes }: Cron, day: number): number[] {
  const ordered = (values: ReadonlySet<number>) => [...values].sort((a, b) => a - b);
  return ordered(hours).flatMap((hour) => ordered(minutes).map((minute) => day + (hour * 60 + minute) * 60_000));
}

function parseField(text: string, field: Field, expression: string): Set<number> {
  const values = new Set<number>();
  for (const item of text.split(',')) {
    const match = /^(?:(\*|\?)|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(item);
    if (match === null) throw unsupported(item, field, expression);
    const [, any, low, high, step] = match;
    const from = any === undefined ? readValue(low ?? '', field, expression) : field.from;
    const to = any !== undefined || (high === undefined && step !== undefined) ? field.to : readValue(high ?? low ?? '', field, expression);
    const stride = Number(step ?? 1);
    if (from > to || stride < 1) throw unsupported(item, field, expression);
    for (let value = from; value <= to; value += stride) values.add(value);
  }
  return values;
}

function readValue(text: string, field: Field, expression: string): number {
  const named = field.names.indexOf(text.toUpperCase());
  const value = named === -1 ? Number(text) : named + field.from;
  if (!Number.isInteger(value) || value < field.from || value > field.to) throw unsupported(text, field, expression);
  return value;
}

function unsupported(text: string, field: Field, expression: string): Error {
  return new Error(
    `cron(${expression}): "${text}" is not something the embedded AWS reads in ${field.name}; values from ${field.from} to ${field.to}, names, lists, ranges and steps are (L, W and # are not)`,
  );
}
