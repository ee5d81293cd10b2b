/** The value of an expression at one point in time; undefined where CloudWatch would have no data point. */
export type MetricExpression = (read: (id: string) => number | undefined) => number | undefined;

/** What a metric expression says that is not understood. */
export class MetricExpressionError extends Error {
  override readonly name = 'MetricExpressionError';
}

type Operator = { binds: number; apply: (left: number, right: number) => number };

const truth = (is: boolean) => (is ? 1 : 0);
const OPERATORS: Readonly<Record<string, Operator>> = {
  OR: { binds: 1, apply: (left, right) => truth(left !== 0 || right !== 0) },
  AND: { binds: 2, apply: (left, right) => truth(left !== 0 && right !== 0) },
  '==': { binds: 3, apply: (left, right) => truth(left === right) },
  '!=': { binds: 3, apply: (left, right) => truth(left !== right) },
  '<=': { binds: 4, apply: (left, right) => truth(left <= right) },
  '>=': { binds: 4, apply: (left, right) => truth(left >= right) },
  '<': { binds: 4, apply: (left, right) => truth(left < right) },
  '>': { binds: 4, apply: (left, right) => truth(left > right) },
  '+': { binds: 5, apply: (left, right) => left + right },
  '-': { binds: 5, apply: (left, right) => left - right },
  '*': { binds: 6, apply: (left, right) => left * right },
  '/': { binds: 6, apply: (left, right) => left / right },
};

type Call = (values: MetricExpression[]) => MetricExpression;

const FUNCTIONS: Readonly<Record<string, { takes: number; make: Call }>> = {
  IF: {
    takes: 3,
    make:
      ([condition, yes, no]) =>
      (read) => {
        const is = condition?.(read);
        return is === undefined ? undefined : (is === 0 ? no : yes)?.(read);
      },
  },
  FILL: {
    takes: 2,
    make:
      ([metric, filling]) =>
      (read) =>
        metric?.(read) ?? filling?.(read),
  },
  ABS: {
    takes: 1,
    make:
      ([metric]) =>
      (read) =>
        finite(Math.abs(metric?.(read) ?? Number.NaN)),
  },
};

const TOKEN = /\s*(?:(\d+(?:\.\d+)?)|([A-Za-z_]\w*)|(<=|>=|==|!=|&&|\|\||[-+*/<>(),]))/y;
const ALIASES: Readonly<Record<string, string>> = { '&&': 'AND', '||': 'OR' };

/** Compiles the part of CloudWatch's metric math that alarms of one machine need; throws a MetricExpressionError for the rest. */
export function compileMetricExpression(text: string): MetricExpression {
  const tokens = tokenise(text);
  const expression = readExpression(tokens, 0);
  const [rest] = tokens;
  if (rest !== undefined) throw new MetricExpressionError(`"${rest}" was not expected`);
  return expression;
}

function tokenise(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  const end = text.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) throw new MetricExpressionError(`"${text.slice(from).trim()}" is not understood`);
    const token = match[1] ?? match[2] ?? match[3] ?? '';
    tokens.push(Object.hasOwn(ALIASES, token) ? (ALIASES[token] ?? '') : token);
  }
  return tokens;
}

/** By precedence climbing: an operator takes what binds tighter on its right. */
function readExpression(tokens: string[], minimum: number): MetricExpression {
  let left = readOperand(tokens);
  for (;;) {
    const operator = Object.hasOwn(OPERATORS, tokens[0] ?? '') ? OPERATORS[tokens[0] ?? ''] : undefined;
    if (operator === undefined || operator.binds < minimum) return left;
    tokens.shift();
    left = combine(operator, left, readExpression(tokens, operator.binds + 1));
  }
}

function combine({ apply }: Operator, left: MetricExpression, right: MetricExpression): MetricExpression {
  return (read) => {
    const [first, second] = [left(read), right(read)];
    return first === undefined || second === undefined ? undefined : finite(apply(first, second));
  };
}

function readOperand(tokens: string[]): MetricExpression {
  const token = tokens.shift();
  if (token === undefined) throw new MetricExpressionError('it ends too early');
  if (/^\d/.test(token)) return () => Number(token);
  if (token === '(') return closed(tokens, readExpression(tokens, 0));
  if (token === '-') return negate(readOperand(tokens));
  if (!/^[A-Za-z_]/.test(token)) throw new MetricExpressionError(`"${token}" was not expected`);
  return tokens[0] === '(' ? readCall(token, tokens) : (read) => read(token);
}

function negate(operand: MetricExpression): MetricExpression {
  return (read) => {
    const value = operand(read);
    return value === undefined ? undefined : -value;
  };
}

function readCall(name: string, tokens: string[]): MetricExpression {
  const called = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (called === undefined) throw new MetricExpressionError(`the function ${name} is not emulated`);
  tokens.shift();
  const values = [readExpression(tokens, 0)];
  while (tokens[0] === ',') {
    tokens.shift();
    values.push(readExpression(tokens, 0));
  }
  if (values.length !== called.takes) throw new MetricExpressionError(`${name} takes ${called.takes} values, not ${values.length}`);
  return closed(tokens, called.make(values));
}

function closed(tokens: string[], expression: MetricExpression): MetricExpression {
  if (tokens.shift() !== ')') throw new MetricExpressionError('a ")" is missing');
  return expression;
}

/** A division by zero has no data point. */
function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}
