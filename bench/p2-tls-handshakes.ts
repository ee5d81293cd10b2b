import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { benchFolder } from './bench-folder.ts';
import { deviceEnvironment } from './device-environment.ts';
import type { Row } from './report.ts';
import { startDevice } from './start-device.ts';
import { type Stub, startStub } from './start-stub.ts';

const CALLS = 1_000;
const CONCURRENCY = 10;
const LIMIT = 10;

const VARIANTS = [
  { file: 'caller-converse', what: 'createModelCaller, Converse', isOurs: true },
  { file: 'caller-stream', what: 'createModelCaller, ConverseStream', isOurs: true },
  { file: 'default-client-batch', what: 'new BedrockRuntimeClient(), Converse', isOurs: false },
] as const;

/** TLS handshakes over 1,000 model calls, 10 side by side, in one process to one host. */
export async function measureTlsHandshakes(): Promise<Row[]> {
  const stub = await startStub();
  try {
    const rows: Row[] = [];
    for (const variant of VARIANTS) rows.push(await measureVariant(stub, variant));
    return rows;
  } finally {
    await stub.stop();
  }
}

async function measureVariant(stub: Stub, { file, what, isOurs }: (typeof VARIANTS)[number]): Promise<Row> {
  const device = await startDevice(join(import.meta.dirname, 'variants', `${file}.ts`), {
    ...deviceEnvironment(stub.tlsUrl),
    NODE_EXTRA_CA_CERTS: writeCertificate(stub),
  });
  try {
    await stub.takeCounts();
    const cpuUs = await device.cpuUsPerRequest({ batches: CALLS / CONCURRENCY, requestsPerBatch: CONCURRENCY });
    const { handshakes, calls } = await stub.takeCounts();
    const answered = (calls.Converse ?? 0) + (calls.ConverseStream ?? 0);
    if (answered !== CALLS) throw new Error(`the stub saw ${answered} model calls, not ${CALLS}`);
    return {
      budget: 'P2',
      what: `${what}, ${CALLS} calls`,
      measured: `${handshakes} handshakes, ${cpuUs.toFixed(0)} us/call`,
      how: `counted by the stub; ${CONCURRENCY} calls at a time; CPU with the first calls included`,
      ...(isOurs ? { limit: `<= ${LIMIT} handshakes`, isMet: handshakes <= LIMIT } : {}),
    };
  } finally {
    await device.stop();
  }
}

function writeCertificate({ certificate }: Stub): string {
  const file = join(benchFolder(), 'stub.pem');
  writeFileSync(file, certificate);
  return file;
}
