// What is diagnosed: one failed check, and the changed checks ("what if") that are tried against it.

import type { FindingCode } from '../../../shared/findings.ts';
import type { ProviderDefinition, RecipeScheme, SchemeDefinition } from '../../../shared/providers/define.ts';
import type { Key } from '../keys.ts';
import type { Message } from '../message.ts';
import type { Budget } from './budget.ts';
import type { DiagnoseInput } from './input.ts';
import type { Ledger } from './ledger.ts';
import type { ReceivedClaim, Spelling } from './received.ts';

/** What a request carries for a scheme. */
export interface Carried {
  readonly id: string;
  readonly timestamp: string | undefined;
  readonly item: unknown;
  readonly claims: readonly ReceivedClaim[];
}

/** One diagnosis under way. */
export interface Session {
  readonly input: DiagnoseInput;
  readonly budget: Budget;
  readonly ledger: Ledger;
  /** What was read of requests so far; most changes leave it as it is. */
  readonly carried: WeakMap<Subject, Carried | null>;
}

/** A scheme that was checked, with what it was checked with. */
export interface Subject<S extends SchemeDefinition = SchemeDefinition> {
  readonly provider: ProviderDefinition;
  readonly scheme: S;
  readonly message: Message;
  /** The configured secrets that are keys of the scheme. */
  readonly keys: readonly Key[];
  readonly companions: readonly string[];
  /** Which item of a list is looked at: the first that is not right. */
  readonly item: number;
}

/** What a cause is called and what it says; see `words.ts`. */
export interface Cause {
  readonly code: FindingCode;
  readonly message: string;
  readonly mend: string;
}

/** A changed check. What is absent stays as it is in the subject. */
export interface Change {
  readonly scheme?: SchemeDefinition;
  /** With other headers or another URL. */
  readonly message?: Message;
  /** Another body; cheaper than another message, because headers are not read again. */
  readonly body?: Uint8Array;
  readonly keys?: readonly Key[];
  readonly companions?: readonly string[];
  /** Another text of the timestamp in what was signed; null where there is none. */
  readonly retime?: (text: string) => string | null;
  /** What it means when the signature is right after this change. */
  readonly cause: (hit: Hit) => Cause;
}

/** A check that came out right. */
export interface Hit {
  readonly key: Key;
  readonly spelling: Spelling;
  /** Timestamp text that was signed; undefined where the scheme knows none. */
  readonly time: string | undefined;
  /** Where the check itself judged the time: how. */
  readonly judged?: 'expired' | 'future' | 'fresh';
}

/** Whether bytes are joined by a recipe. */
export function isRecipe(scheme: SchemeDefinition): scheme is RecipeScheme {
  return scheme.kind === undefined || scheme.kind === 'recipe';
}

/** Whether the subject's scheme is a recipe. */
export function hasRecipe(subject: Subject): subject is Subject<RecipeScheme> {
  return isRecipe(subject.scheme);
}

/** Whether every byte of the body is signed, directly or by a hash of it. */
export function coversBody(scheme: SchemeDefinition): boolean {
  switch (scheme.kind) {
    case 'token':
      return false;
    case 'jwt':
    case 'message-signature':
      return true;
    default:
      return (
        scheme.bodyHashQuery !== undefined ||
        scheme.recipe.some(({ kind }) => kind === 'body' || kind === 'body-hash' || kind === 'body-crc32')
      );
  }
}
