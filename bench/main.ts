// `npm run bench`: measures what the project promises about speed, against the floor, in one run. See docs/performance.md.
import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { measureWorkerCpu } from './p1-worker-cpu.ts';
import { measureTlsHandshakes } from './p2-tls-handshakes.ts';
import { measureColdStart } from './p3-cold-start.ts';
import { measurePlan } from './p4-plan.ts';
import { measureReload } from './p5-reload.ts';
import { measureHealthConsumer } from './p6-health-consumer.ts';
import { measurePrimaryDown } from './p7-primary-down.ts';
import { measureReroute } from './p8-reroute.ts';
import { measureEmbeddedThroughput } from './p9-embedded-throughput.ts';
import { measureGatewayPath } from './p13-gateway-path.ts';
import { type BenchmarkId, type Options, parseOptions, USAGE } from './parse-options.ts';
import { placement } from './placement.ts';
import { formatReport, type Row } from './report.ts';

const benchmarks: Record<BenchmarkId, () => Promise<Row[]>> = {
  P1: measureWorkerCpu,
  P2: measureTlsHandshakes,
  P3: measureColdStart,
  P4: measurePlan,
  P5: measureReload,
  P6: measureHealthConsumer,
  P7: measurePrimaryDown,
  P8: measureReroute,
  P9: measureEmbeddedThroughput,
  P13: measureGatewayPath,
};

const { only, jsonFile, isStrict } = readOptions();
const conditions = {
  startedAt: new Date().toISOString(),
  node: process.version,
  cpuModel: cpus()[0]?.model ?? 'unknown',
  cores: availableParallelism(),
  placement,
};
// So that what runs at exit also runs then: nothing that was started is left behind.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
const rows: Row[] = [];
for (const id of only) {
  const startedAt = performance.now();
  process.stderr.write(`bench: ${id} …`);
  rows.push(...(await benchmarks[id]()));
  process.stderr.write(` ${((performance.now() - startedAt) / 1000).toFixed(0)} s\n`);
}
console.log(formatReport(conditions, rows));
if (jsonFile) writeFileSync(jsonFile, `${JSON.stringify({ ...conditions, rows }, null, 2)}\n`);
const missed = rows.filter(({ isMet }) => isMet === false);
console.log(`\n${missed.length === 0 ? 'Every budget measured is met.' : `${missed.length} budget(s) not met.`}`);
process.exitCode = isStrict && missed.length > 0 ? 1 : 0;

function readOptions(): Options {
  try {
    return parseOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
    process.exit(2);
  }
}
