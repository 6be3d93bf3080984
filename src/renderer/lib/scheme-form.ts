// An own scheme as a form holds it: every field as it is typed, also those that the present choices do not need, so that
// nothing is lost by trying another one. And back: the scheme, or what is wrong with which field.

import * as v from 'valibot';
import { customSchemeSchema, newCustomScheme, schemeProblem } from '../../shared/custom-scheme.ts';
import type { CustomPart, CustomScheme } from '../../shared/custom-scheme.ts';
import { readEscapes, writeEscapes } from './escapes.ts';
import type { FieldError } from './field-error.ts';
import { freeId } from './free-id.ts';

type BodyHash = Extract<CustomPart, { kind: 'body-hash' }>;

/** One part of what is signed, as typed. */
export interface PartForm {
  readonly kind: CustomPart['kind'];
  /** With escapes. */
  readonly text: string;
  readonly name: string;
  readonly path: string;
  readonly hash: BodyHash['hash'];
  readonly encoding: BodyHash['encoding'];
}

/** Where the timestamp stands. */
export type TimestampPlace = 'none' | 'header' | 'pairs';

/** A scheme as typed; empty texts stand for "none". */
export interface SchemeForm {
  readonly name: string;
  readonly algorithm: CustomScheme['algorithm'];
  readonly encoding: CustomScheme['encoding'];
  readonly secretType: CustomScheme['secretType'];
  readonly parts: readonly PartForm[];
  readonly signatureHeader: string;
  readonly format: CustomScheme['format']['kind'];
  readonly prefix: string;
  readonly separator: string;
  readonly timestampKey: string;
  readonly signatureKey: string;
  readonly timestampPlace: TimestampPlace;
  readonly timestampHeader: string;
  readonly timestampUnit: NonNullable<CustomScheme['timestamp']>['unit'];
  readonly toleranceSeconds: number | null;
  readonly idHeader: string;
  readonly idPath: string;
  readonly eventHeader: string;
  readonly eventPath: string;
}

/** A part with nothing filled in. */
export const newPart: PartForm = { kind: 'literal', text: '', name: '', path: '', hash: 'sha256', encoding: 'hex' };

/** The form of a scheme. */
export function formOfScheme(scheme: CustomScheme): SchemeForm {
  const { format, timestamp } = scheme;
  const pairs = format.kind === 'pairs' ? format : { separator: ',', timestampKey: 't', signatureKey: 'v1' };
  return {
    name: scheme.name,
    algorithm: scheme.algorithm,
    encoding: scheme.encoding,
    secretType: scheme.secretType,
    parts: scheme.parts.map(partForm),
    signatureHeader: scheme.signatureHeader,
    format: format.kind,
    prefix: format.kind === 'value' ? format.prefix : '',
    separator: pairs.separator,
    timestampKey: pairs.timestampKey,
    signatureKey: pairs.signatureKey,
    timestampPlace: timestamp === null ? 'none' : timestamp.header === null ? 'pairs' : 'header',
    timestampHeader: timestamp?.header ?? '',
    timestampUnit: timestamp?.unit ?? 'seconds',
    toleranceSeconds: timestamp === null ? 300 : timestamp.toleranceSeconds,
    idHeader: scheme.idHeader ?? '',
    idPath: scheme.idPath ?? '',
    eventHeader: scheme.eventHeader ?? '',
    eventPath: scheme.eventPath ?? '',
  };
}

/** The form of a new scheme: an HMAC of the body in one header, without a name. */
export const newSchemeForm: SchemeForm = { ...formOfScheme(newCustomScheme), name: '' };

function partForm(part: CustomPart): PartForm {
  switch (part.kind) {
    case 'literal':
      return { ...newPart, kind: part.kind, text: writeEscapes(part.text) };
    case 'header':
      return { ...newPart, kind: part.kind, name: part.name };
    case 'json':
      return { ...newPart, kind: part.kind, path: part.path };
    case 'body-hash':
      return { ...newPart, ...part };
    default:
      return { ...newPart, kind: part.kind };
  }
}

/** The scheme as it would be saved under this id, right or wrong. */
export function schemeOfForm(form: SchemeForm, id: string): CustomScheme {
  return {
    id,
    name: form.name.trim(),
    algorithm: form.algorithm,
    encoding: form.encoding,
    secretType: form.secretType,
    parts: form.parts.map(partOfForm),
    signatureHeader: form.signatureHeader.trim(),
    format:
      form.format === 'value'
        ? { kind: 'value', prefix: form.prefix }
        : {
            kind: 'pairs',
            separator: form.separator,
            timestampKey: form.timestampKey.trim(),
            signatureKey: form.signatureKey.trim(),
          },
    timestamp:
      form.timestampPlace === 'none'
        ? null
        : {
            header: form.timestampPlace === 'pairs' ? null : form.timestampHeader.trim(),
            unit: form.timestampUnit,
            toleranceSeconds: form.toleranceSeconds,
          },
    idHeader: orNull(form.idHeader),
    idPath: orNull(form.idPath),
    eventHeader: orNull(form.eventHeader),
    eventPath: orNull(form.eventPath),
  };
}

function orNull(typed: string): string | null {
  return typed.trim() === '' ? null : typed.trim();
}

function partOfForm(part: PartForm): CustomPart {
  switch (part.kind) {
    case 'literal':
      return { kind: part.kind, text: readEscapes(part.text) };
    case 'header':
      return { kind: part.kind, name: part.name.trim() };
    case 'json':
      return { kind: part.kind, path: part.path.trim() };
    case 'body-hash':
      return { kind: part.kind, hash: part.hash, encoding: part.encoding };
    default:
      return { kind: part.kind };
  }
}

/** What is wrong with a scheme: one error for each field, with a dotted path such as `parts.2.name`. */
export function schemeProblems(scheme: CustomScheme): FieldError[] {
  const parsed = v.safeParse(customSchemeSchema, scheme);
  const problems = (parsed.issues ?? []).map((issue) => ({
    field: v.getDotPath(issue) ?? '',
    message: sentence(issue.message),
  }));
  const misfit = schemeProblem(scheme);
  return misfit === null ? problems : [...problems, misfit];
}

function sentence(message: string): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}`;
}

/** A free id for a new scheme of this name, as the schema wants it: `custom-` and at most 50 characters. */
export function schemeId(name: string, taken: readonly string[]): string {
  const others = new Set(taken.map((id) => id.replace(/^custom-/, '')));
  return `custom-${freeId(name.slice(0, 40), others, 'scheme')}`;
}
