import { logger } from '@signalbox/runtime';
import type { Note } from '../ports.ts';

export const note: Note = (level, message, detail) => logger[level](message, detail);
