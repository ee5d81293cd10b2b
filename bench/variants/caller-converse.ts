import { bedrockCaller } from './bedrock-caller.ts';

/** Converse through `createModelCaller`. */
export const { prepare, run } = bedrockCaller({ totalMs: 30_000 });
