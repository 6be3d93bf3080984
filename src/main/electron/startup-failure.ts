// Tells a person why Hookbench cannot start, in a window where there is a screen, and always on standard error.

import { app, dialog } from 'electron';
import { AppError, exitCodeOf, toErrorValue } from '../../shared/errors.ts';
import type { Logger } from '../ports.ts';
import { hasScreen } from './display.ts';

/** Shows what is wrong and ends the app: the error's own exit code, 3 for anything unforeseen. */
export function failStart(error: unknown, logger: Logger): void {
  const known = error instanceof AppError ? toErrorValue(error) : null;
  const text = known ? `${known.message}\n\n${known.hint}` : `Something unforeseen happened: ${String(error)}`;
  logger.error(`cannot start: ${known ? `${known.message} ${known.hint}` : ''}`, known ? undefined : error);
  // A box on a screen that nobody has would wait for ever.
  if (hasScreen()) dialog.showErrorBox('Hookbench cannot start', text);
  app.exit(error instanceof AppError ? exitCodeOf(error.code) : 3);
}
