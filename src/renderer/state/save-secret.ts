// Stores a secret that was typed into a form, before the form itself is saved.

import type { Bridge } from '../../shared/contract.ts';
import type { Result } from '../../shared/errors.ts';
import type { SecretInfo } from '../../shared/workspace.ts';
import { freeName } from '../lib/free-name.ts';

/** What was typed. */
export interface TypedSecret {
  readonly name: string;
  readonly value: string;
}

/** The name under which it is stored now; null when nothing was typed. Without a name it gets one after `owner`. */
export async function saveSecret(
  bridge: Bridge,
  typed: TypedSecret,
  owner: { readonly name: string; readonly provider: string | null },
  stored: readonly SecretInfo[],
): Promise<Result<string | null>> {
  if (typed.value === '' && typed.name.trim() === '') return { ok: true, value: null };
  const taken = stored.map(({ name }) => name);
  const name = typed.name.trim() === '' ? freeName(owner.name, taken, 'secret') : typed.name.trim();
  const answer = await bridge.call('secrets.set', { name, value: typed.value, provider: owner.provider });
  return answer.ok ? { ok: true, value: name } : answer;
}
