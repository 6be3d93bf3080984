// Which field of a form an error is about, so that it can stand beside that field.

import type { ErrorValue } from '../../shared/errors.ts';

/** An error and its place: a dotted path such as `reply.status`. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
}

/** The field that the host named in the error's details, or null. */
export function fieldErrorOf(error: ErrorValue): FieldError | null {
  const field = error.details?.['field'];
  if (typeof field !== 'string' || field === 'input') return null;
  const prefix = `${field}: `;
  const at = error.message.indexOf(prefix);
  return { field, message: at === -1 ? error.message : error.message.slice(at + prefix.length) };
}

/** The message for `field` or anything below it (`headers` has `headers.0.1`), or null. */
export function messageFor(error: FieldError | null, field: string): string | null {
  if (error === null) return null;
  return error.field === field || error.field.startsWith(`${field}.`) ? error.message : null;
}

/** The message for exactly this field among several errors, or null. */
export function messageAt(errors: readonly FieldError[], field: string): string | null {
  return errors.find((error) => error.field === field)?.message ?? null;
}
