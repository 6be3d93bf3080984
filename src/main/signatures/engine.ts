// What every kind of scheme can do: check a message, sign one, and show how. verify, sign and explain choose the scheme
// and the keys; the rest is the kind's own business.

import type { SignatureMode } from '../../shared/delivery.ts';
import type { SignatureView, UrlSource, Verdict } from '../../shared/exchange.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import type { ProviderDefinition, SchemeDefinition } from '../../shared/providers/define.ts';
import type { Key } from './keys.ts';
import type { Message } from './message.ts';

/** One message, one scheme, and the keys that fit it. */
export interface SchemeContext<S extends SchemeDefinition = SchemeDefinition> {
  readonly provider: ProviderDefinition;
  readonly scheme: S;
  readonly message: Message;
  readonly keys: readonly Key[];
  /** Texts beside the keys, where the scheme needs one (PayPal's webhook id). */
  readonly companions: readonly string[];
  /** Epoch ms. */
  readonly now: number;
}

/** A check. */
export interface CheckContext<S extends SchemeDefinition = SchemeDefinition> extends SchemeContext<S> {
  /** Replaces the scheme's own. */
  readonly toleranceSeconds: number | undefined;
  readonly urlSource: UrlSource;
}

/** A signature to be made; without keys everything but the signature is written. */
export interface SignContext<S extends SchemeDefinition = SchemeDefinition> extends SchemeContext<S> {
  readonly messageId: string;
  /** Headers as they were given, old signatures included: they tell the header family. */
  readonly given: readonly HeaderPair[];
  /** Time to be signed, epoch ms. */
  readonly at: number;
  readonly mode: SignatureMode;
}

/** What signing adds. */
export interface SignedParts {
  /** Headers to set, in order. */
  readonly fields: readonly HeaderPair[];
  /** The body, changed where it carries the signature or the time. */
  readonly body: Uint8Array;
  /** The URL, changed where it carries a hash. */
  readonly url: string;
  /** What could not be done, one sentence. */
  readonly note?: string;
}

/** One kind of scheme. */
export interface SchemeEngine<S extends SchemeDefinition> {
  /** Never throws for anything in the message. */
  check(context: CheckContext<S>): Verdict;
  sign(context: SignContext<S>): SignedParts;
  /** How the check is made. Holds no secret: tokens and secret parts of a recipe are written as dots. */
  view(context: SchemeContext<S>): SignatureView;
  /** Names of every header that carries the signature or belongs to it alone. */
  headerNames(scheme: S): readonly string[];
}
