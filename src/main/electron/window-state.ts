// Where the window was, kept in window.json beside Electron's own files. Anything odd in that file, or a screen that
// is gone, gives the default place: the window must never open where nobody sees it.

import * as v from 'valibot';

/** Least size that the layout is made for. */
export const minimumSize = { width: 960, height: 600 } as const;

/** A rectangle on the desktop, in screen points. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Place of the window; no `x` and `y` lets the system choose. */
export interface WindowState {
  readonly x?: number;
  readonly y?: number;
  readonly width: number;
  readonly height: number;
  readonly maximized: boolean;
}

const defaultState: WindowState = { width: 1280, height: 800, maximized: false };

const coordinate = v.pipe(v.number(), v.integer(), v.minValue(-100_000), v.maxValue(100_000));
const stateSchema = v.object({
  x: coordinate,
  y: coordinate,
  width: v.pipe(coordinate, v.minValue(minimumSize.width)),
  height: v.pipe(coordinate, v.minValue(minimumSize.height)),
  maximized: v.boolean(),
});

/** The state in `text`, if its title bar would be on one of the `screens`; else the default. */
export function parseWindowState(text: string, screens: readonly Rectangle[]): WindowState {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return defaultState;
  }
  const parsed = v.safeParse(stateSchema, json);
  if (!parsed.success) return defaultState;
  const { x, y, width } = parsed.output;
  const graspable = 120;
  const visible = screens.some((screen) => {
    const across = Math.min(x + width, screen.x + screen.width) - Math.max(x, screen.x);
    return across >= graspable && y >= screen.y && y <= screen.y + screen.height - graspable;
  });
  return visible ? withinLargest(parsed.output, screens) : { ...defaultState, maximized: parsed.output.maximized };
}

/** A window from a larger screen that is gone is made to fit: its far edges could not be reached. */
function withinLargest(state: WindowState, screens: readonly Rectangle[]): WindowState {
  const width = Math.max(minimumSize.width, ...screens.map((screen) => screen.width));
  const height = Math.max(minimumSize.height, ...screens.map((screen) => screen.height));
  return { ...state, width: Math.min(state.width, width), height: Math.min(state.height, height) };
}
