// What a signature provider is: data. One recipe verifies and signs; nothing here computes.

import type { HeaderPair } from '../headers.ts';
import type { SecretType } from '../workspace.ts';

/** One piece of the string that is signed, in order. */
export type RecipePart =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'body' }
  | { readonly kind: 'timestamp' }
  | { readonly kind: 'id' };

/** Where a value stands in a request. Sources are tried in order. */
export type ValueSource =
  /** A header's value; what `suffix` gives, if anything, is added after a dot (`issues` and `opened`: `issues.opened`). */
  | { readonly from: 'header'; readonly name: string; readonly suffix?: readonly ValueSource[] }
  /** Dotted path into a JSON body. */
  | { readonly from: 'json'; readonly path: string }
  /** Field of a form body; with `path`, the field holds JSON and the value stands there. */
  | { readonly from: 'form'; readonly name: string; readonly path?: string };

/** How the signature header is written. */
export type SignatureFormat =
  /** The bare value, perhaps after a prefix such as `sha256=`. */
  | { readonly kind: 'value'; readonly prefix: string }
  /** `t=...,v1=...`: timestamp and signatures in one header (Stripe's form). */
  | {
      readonly kind: 'pairs';
      readonly separator: string;
      readonly timestampKey: string;
      readonly signatureKey: string;
    }
  /** `v1,BASE64 v1,BASE64`: versioned list (Standard Webhooks). */
  | { readonly kind: 'versions'; readonly version: string };

/** Time stamp of a scheme. */
export interface TimestampRule {
  /** Header names, one per header family; absent when the signature header itself carries it. */
  readonly headers?: readonly string[];
  readonly unit: 'seconds' | 'milliseconds' | 'iso';
  readonly toleranceSeconds: number;
  /** `both`: too old and too new are refused; `age`: only age is looked at. */
  readonly direction: 'both' | 'age';
  /** The MAC covers it. When not, a warning says so. */
  readonly signed: boolean;
}

/** One way of signing. */
export interface SchemeDefinition {
  /** Id used by the vectors, for example `stripe-v1`. */
  readonly id: string;
  readonly algorithm:
    { readonly kind: 'hmac'; readonly hash: 'sha256' | 'sha1' | 'sha512' } | { readonly kind: 'ed25519' };
  readonly encoding: 'hex' | 'base64' | 'base64url';
  readonly secretType: SecretType;
  readonly recipe: readonly RecipePart[];
  /**
   * Header names that may carry the signature, one per header family; the first is written when signing. Entry i of
   * this list, of `idHeaders` and of `timestamp.headers` belong together: families are tried whole, never mixed.
   */
  readonly signatureHeaders: readonly string[];
  readonly format: SignatureFormat;
  /** Header names of the signed message id, one per header family. */
  readonly idHeaders?: readonly string[];
  readonly timestamp?: TimestampRule;
}

/** A ready-made event for composing. */
export interface SampleEvent {
  /** Event type, for example `invoice.paid`. */
  readonly name: string;
  readonly contentType: string;
  /** Text with `{{uuid}}`, `{{now}}`, `{{unix}}` still in it. Values are obviously fake. */
  readonly body: string;
  /** Extra headers besides those that the provider always sends. */
  readonly headers?: readonly HeaderPair[];
}

/** A provider of webhooks. */
export interface ProviderDefinition {
  /** As in the vectors, for example `standard-webhooks`. */
  readonly id: string;
  readonly name: string;
  readonly docsUrl: string;
  /** Header names (lower case) of which any marks a request of this provider. */
  readonly detect: readonly string[];
  /** From strong to weak. The first is used for signing; verifying takes the strongest whose header was sent. */
  readonly schemes: readonly SchemeDefinition[];
  readonly deliveryId: readonly ValueSource[];
  readonly eventType: readonly ValueSource[];
  /**
   * Headers that the provider sends besides the signature. Values may hold `{{id}}` (message id), `{{event}}` (event
   * type), `{{eventBase}}` (event type up to its first dot) and `{{now}}` (ISO time of the signature). Those that need
   * an event are left out where there is none.
   */
  readonly headers: readonly HeaderPair[];
  /** How a new secret is written: 32 random bytes, encoded, after a prefix. */
  readonly secretForm: { readonly prefix: string; readonly encoding: 'hex' | 'base64' };
  /** Shown beside the field for the secret: where to find it and what it looks like. */
  readonly secretHint: string;
  readonly samples: readonly SampleEvent[];
}

/** Identity that makes a definition's literal types check in place. */
export function defineProvider(definition: ProviderDefinition): ProviderDefinition {
  return definition;
}
