import { connect, type Installation } from '../releases/index.ts';
import type { Place } from './place.ts';

/** The installation at a place, as releases see it. */
export function connectTo(place: Place): Promise<Installation> {
  return connect(place.kind === 'embedded' ? { stack: place.stack } : { stage: place.stage });
}
