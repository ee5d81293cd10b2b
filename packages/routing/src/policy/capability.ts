import { CAPABILITIES } from '@signalbox/catalogue';

type Capability = (typeof CAPABILITIES)[number];

/** True for a capability that the catalogue knows by this name. */
export function isCapability(name: string): name is Capability {
  return (CAPABILITIES as readonly string[]).includes(name);
}

/** What editors complete in a list of capabilities. */
export const CAPABILITY_KEYWORDS = { items: { enum: [...CAPABILITIES] }, examples: [['tool-use', 'streaming']] };
