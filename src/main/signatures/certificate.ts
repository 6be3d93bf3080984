// Which certificate a request names. An address from a request decides nothing but which of the certificates that the
// person gave may count: Hookbench never fetches one by itself.

import type { CertificateRule, RecipeScheme } from '../../shared/providers/define.ts';
import { valueReader } from '../../shared/providers/read-value.ts';
import type { Message } from './message.ts';

/** The address that the request names, or null. */
export function certificateAddress(rule: CertificateRule, message: Message): string | null {
  return valueReader(message)([rule.source]);
}

/** Why the address that the request names is not the provider's, a sentence; null when it is, or none is needed. */
export function certificateProblem(scheme: RecipeScheme, message: Message): string | null {
  const { certificate } = scheme;
  if (certificate === undefined) return null;
  const address = certificateAddress(certificate, message);
  if (address === null) return 'the request names no certificate';
  return isTrustedAddress(certificate, address)
    ? null
    : 'the certificate’s address in the request is not one of the provider’s';
}

/** Whether the address is https, without user and port, at a host of the provider. */
export function isTrustedAddress(rule: CertificateRule, address: string): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  return (
    url.protocol === 'https:' &&
    url.username === '' &&
    url.password === '' &&
    url.port === '' &&
    new RegExp(`^(?:${rule.host})$`).test(url.hostname) &&
    url.pathname.endsWith(rule.pathEnd ?? '')
  );
}
