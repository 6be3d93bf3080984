// A failure of the set-up that is for the person at the keyboard: its message
// says what to do, so it is printed without a stack.

export class SetupError extends Error {
  /** @override */
  name = 'SetupError';
}
