// How things stand in the window, as far as actions depend on it. The window tells the shell, so that menus show what is
// possible.

import * as v from 'valibot';

/** Schema of {@link Facts}. */
export const factsSchema = v.object({
  /** A request is open. */
  request: v.boolean(),
  /** The open request is pinned. */
  pinned: v.boolean(),
  listening: v.boolean(),
  /** The receiver does not listen, because a person paused it. */
  paused: v.boolean(),
  /** Something was deleted and can still be had back. */
  undo: v.boolean(),
});
/** How things stand. */
export type Facts = v.InferOutput<typeof factsSchema>;

/** Before anything is known. */
export const noFacts: Facts = { request: false, pinned: false, listening: false, paused: false, undo: false };
