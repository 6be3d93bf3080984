// What a handshake is: data. A provider asks before it sends events, or between them, and expects a certain answer.

import type { HeaderPair } from '../headers.ts';
import type { RequestCondition, ValueSource } from './sources.ts';

/** The answer to a handshake. */
export type HandshakeAnswer =
  /** The value as the whole body. */
  | { readonly kind: 'echo'; readonly source: ValueSource; readonly headers: readonly HeaderPair[] }
  /** The value of a request header in a response header of this name. */
  | {
      readonly kind: 'echo-header';
      readonly from: string;
      readonly to: string;
      readonly headers: readonly HeaderPair[];
    }
  | {
      readonly kind: 'fixed';
      readonly status: number;
      readonly headers: readonly HeaderPair[];
      readonly body: string;
    }
  /** A JSON object with the value under `plain`, and its HMAC-SHA256 in hex under `hashed` (Zoom). */
  | { readonly kind: 'hmac-json'; readonly source: ValueSource; readonly plain: string; readonly hashed: string }
  /**
   * A JSON object with the HMAC of a token under `name`, where the request is not signed itself (X's CRC). The same
   * secret signs events, so only tokens that cannot be the body of one are answered: letters, digits and `+/=_.-`.
   */
  | { readonly kind: 'hmac-token'; readonly source: ValueSource; readonly name: string; readonly prefix: string }
  /** The provider waits for a GET of the address; made only when the person says so. Answered with 200 meanwhile. */
  | { readonly kind: 'fetch'; readonly source: ValueSource };

/** One handshake of a provider. */
export interface HandshakeRule {
  /** As the provider calls it, for example `url_verification`. */
  readonly name: string;
  readonly method: string;
  /** All must hold. */
  readonly conditions: readonly RequestCondition[];
  /**
   * `checked`: answered when the signature is valid, or when no secret is configured; else refused with `refusedStatus`
   * (without one: handled as any other request). `unsigned`: the provider does not sign it.
   */
  readonly signature: 'checked' | 'unsigned';
  readonly refusedStatus?: number;
  /** Value that must equal one of the endpoint's secrets (Meta's verify token); without any secret it is refused. */
  readonly token?: ValueSource;
  readonly answer: HandshakeAnswer;
  /** A secret or token is in the request: it is masked in exports. */
  readonly holdsSecret?: true;
  /** Where the secret stands with which later requests are signed. */
  readonly brings?: ValueSource;
}
