// What a signature provider is: data. One recipe verifies and signs; nothing here computes.

import type { HeaderPair } from '../headers.ts';
import type { SecretType } from '../secret-types.ts';
import type { HandshakeRule } from './handshake.ts';
import type { RequestCondition, ValueSource } from './sources.ts';

/** One piece of the string that is signed, in order. */
export type RecipePart =
  | { readonly kind: 'literal'; readonly text: string }
  /** The raw bytes as they came over the wire. */
  | { readonly kind: 'body' }
  /** The timestamp as it stands in the request; never reformatted. */
  | { readonly kind: 'timestamp' }
  /** The signed message id (see `idHeaders`). */
  | { readonly kind: 'id' }
  /** The secret's own text (only with the algorithm `hash`). */
  | { readonly kind: 'secret' }
  /** The text beside the key: PayPal's webhook id (see `companion`). */
  | { readonly kind: 'companion' }
  | { readonly kind: 'method' }
  /** The public URL from its scheme to its query. Escapes listed in `unescape` (`%3A`) are undone first. */
  | { readonly kind: 'url'; readonly unescape?: readonly string[] }
  /** Path and query of the URL. */
  | { readonly kind: 'path' }
  /** A header's value; empty when absent. */
  | { readonly kind: 'header'; readonly name: string }
  /** `name:value` of every header named in the comma list that header `list` holds, lower-cased, joined with `;`. */
  | { readonly kind: 'signed-headers'; readonly list: string }
  /** Decoded form fields, name and value joined, sorted by name (code units), repeats made unique. Needs a form body. */
  | { readonly kind: 'form' }
  /** A value in the JSON body (or in the item), text or number; empty when absent. */
  | { readonly kind: 'json'; readonly path: string }
  /** `Key\nvalue\n` for each of these members of the JSON body that is there (AWS SNS). */
  | { readonly kind: 'json-lines'; readonly keys: readonly string[] }
  /** Hash of the raw body. */
  | { readonly kind: 'body-hash'; readonly hash: 'sha256' | 'sha1' | 'sha512' | 'md5'; readonly encoding: Encoding }
  /** CRC-32 of the raw body as an unsigned decimal number. */
  | { readonly kind: 'body-crc32' };

/** How bytes are written as text. */
export type Encoding = 'hex' | 'base64' | 'base64url';

/** How the signature header is written. */
export type SignatureFormat =
  /** The bare value, perhaps after a prefix such as `sha256=`. */
  | { readonly kind: 'value'; readonly prefix: string }
  /** `v1=...,v1=...`: prefixed values in one header (PagerDuty). */
  | { readonly kind: 'list'; readonly separator: string; readonly prefix: string }
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
  /** Header names, one per header family; absent when the signature header itself or the body carries it. */
  readonly headers?: readonly string[];
  /** Dotted path into the JSON body, where the body carries it. */
  readonly path?: string;
  readonly unit: 'seconds' | 'milliseconds' | 'iso';
  /** Null: the provider names no limit, so age is judged only where an endpoint sets one. */
  readonly toleranceSeconds: number | null;
  /** `both`: too old and too new are refused; `age`: only age is looked at. */
  readonly direction: 'both' | 'age';
  /** The signature covers it. When not, a warning says so. */
  readonly signed: boolean;
  /** An age of exactly the tolerance is refused, compared in ms. */
  readonly exclusive?: true;
}

/** What every scheme has. */
interface SchemeBase {
  /** Id used by the vectors, for example `stripe-v1`. */
  readonly id: string;
  readonly secretType: SecretType;
  /** All must hold for the scheme to apply; used where one request could mean several schemes. */
  readonly conditions?: readonly RequestCondition[];
  /** A `whsec` secret without the prefix is used as text, as the provider's library does. */
  readonly bareSecretIsText?: true;
  /** Headers written with this scheme's signature besides those of the provider. */
  readonly headers?: readonly HeaderPair[];
  /** What a valid result does not prove, a sentence; shown as a warning. */
  readonly caveat?: string;
}

/** Bytes joined by a recipe, then signed or hashed. */
export interface RecipeScheme extends SchemeBase {
  readonly kind?: 'recipe';
  readonly algorithm:
    | { readonly kind: 'hmac'; readonly hash: 'sha256' | 'sha1' | 'sha512' }
    /** A plain hash with the secret inside the recipe. */
    | { readonly kind: 'hash'; readonly hash: 'sha256' }
    | { readonly kind: 'ed25519' }
    /** P-256 and SHA-256, signature in DER. */
    | { readonly kind: 'ecdsa' }
    /** PKCS#1 v1.5. */
    | { readonly kind: 'rsa'; readonly hash: 'sha256' | 'sha1' };
  readonly encoding: Encoding;
  readonly recipe: readonly RecipePart[];
  /**
   * Header names that may carry the signature, one per header family; the first is written when signing. Entry i of
   * this list, of `idHeaders` and of `timestamp.headers` belong together: families are tried whole, never mixed.
   * Empty where the body carries it.
   */
  readonly signatureHeaders: readonly string[];
  /** The signature header ends in `-1`; `-2` and so on may carry more of them, one per key (DocuSign). */
  readonly numbered?: true;
  /** Dotted path of the signature in the JSON body (or in the item), where the body carries it. */
  readonly signaturePath?: string;
  /** The body holds a list of items, each with its own signature: all must be right. */
  readonly items?: ItemList;
  readonly format: SignatureFormat;
  /** Header names of the signed message id, one per header family. */
  readonly idHeaders?: readonly string[];
  readonly timestamp?: TimestampRule;
  /** Name of a second secret, a text, that the recipe needs (`Webhook-ID`). */
  readonly companion?: string;
  /** Also tries the URL with the standard port of its scheme added or removed, as the provider's library does. */
  readonly alternatePorts?: true;
  /** The query parameter of this name must hold the body's SHA-256 in hex (Twilio). */
  readonly bodyHashQuery?: string;
  /** Where the certificate's address stands, and which addresses are the provider's. */
  readonly certificate?: CertificateRule;
}

/** A list in the JSON body: `path` of the list, and the member that holds an item (`NotificationRequestItem`). */
export interface ItemList {
  readonly path: string;
  readonly member?: string;
}

/** Whose certificates are believed. */
export interface CertificateRule {
  readonly source: ValueSource;
  /** Regular expression over a lower-case host name; the address must be https and without port or user. */
  readonly host: string;
  /** What the path must end with. */
  readonly pathEnd?: string;
}

/** No signature: the request carries the shared secret itself. */
export interface TokenScheme extends SchemeBase {
  readonly kind: 'token';
  /** Tried in order; the first place that is there counts. The first is written when signing. */
  readonly places: readonly TokenPlace[];
  /** The body holds a list of items, each with the token: all must be right. */
  readonly items?: ItemList;
}

/** Where a token stands. */
export type TokenPlace =
  | { readonly in: 'header'; readonly name: string; readonly prefix?: string }
  | { readonly in: 'query'; readonly name: string }
  /** In the JSON body, or in the item. */
  | { readonly in: 'json'; readonly path: string };

/** A compact JWS (RFC 7515) whose payload holds the hash of the body. */
export interface JwtScheme extends SchemeBase {
  readonly kind: 'jwt';
  readonly header: string;
  /** The only algorithm that is accepted; the token's own `alg` never chooses. */
  readonly algorithm: 'HS256' | 'ES256';
  /** Claim that holds the hex SHA-256 of the raw body. */
  readonly bodyHashClaim: string;
  readonly issuer?: string;
  /** Judged by `iat`; absent when the token carries no time. */
  readonly toleranceSeconds?: number;
}

/** HTTP message signatures (RFC 9421) with content digests (RFC 9530). */
export interface MessageSignatureScheme extends SchemeBase {
  readonly kind: 'message-signature';
  /** Components that are covered when signing. */
  readonly components: readonly string[];
}

/** One way of signing. */
export type SchemeDefinition = RecipeScheme | TokenScheme | JwtScheme | MessageSignatureScheme;

/** A ready-made event for composing. */
export interface SampleEvent {
  /** Event type, for example `invoice.paid`. */
  readonly name: string;
  readonly contentType: string;
  /**
   * Text with `{{uuid}}`, `{{now}}` (ISO time), `{{unix}}` (s) and `{{unixMs}}` still in it. Values are obviously fake.
   */
  readonly body: string;
  /** Extra headers besides those that the provider always sends. */
  readonly headers?: readonly HeaderPair[];
}

/** How the provider repeats a delivery that failed, as it publishes it. */
export interface RetryPolicy {
  /** One sentence for a person. */
  readonly summary: string;
  /** Waits between attempts, seconds; absent where the provider names only a total. */
  readonly delaysSeconds?: readonly number[];
  /** How long the provider waits for an answer, seconds. */
  readonly timeoutSeconds?: number;
}

/** How a new secret is made. */
export type SecretForm =
  /** 32 random bytes, encoded, after a prefix. */
  | { readonly kind?: 'text'; readonly prefix: string; readonly encoding: Encoding }
  /** A key pair that Hookbench makes and keeps; the public half goes to the receiver. */
  | { readonly kind: 'key-pair'; readonly pair: 'ed25519' | 'ec-p256' | 'rsa-2048'; readonly certificate?: true };

/**
 * How headers mark a request: a name is enough, or a name and how its value begins. A weak mark is one that others send
 * too: it counts only where neither another header nor the body tells.
 */
export type HeaderMark = string | { readonly name: string; readonly prefix: string; readonly weak?: true };

/** A provider of webhooks. */
export interface ProviderDefinition {
  /** As in the vectors, for example `standard-webhooks`. */
  readonly id: string;
  readonly name: string;
  readonly docsUrl: string;
  /** Marks (names in lower case) of which any shows a request of this provider. */
  readonly detect: readonly HeaderMark[];
  /** Where a request has marks of two providers, the higher one wins; 0 when absent. */
  readonly detectPriority?: number;
  /** Paths that are all there in a JSON body of this provider; looked at only where no header tells. */
  readonly detectJson?: readonly string[];
  /** Provider whose headers look the same; this one must then be chosen in the endpoint. */
  readonly looksLike?: string;
  /** From strong to weak. The first is used for signing; verifying takes the strongest whose signature was sent. */
  readonly schemes: readonly SchemeDefinition[];
  readonly deliveryId: readonly ValueSource[];
  readonly eventType: readonly ValueSource[];
  /**
   * Headers that the provider sends besides the signature. Values may hold `{{id}}` (message id), `{{event}}` (event
   * type), `{{eventBase}}` (event type up to its first dot) and `{{now}}` (ISO time of the signature). Those that need
   * an event are left out where there is none.
   */
  readonly headers: readonly HeaderPair[];
  readonly secretForm: SecretForm;
  /** Shown beside the field for the secret: where to find it and what it looks like. */
  readonly secretHint: string;
  readonly samples: readonly SampleEvent[];
  /** What the provider asks before or between events, and the answer it expects. */
  readonly handshakes?: readonly HandshakeRule[];
  /** Null where the provider publishes none. */
  readonly retry: RetryPolicy | null;
  /** What people who integrate it should know about its signature, short sentences. */
  readonly notes?: readonly string[];
}

/** Identity that makes a definition's literal types check in place. */
export function defineProvider(definition: ProviderDefinition): ProviderDefinition {
  return definition;
}
