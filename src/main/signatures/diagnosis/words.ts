// What a cause says to a person: one sentence on what happened, one on what to change. Secrets and endpoints are named
// by name only; header values and addresses with their query are never repeated, because they may hold secrets.

import type { FindingCode } from '../../../shared/findings.ts';
import type { Encoding, TimestampRule } from '../../../shared/providers/define.ts';
import { describeDuration } from '../timestamp.ts';
import type { Spelling } from './received.ts';
import type { Cause } from './subject.ts';

/** A header, or a part in the body, that was not sent. `place` says where it stands. */
export function headerMissing(place: string, provider: string): Cause {
  return {
    code: 'header-missing',
    message: `The request arrived without ${place}: the sender left it out, or something on the way dropped it.`,
    mend: `Check that ${provider} is set to sign its webhooks, and that every proxy and tunnel on the way passes ${place} on.`,
  };
}

/** As {@link headerMissing}, where something was sent that is not right, and nobody can tell whether it would be. */
export function headerAbsent(place: string, provider: string): Cause {
  return {
    ...headerMissing(place, provider),
    message: `The request arrived without ${place}, which the signature needs; whether it would be right with it cannot be told.`,
  };
}

/** A header that arrived under another name. */
export function headerRenamed(name: string, arrived: string): Cause {
  return {
    code: 'header-missing',
    message: `The request arrived without header ${name}; the signature is right with the value of header ${arrived}, so something on the way renamed it.`,
    mend: `Let the proxy or tunnel pass header ${name} on under its own name.`,
  };
}

/** Only one of the values of a header is right, or nobody can say which. */
export function headerRepeated(name: string, right: number | null): Cause {
  const which = right === null ? 'with different values' : `and the signature is right with value ${right} alone`;
  return {
    code: 'header-repeated',
    message: `Header ${name} arrived more than once, ${which}.`,
    mend: `Find what adds or joins header ${name} on the way, usually a proxy, and let it pass the header on once.`,
  };
}

/** Signed too long ago. `allowedMs` is undefined where the signature names its own end. */
export function replayedLate(ageMs: number | undefined, allowedMs: number | undefined): Cause {
  const when = ageMs === undefined ? 'its time is over' : `it was made ${describeDuration(ageMs)} ago`;
  const limit = allowedMs === undefined ? '' : `, and at most ${describeDuration(allowedMs)} are allowed`;
  return {
    code: 'replayed-late',
    message: `The signature is right, but ${when}${limit}: the request was replayed, or delivered late.`,
    mend: 'Sign the request anew when replaying it, or give the endpoint a larger tolerance while testing.',
  };
}

/** Signed ahead of this machine's clock. */
export function clockSkew(aheadMs: number | undefined): Cause {
  const far = aheadMs === undefined ? '' : `${describeDuration(aheadMs)} `;
  return {
    code: 'clock-skew',
    message: `The signature is right, but dated ${far}ahead of this machine’s clock.`,
    mend: 'Set the clocks of this machine and of the sender by a time server; one of the two is wrong.',
  };
}

/** The time is right in another unit or notation. */
export function timestampUnit(unit: TimestampRule['unit'] | undefined): Cause {
  const wanted = unit === undefined ? 'the one' : unit === 'iso' ? 'the ISO 8601 time' : `the ${unit}`;
  return {
    code: 'timestamp-unit',
    message: `The signature is right when its timestamp is read or written in another unit than ${wanted} that this scheme uses.`,
    mend: 'Make sender and receiver use the unit that the scheme prescribes, and sign the very text that is sent.',
  };
}

/** A secret that is not configured for this check. */
export function otherSecret(name: string, endpoint: string | null): Cause {
  return endpoint === null
    ? {
        code: 'other-secret',
        message: `The signature was made with secret “${name}”, which is stored but not configured for this check.`,
        mend: `Add secret “${name}” to the endpoint, or let the sender sign with the endpoint’s own.`,
      }
    : {
        code: 'other-endpoint-secret',
        message: `The signature was made with secret “${name}” of endpoint “${endpoint}”.`,
        mend: `Send these webhooks to endpoint “${endpoint}”, or add secret “${name}” to this endpoint.`,
      };
}

/** The secret's text is used in another way than the scheme says. `how` follows "when". */
export function secretEncoding(name: string, how: string): Cause {
  return {
    code: 'secret-encoding',
    message: `Secret “${name}” gives this signature when ${how}.`,
    mend: `Enter secret “${name}” exactly as the provider shows it, and make sender and handler turn it into a key as the scheme says.`,
  };
}

/** Stray characters around the secret. `how` follows "when". */
export function secretWhitespace(name: string, how: string): Cause {
  return {
    code: 'secret-whitespace',
    message: `Secret “${name}” gives this signature when ${how}.`,
    mend: `Enter secret “${name}” again without white space or quotes, and look for them where the handler or the sender reads it.`,
  };
}

/** The request is signed as another provider, or another scheme of this one, signs. */
export function otherScheme(signer: string, secret: string): Cause {
  return {
    code: 'other-scheme',
    message: `The request is signed as ${signer} signs, with secret “${secret}”.`,
    mend: `Choose ${signer} as the provider of this endpoint, and verify with its scheme in the handler.`,
  };
}

/** What is signed is joined as another provider joins it; both in words. */
export function otherRecipe(provider: string, used: string, wanted: string): Cause {
  return {
    code: 'other-scheme',
    message: `The signature is right for ${used}, as ${provider} signs, but this scheme signs ${wanted}.`,
    mend: `Make the sender sign ${wanted}, or choose the provider whose scheme the sender follows.`,
  };
}

const encodings: Readonly<Record<Encoding, string>> = {
  hex: 'hexadecimal digits in lower case',
  base64: 'base64 with padding',
  base64url: 'base64url without padding',
};

/** The signature is right, but written in another way. */
export function signatureEncoding(spelling: Spelling, encoding: Encoding | null, place: string): Cause {
  return {
    code: 'signature-encoding',
    message: `The signature in ${place} is right, but ${spelledAs[spelling]}.`,
    mend:
      encoding === null
        ? `Write ${place} exactly as the scheme prescribes, and let nothing on the way rewrite it.`
        : `Write the signature in ${place} exactly as the scheme prescribes, in ${encodings[encoding]}, and let nothing on the way rewrite it.`,
  };
}

const spelledAs: Readonly<Record<Spelling, string>> = {
  same: 'blanks, quotes, its prefix or other marks around it are not as they must be',
  hex: 'written as hexadecimal digits',
  base64: 'written in base64',
  base64url: 'written in base64url',
  'upper-case': 'its hexadecimal digits are in upper case',
  'case-changed': 'upper and lower case were changed on the way',
  unpadded: 'its base64 padding is not as it must be',
  'base64-of-hex': 'written as base64 of its hexadecimal digits',
  raw: 'holds r and s side by side instead of DER',
  cut: 'only a part of it arrived',
};

/** The sender used another algorithm. `isSure` when the signature was computed with it and is right. */
export function otherAlgorithm(used: string, wanted: string, isSure: boolean): Cause {
  return {
    code: 'other-algorithm',
    message: isSure
      ? `The signature is right for ${used}, but this scheme uses ${wanted}.`
      : `The signature says that it is made with ${used}, but this check uses ${wanted}; whether it is right was not computed.`,
    mend: `Make the sender sign with ${wanted}, or choose the scheme that uses ${used} if the provider has one.`,
  };
}

/** A part of the signature is lost. `isSure` when the rest was computed and is right. */
export function signatureCut(place: string, isSure: boolean): Cause {
  return {
    code: 'signature-cut',
    message: isSure
      ? `Only a part of the signature arrived in ${place}; that part is right.`
      : `The signature in ${place} is shorter than a whole one of this kind, so a part of it is lost; what is left cannot be checked.`,
    mend: `Find what shortens ${place}: a database column, a log, a copied line or a proxy’s limit.`,
  };
}

/** A cause that lies in the body. `what` continues "The signature is right for". */
export function bodyCause(code: Extract<FindingCode, `body-${string}`>, what: string): Cause {
  return { code, message: `The signature is right for ${what}.`, mend: bodyMends[code] };
}

const bodyMends: Readonly<Record<Extract<FindingCode, `body-${string}`>, string>> = {
  'body-reserialized':
    'Verify the raw bytes of the body, before a parser, a middleware or a proxy parses and writes them again.',
  'body-newline':
    'Verify the raw bytes of the body, and let no editor, shell or proxy add, drop or change line ends in them.',
  'body-bom': 'Verify the raw bytes of the body, and let nothing add or drop the byte order mark at its beginning.',
  'body-decompressed':
    'Verify the bytes that the sender signed: before or after decompression, as the provider documents it.',
  'body-charset': 'Verify the raw bytes of the body instead of text decoded from them, and let nothing recode them.',
  'body-form-reencoded': 'Verify the raw bytes of the form, before anything decodes and encodes its fields again.',
};

/** A cause that lies in the URL. `what` continues "The signature is right". */
export function urlCause(code: Extract<FindingCode, `url-${string}`>, what: string, isConfigured: boolean): Cause {
  return {
    code,
    message: `The signature is right ${what}${isConfigured ? ' of the URL that is configured at the endpoint' : ''}.`,
    mend: isConfigured
      ? 'Set the endpoint’s public URL to exactly the one that is entered at the provider.'
      : 'Set the endpoint’s public URL to exactly the one that is entered at the provider, and let the handler verify with that one instead of the URL it sees behind proxies.',
  };
}

/** A query parameter that is signed and did not arrive. Nothing is computed: its value is not known. */
export function queryLost(name: string): Cause {
  return {
    code: 'url-query',
    message: `The signature covers ${name}, which did not arrive; whether it would be right with it cannot be told.`,
    mend: 'Let every proxy and tunnel on the way pass the query of the URL on as it is, and set the endpoint’s public URL to exactly the one that is entered at the provider.',
  };
}

/** Nothing fits. `signatures` is how many were compared; `wasStopped` when not everything could be tried. */
export function noKnownCause(signatures: number, wasStopped: boolean): Cause {
  const which = signatures > 1 ? `None of the ${signatures} signatures comes` : 'The signature does not come';
  const stopped = wasStopped ? ', as far as they could be tried on a body of this size' : '';
  return {
    code: 'no-known-cause',
    message: `${which} out right with any of the known mistakes${stopped}.`,
    mend: 'Compare the configured secret with the one the provider shows, and the signed bytes with what it says it signs.',
  };
}
