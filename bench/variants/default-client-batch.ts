import { handler } from './default-client.ts';
import type { Variant } from './variant.ts';

/** The SDK's default client, calls side by side. */
export const { prepare, run }: Variant<number> = {
  prepare: (requests) => requests,
  run: async (requests) => {
    await Promise.all(Array.from({ length: requests }, () => handler()));
  },
};
