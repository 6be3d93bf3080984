// What a handler check is given by a person, and how it becomes the command's input.

import type { CommandInput } from '../../shared/contract.ts';
import type { SecretInfo, Target } from '../../shared/workspace.ts';

/** How it is seen from outside whether an event was worked on once. */
export type IdempotencyKind = 'none' | 'url' | 'header';

/** The form "Handler check". */
export interface CheckForm {
  /** Id of a stored target; empty for another address. */
  readonly targetId: string;
  readonly url: string;
  readonly provider: string;
  /** Name of a stored secret, or a new value. */
  readonly secret: string;
  readonly idempotency: IdempotencyKind;
  /** Its URL or header name. */
  readonly idempotencyText: string;
}

/** Before anything was typed. */
export const emptyCheckForm: CheckForm = {
  targetId: '',
  url: '',
  provider: 'generic',
  secret: '',
  idempotency: 'none',
  idempotencyText: '',
};

/** The field that is short, and why. */
export interface MissingField {
  readonly field: 'url' | 'secret' | 'idempotency';
  readonly message: string;
}

/** What keeps the check from being run, or null. `target` is the chosen one. */
export function missingInCheck(form: CheckForm, target: Target | undefined): MissingField | null {
  if (target === undefined) {
    if (form.url.trim() === '') return { field: 'url', message: 'Give the handler’s URL, or choose a target.' };
    if (form.secret === '') return { field: 'secret', message: 'Give the secret that the handler checks with.' };
  }
  if (form.idempotency === 'none' || form.idempotencyText.trim() !== '') return null;
  const message = form.idempotency === 'url' ? 'Give the URL that tells the count.' : 'Give the header’s name.';
  return { field: 'idempotency', message };
}

/** The input of `check.run`. A secret that is the name of a stored one is meant by name. */
export function toCheckInput(
  form: CheckForm,
  target: Target | undefined,
  secrets: readonly SecretInfo[],
  runId: string,
): CommandInput<'check.run'> {
  const text = form.idempotencyText.trim();
  const idempotency =
    form.idempotency === 'none' ? {} : { idempotency: form.idempotency === 'url' ? { url: text } : { header: text } };
  if (target !== undefined) return { runId, targetId: target.id, ...idempotency };
  const name = form.secret.trim();
  const secret = secrets.some((stored) => stored.name === name) ? { name } : { value: form.secret };
  return { runId, url: form.url.trim(), provider: form.provider, secret, ...idempotency };
}
