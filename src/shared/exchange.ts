// What was received and what Hookbench says about it. Pure data: the receiver makes a CapturedRequest,
// the pipeline adds the judgement, the store keeps both, the window and the command line show summaries.

import type { FindingCode } from './findings.ts';
import type { ForwardResult } from './forwards.ts';
import type { HeaderPair } from './headers.ts';
import type { ReplyBy, ReplyRecord } from './replies.ts';

/** One received request, exactly as it came over the wire. Immutable. */
export interface CapturedRequest {
  /** `req_` and 20 characters; never reused. */
  readonly id: string;
  /** Rises by one per request, in order of request start. */
  readonly seq: number;
  /** Wall clock at request start, epoch ms. */
  readonly receivedAt: number;
  readonly method: string;
  /** The request target as sent (origin, absolute or asterisk form), not normalised. */
  readonly target: string;
  /** As sent, for example `1.1`. */
  readonly httpVersion: string;
  readonly headers: readonly HeaderPair[];
  readonly trailers: readonly HeaderPair[];
  /** Of the socket, never from a header. */
  readonly remoteAddress: string;
  /** The body bytes that were kept; the whole body unless `truncated`. Never decoded. */
  readonly body: Uint8Array;
  /** Body size in bytes: counted, or declared where the request was refused from its header alone. */
  readonly size: number;
  /** The body was larger than the limit and only its head was kept. */
  readonly truncated: boolean;
  /** Lower-case hex SHA-256 of the kept body. */
  readonly sha256: string;
}

/** What is known of a request before its body. */
export type RequestHead = Pick<CapturedRequest, 'method' | 'target' | 'headers' | 'remoteAddress'>;

/** How a signature check ended. */
export type VerdictStatus =
  'valid' | 'invalid' | 'missing' | 'expired' | 'future' | 'malformed' | 'unsupported' | 'unverified';

/** One cause that was found for a failed check. */
export interface Finding {
  readonly code: FindingCode;
  /** What happened, a sentence for a person. */
  readonly message: string;
  /** What to change, a sentence; empty where nothing is known. */
  readonly mend: string;
}

/** How the URL that a check used is known: set at the endpoint, told by a trusted tunnel, or as it arrived. */
export type UrlSource = 'configured' | 'forwarded' | 'received';

/** The judgement on a signature: data, never an exception. */
export interface Verdict {
  readonly status: VerdictStatus;
  /** Stable code, for example `signature-mismatch`. */
  readonly reason: string;
  /** One sentence for a person. */
  readonly message: string;
  /** What a valid signature does not cover. */
  readonly warnings: readonly string[];
  readonly diagnosis: readonly Finding[];
  /** Scheme that was applied, for example `stripe-v1`. */
  readonly scheme?: string;
  /** Name (never the value) of the secret that matched. */
  readonly secretName?: string;
  /** Signed or claimed time, epoch ms. */
  readonly timestampAt?: number;
  /** Tolerance that was applied, ms. */
  readonly toleranceMs?: number;
  /** The URL that was checked, where the scheme signs it. */
  readonly url?: string;
  readonly urlSource?: UrlSource;
  /** Which signature of several was right, counted from 1. */
  readonly match?: { readonly n: number; readonly of: number };
}

/** Relation of a request to earlier ones within the window. */
export type DuplicateKind = 'first' | 'retry' | 'conflict' | 'same-body';

/** Which earlier request this one repeats, if any. */
export interface DuplicateVerdict {
  readonly kind: DuplicateKind;
  /** Id of the first request of the group; null for `first`. */
  readonly of: string | null;
  /** Position in the group, 1 for the first. */
  readonly n: number;
}

/** What was answered, or is planned to be. */
export interface ReplySummary {
  /** Null where a forward decides. */
  readonly status: number | null;
  /** A provider handshake was answered. */
  readonly challenge: boolean;
  /** Who decided it; absent in requests stored before this was kept. */
  readonly by?: ReplyBy;
  /** From request start to the end of the reply, ms; absent while in flight. */
  readonly ms?: number;
}

/** A row of the inbox (about 300 bytes): everything but headers and body. */
export interface ExchangeSummary {
  readonly id: string;
  readonly seq: number;
  readonly receivedAt: number;
  readonly method: string;
  readonly target: string;
  /** Id of the endpoint; `default` for the catch-all. */
  readonly endpoint: string;
  readonly provider: string | null;
  readonly event: string | null;
  readonly deliveryId: string | null;
  readonly remoteAddress: string;
  readonly size: number;
  readonly truncated: boolean;
  readonly sha256: string;
  readonly verdict: Verdict;
  readonly duplicate: DuplicateVerdict;
  readonly reply: ReplySummary;
  /** It never arrived here: it was fetched from the provider's API later. */
  readonly pulled?: true;
  /** It never arrived here: it was read from a file. */
  readonly imported?: true;
  /** A web page sent it (Origin, or Sec-Fetch-Site other than none or same-origin): no provider does. */
  readonly webPage?: true;
  /** Address of the sender as a tunnel that is trusted tells it. */
  readonly sender?: string;
  /** It stays when old requests are removed. */
  readonly pinned?: true;
  /** A person's own words about it. */
  readonly note?: string;
}

/** One request in full, without its body (fetched in slices). */
export interface ExchangeDetail extends ExchangeSummary {
  readonly httpVersion: string;
  readonly headers: readonly HeaderPair[];
  readonly trailers: readonly HeaderPair[];
  /** Body bytes that are stored; less than `size` when truncated. */
  readonly storedSize: number;
  readonly signature: SignatureView | null;
  /** All requests of the same group, oldest first, this one included. */
  readonly group: readonly ExchangeSummary[];
  /** Ids of deliveries that replayed this request. */
  readonly replays: readonly string[];
  /** What was answered, in full; null where that was not kept (pulled, stored by an older version). */
  readonly replyRecord: ReplyRecord | null;
  /** What became of each forward, in order. */
  readonly forwards: readonly ForwardResult[];
  /** A handshake that waits for the person: this address is fetched on a click (AWS SNS). */
  readonly needsConsent: { readonly fetch: string } | null;
  /** It is a handshake that brought the secret of later requests (Asana, Notion): it can be kept on a click. */
  readonly bringsSecret: boolean;
}

/** What the Signature tab shows: how the check was made, byte for byte. */
export interface SignatureView {
  /** For example `HMAC-SHA256, hex`. */
  readonly algorithm: string;
  /** Where the signature stands, in words: `header Stripe-Signature`, `body’s signature.token`. */
  readonly place: string;
  /** As it stands there; null when it was not sent, or when it is a shared secret. */
  readonly received: string | null;
  /** What a configured secret would give, first 5 secrets; empty without secrets or where only public keys are known. */
  readonly expected: readonly { readonly secretName: string; readonly value: string }[];
  /** Each signature that was compared, and the secret that gives it. */
  readonly signatures: readonly { readonly text: string; readonly secretName: string | null }[];
  /** The exact bytes that are signed, first 64 KiB; secrets among them are written as dots. */
  readonly signedBytes: Uint8Array;
  readonly signedSize: number;
  /** What the recipe joins, in words: `timestamp + "." + body`. */
  readonly recipe: string;
}

/** Why something on the socket did not become a request. */
export type RefusedReason =
  | 'bad-request'
  | 'headers-too-large'
  | 'timeout'
  | 'aborted'
  | 'busy'
  | 'access'
  | 'rate'
  | 'quota'
  /** Nothing takes this path: the catch-all, or the endpoint, is switched off. */
  | 'no-endpoint'
  | 'not-stored';

/** A refused or incomplete request: listed, not stored as a request. */
export interface RefusedEntry {
  readonly reason: RefusedReason;
  /** Status that was sent; null when the socket closed without one. */
  readonly status: number | null;
  /** Epoch ms. */
  readonly at: number;
  readonly remoteAddress: string;
  /** Bytes that were seen. */
  readonly bytes: number;
  /** The first bytes, at most 4 KiB. */
  readonly head: Uint8Array;
}
