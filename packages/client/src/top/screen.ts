import { createLogUpdate } from 'log-update';

/** Where frames are drawn. */
export type Screen = {
  /** Asked at each frame: terminals change. */
  size: () => { columns: number; rows: number | undefined };
  draw: (frame: string) => void;
  /** Calls back when the size changed, until it is disposed. */
  onResize: (redraw: () => void) => () => void;
  /** Leaves the last frame on the terminal, with the cursor below it. */
  end: () => void;
};

const USUAL_COLUMNS = 80;

/** A terminal, in which each frame takes the place of the last one; only lines that changed are written. */
export function terminalScreen(stdout: NodeJS.WriteStream): Screen {
  // It hides the cursor, and shows it again at every end of the process but a kill.
  const draw = createLogUpdate(stdout);
  return {
    size: () => ({ columns: stdout.columns || USUAL_COLUMNS, rows: stdout.rows }),
    draw,
    onResize: (redraw) => {
      stdout.on('resize', redraw);
      return () => stdout.off('resize', redraw);
    },
    end: () => draw.done(),
  };
}
