// Looks into documents that anyone may have written: a value has the type that is asked for or is absent, and no name
// in it is ever used as a property of ours.

import { AppError } from '../../../shared/errors.ts';
import { maxDepth } from './plan.ts';

/** An object of a document, read by own names only. */
export type Fields = Readonly<Record<string, unknown>>;

/** The object, or null where it is something else. */
export function fieldsOf(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
}

/** The member of that name, own ones only. */
export function member(value: unknown, name: string): unknown {
  const fields = fieldsOf(value);
  return fields !== null && Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** The member where it is text. */
export function textOf(value: unknown, name: string): string | undefined {
  const found = member(value, name);
  return typeof found === 'string' ? found : undefined;
}

/** The member where it is a finite number. */
export function numberOf(value: unknown, name: string): number | undefined {
  const found = member(value, name);
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined;
}

/** The member where it is a list, else an empty one. */
export function listOf(value: unknown, name: string): readonly unknown[] {
  const found = member(value, name);
  return Array.isArray(found) ? found : [];
}

/** Throws AppError IMPORT_INVALID: the whole file is refused. */
export function refuse(message: string): never {
  throw new AppError('IMPORT_INVALID', message);
}

/** Throws AppError IMPORT_INVALID where the document is nested too deep; never recurses. */
export function checkDepth(document: unknown): void {
  let level: unknown[] = [document];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > maxDepth) refuse(`The file is nested deeper than ${maxDepth} levels.`);
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value !== 'object' || value === null) continue;
      for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) next.push(inner);
    }
    level = next;
  }
}

/** The bytes of standard base64, or null where the text is something else. */
export function base64Bytes(text: string): Uint8Array | null {
  const clean = text.replace(/\s+/g, '');
  return /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(clean)
    ? Uint8Array.from(Buffer.from(clean, 'base64'))
    : null;
}
