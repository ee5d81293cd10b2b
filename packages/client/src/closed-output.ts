let react: () => void = () => process.exit();

/** Whoever reads the output may stop reading, as `head` does: no reason to complain, and the end of it unless a command has something to put away. */
export function watchForClosedOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
    react();
  });
  // A terminal that is gone takes no notes, and there is nowhere else to tell them.
  process.stderr.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
  });
}

/** Has a command end in good order instead. */
export function onClosedOutput(end: () => void): void {
  react = end;
}
