// Turns what Node reports about a failed connection into one of the closed outcomes and a sentence for a person.

import type { AttemptOutcome } from '../../shared/delivery.ts';

/** Why no usable reply arrived. */
export interface WireFailure {
  readonly outcome: AttemptOutcome;
  /** A sentence without a full stop, for example `connection refused`. */
  readonly message: string;
}

const known: Readonly<Record<string, WireFailure>> = {
  ECONNREFUSED: { outcome: 'refused', message: 'connection refused' },
  EHOSTUNREACH: { outcome: 'refused', message: 'no route to the host' },
  ENETUNREACH: { outcome: 'refused', message: 'network unreachable' },
  EADDRNOTAVAIL: { outcome: 'refused', message: 'the address cannot be reached from here' },
  ENOTFOUND: { outcome: 'dns', message: 'the host name does not exist' },
  EAI_AGAIN: { outcome: 'dns', message: 'the name server did not answer' },
  ECONNRESET: { outcome: 'reset', message: 'the target closed the connection without a reply' },
  EPIPE: { outcome: 'reset', message: 'the target closed the connection while the request was sent' },
  ETIMEDOUT: { outcome: 'timeout-connect', message: 'the connection could not be made in time' },
  HPE_HEADER_OVERFLOW: { outcome: 'bad-response', message: 'the reply has more than 16 KiB of headers' },
  CERT_HAS_EXPIRED: { outcome: 'tls', message: 'the certificate has expired' },
  CERT_NOT_YET_VALID: { outcome: 'tls', message: 'the certificate is not valid yet' },
  DEPTH_ZERO_SELF_SIGNED_CERT: { outcome: 'tls', message: 'the certificate is self-signed' },
  SELF_SIGNED_CERT_IN_CHAIN: { outcome: 'tls', message: 'the certificate chain ends in a self-signed certificate' },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: { outcome: 'tls', message: 'the issuer of the certificate is not known' },
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: { outcome: 'tls', message: 'the issuer of the certificate is not known' },
  ERR_TLS_CERT_ALTNAME_INVALID: { outcome: 'tls', message: 'the certificate is for another host name' },
  ERR_SSL_WRONG_VERSION_NUMBER: { outcome: 'tls', message: 'the target does not speak TLS on this port' },
};

/** Node's own codes, and OpenSSL's names of what is wrong with a certificate, which have no prefix in common. */
const tlsCode =
  /^(ERR_SSL|ERR_TLS|CERT_|CRL_|UNABLE_TO_|SELF_SIGNED_|ERROR_IN_C|INVALID_(CA|PURPOSE)|PATH_LENGTH_|HOSTNAME_MISMATCH)/;

/** The outcome of `error`; `connected` tells a refusal from a broken connection where the code does not. */
export function wireFailure(error: unknown, connected: boolean): WireFailure {
  const code = codeOf(error);
  const hit = Object.hasOwn(known, code) ? known[code] : undefined;
  if (hit) return hit;
  if (code.startsWith('HPE_')) return { outcome: 'bad-response', message: `the reply is not valid HTTP (${code})` };
  if (code === 'EPROTO' || tlsCode.test(code)) {
    return { outcome: 'tls', message: `TLS failed (${code})` };
  }
  if (code.startsWith('EAI_')) return { outcome: 'dns', message: `the name could not be looked up (${code})` };
  const label = code === '' ? 'unknown error' : code;
  return connected
    ? { outcome: 'reset', message: `the connection broke (${label})` }
    : { outcome: 'refused', message: `the connection could not be made (${label})` };
}

function codeOf(error: unknown): string {
  // Several addresses were tried: every one failed, the first says most.
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  const code = error instanceof Error && 'code' in error ? error.code : '';
  return typeof code === 'string' ? code : '';
}
