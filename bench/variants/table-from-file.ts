import { readFileSync } from 'node:fs';

/** Stands in for the S3 client: the routing table is the file that BENCH_TABLE_FILE names. */
const text = readFileSync(process.env.BENCH_TABLE_FILE ?? '', 'utf8');

export class S3Client {
  readonly config = {};
  send(): Promise<{ Body: { transformToString: () => Promise<string> } }> {
    return Promise.resolve({ Body: { transformToString: () => Promise.resolve(text) } });
  }
}
export class GetObjectCommand {}
export class NoSuchKey extends Error {}
