import { bedrockCaller } from './bedrock-caller.ts';

/** Converse through `createBedrockCaller`. */
export const { prepare, run } = bedrockCaller({ totalMs: 30_000 });
