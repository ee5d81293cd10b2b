/** Values of one metric under one set of dimensions. */
export type MetricValues = { namespace: string; name: string; dimensions: Readonly<Record<string, string>>; values: readonly number[] };

type Document = Record<string, unknown> & {
  _aws?: { CloudWatchMetrics?: { Namespace?: unknown; Dimensions?: unknown; Metrics?: unknown }[] };
};

const PREFIX = '{"_aws":';

/** True for a line that CloudWatch would read as metrics (Embedded Metric Format). */
export function isMetricsLine(line: string): boolean {
  return line.startsWith(PREFIX);
}

/** The metrics in a line of a function's log; nothing for any other line, as CloudWatch says nothing of them either. */
export function parseMetricsLine(line: string): MetricValues[] {
  if (!isMetricsLine(line)) return [];
  const document = parseObject(line);
  return (document?._aws?.CloudWatchMetrics ?? []).flatMap(({ Namespace, Dimensions, Metrics }) => {
    const sets = Array.isArray(Dimensions) && Dimensions.length > 0 ? (Dimensions as string[][]) : [[]];
    return ((Metrics ?? []) as { Name: string }[]).flatMap(({ Name: name }) => {
      const values = [document?.[name]].flat().filter((value) => typeof value === 'number');
      return sets.map((set) => ({ namespace: String(Namespace), name, dimensions: pick(document, set), values }));
    });
  });
}

function pick(document: Document | undefined, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, String(document?.[name])]));
}

function parseObject(line: string): Document | undefined {
  try {
    return JSON.parse(line) as Document;
  } catch (error) {
    // A line that was cut is no metric.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
