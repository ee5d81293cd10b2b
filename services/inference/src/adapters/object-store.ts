import { Readable } from 'node:stream';
import type { GetObjectCommandOutput, S3Client } from '@aws-sdk/client-s3';
import type { Json } from '@signalbox/contracts';
import { awsClientConfig, contentPrefix } from '@signalbox/runtime';
import { UnavailableError } from '@signalbox/runtime/errors';
import type { Ports, StashedEnding } from '../ports.ts';

export type ObjectStore = Pick<Ports, 'readPayload' | 'outputs'> & {
  keep: (message: { key: string; json: string }) => Promise<void>;
  /** The object's text; undefined when there is none. */
  readText: (key: string) => Promise<string | undefined>;
};

const LINK_SECONDS = 3_600;

/** The data bucket. The S3 client is loaded at first use: most requests never need it. */
export function createObjectStore({ bucket }: { bucket: string }): ObjectStore {
  let loading: Promise<{ sdk: typeof import('@aws-sdk/client-s3'); client: S3Client }> | undefined;
  const load = () => {
    loading ??= import('@aws-sdk/client-s3').then((sdk) => ({
      sdk,
      client: new sdk.S3Client(awsClientConfig({ requestTimeoutMs: 10_000, maxAttempts: 3 })),
    }));
    return loading;
  };

  async function getObject(key: string): Promise<GetObjectCommandOutput | undefined> {
    const { sdk, client } = await load();
    try {
      return await client.send(new sdk.GetObjectCommand({ Bucket: bucket, Key: key }));
    } catch (error) {
      if (error instanceof sdk.NoSuchKey) return undefined;
      throw new UnavailableError({ message: `S3 could not give an object of bucket ${bucket}.`, cause: error });
    }
  }

  async function putJson(key: string, json: string): Promise<void> {
    const { sdk, client } = await load();
    try {
      await client.send(new sdk.PutObjectCommand({ Bucket: bucket, Key: key, Body: json, ContentType: 'application/json' }));
    } catch (error) {
      throw new UnavailableError({ message: `S3 did not take an object into bucket ${bucket}.`, cause: error });
    }
  }

  async function readText(key: string): Promise<string | undefined> {
    const object = await getObject(key);
    return object?.Body && (await read(() => object.Body?.transformToString() ?? Promise.resolve('')));
  }

  return {
    readText,
    keep: ({ key, json }) => putJson(key, json),
    async readPayload(key, { maxBytes }) {
      const object = await getObject(key);
      if (!object?.Body) return undefined;
      if ((object.ContentLength ?? 0) > maxBytes) {
        // Unread, it would keep its connection for ever.
        if (object.Body instanceof Readable) object.Body.destroy();
        return 'too-large';
      }
      return read(() => object.Body?.transformToByteArray() ?? Promise.resolve(new Uint8Array()));
    },
    outputs: {
      async put(where, json) {
        const key = keyOf('outputs', where);
        await putJson(key, json);
        return { key };
      },
      async read(key) {
        const text = await readText(key);
        if (text === undefined) throw new UnavailableError({ message: 'The output of an inference is not in S3.' });
        return JSON.parse(text) as Json;
      },
      async link(key) {
        const [{ sdk, client }, { getSignedUrl }] = await Promise.all([load(), import('@aws-sdk/s3-request-presigner')]);
        return getSignedUrl(client, new sdk.GetObjectCommand({ Bucket: bucket, Key: key }), { expiresIn: LINK_SECONDS });
      },
      async stash(where, ending) {
        const key = keyOf('stashed', where);
        await putJson(key, JSON.stringify(ending));
        return key;
      },
      async readStash(key) {
        if (!key.startsWith('stashed/')) return undefined;
        const text = await readText(key);
        return text === undefined ? undefined : (JSON.parse(text) as StashedEnding);
      },
    },
  };
}

function keyOf(folder: 'outputs' | 'stashed', where: { tenant: string; id: string; fence: string }): string {
  return `${contentPrefix(folder, where)}${where.fence}.json`;
}

async function read<T>(body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    throw new UnavailableError({ message: 'S3 ended an object before its end.', cause: error });
  }
}
