import type { OverlayReading } from '@signalbox/contracts';
import { createOverlayDocument, describeError, logger } from '@signalbox/runtime';

export type ReadOverlay = () => Promise<OverlayReading>;

/** Reads fleet health as the controller last published it; what this process read before stands in when it cannot be read. */
export function createReadOverlay({ tableName }: { tableName: string }): ReadOverlay {
  let failed = false;
  const document = createOverlayDocument({
    tableName,
    onError: (error) => {
      failed = true;
      logger.warn('Fleet health could not be read; what was read before stays in use', { error: describeError(error) });
    },
  });
  return async () => {
    failed = false;
    await document.refresh();
    const overlay = await document.get();
    return failed && overlay === undefined ? { kind: 'unreachable' } : { kind: 'read', overlay };
  };
}
