// Test key pairs for providers that sign with a private key: Hookbench makes and keeps one, so that it can sign like
// the provider, and shows the public half in the form that a handler is given.

import { createPrivateKey, createPublicKey, generateKeyPair, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { ProviderDefinition, SecretForm } from '../../shared/providers/define.ts';
import type { PublicKeyForm } from '../../shared/contract.ts';
import type { SecretType } from '../../shared/secret-types.ts';

type PairForm = Extract<SecretForm, { kind: 'key-pair' }>;

const yearMs = 365 * 86_400_000;

/**
 * A new key pair for the provider as one text: PEM of the private key (PKCS#8), after it a self-signed certificate
 * where the provider hands out certificates, before it a line `NAME: value` where its signature needs a second text.
 * Null for a provider with shared secrets. `now` is epoch ms.
 */
export async function newKeyPair(provider: ProviderDefinition, now: number): Promise<string | null> {
  const form = provider.secretForm;
  if (form.kind !== 'key-pair') return null;
  const privateKey = await generatePrivate(form);
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  const companion = provider.schemes.map((scheme) => ('companion' in scheme ? scheme.companion : undefined))[0];
  const line = companion === undefined ? '' : `${companion}: HOOKBENCH-TEST\n`;
  return `${line}${pem}${form.certificate ? await selfSigned(pem, now) : ''}`;
}

function generatePrivate(form: PairForm): Promise<KeyObject> {
  switch (form.pair) {
    case 'ed25519':
      return privateKeyOf((done) => generateKeyPair('ed25519', {}, done));
    case 'ec-p256':
      return privateKeyOf((done) => generateKeyPair('ec', { namedCurve: 'P-256' }, done));
    case 'rsa-2048':
      return privateKeyOf((done) => generateKeyPair('rsa', { modulusLength: 2048 }, done));
  }
}

function privateKeyOf(
  generate: (done: (error: Error | null, publicKey: KeyObject, privateKey: KeyObject) => void) => void,
): Promise<KeyObject> {
  return new Promise((resolve, reject) => {
    generate((error, _publicKey, privateKey) => (error ? reject(error) : resolve(privateKey)));
  });
}

/** A certificate of the key for ten years, in PEM. */
async function selfSigned(privatePem: string, now: number): Promise<string> {
  // Loaded when first needed: it is large, and few people sign with certificates.
  const { default: forge } = await import('node-forge');
  const privateKey = forge.pki.privateKeyFromPem(privatePem);
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.setRsaPublicKey(privateKey.n, privateKey.e);
  certificate.serialNumber = '01';
  certificate.validity.notBefore = new Date(now - yearMs / 365);
  certificate.validity.notAfter = new Date(now + 10 * yearMs);
  const name = [{ name: 'commonName', value: 'Hookbench test key' }];
  certificate.setSubject(name);
  certificate.setIssuer(name);
  certificate.sign(privateKey, forge.md.sha256.create());
  return forge.pki.certificateToPem(certificate).replaceAll('\r\n', '\n');
}

/**
 * The public half of a private key, in the form that the provider's handlers take; null when `secret` holds no private
 * key. Never holds anything of the private half.
 */
export function publicFormOf(secret: string, type: SecretType): PublicKeyForm | null {
  if (!secret.includes('PRIVATE KEY-----')) return null;
  const certificate = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/.exec(secret)?.[0];
  try {
    if (certificate !== undefined && type === 'x509-pem') {
      return { label: 'Certificate, PEM', text: `${new X509Certificate(certificate).toString().trim()}\n` };
    }
    return publicText(createPublicKey(createPrivateKey(secret.slice(secret.indexOf('-----BEGIN')))), type);
  } catch {
    return null;
  }
}

function publicText(key: KeyObject, type: SecretType): PublicKeyForm {
  const der = key.export({ format: 'der', type: 'spki' });
  switch (type) {
    case 'ed25519-public-hex':
      return { label: 'Public key, 64 hexadecimal digits', text: der.subarray(-32).toString('hex') };
    case 'ecdsa-p256-spki-base64':
      return { label: 'Public key, base64', text: der.toString('base64') };
    case 'jwk':
      return { label: 'Public key, JWK', text: JSON.stringify({ ...key.export({ format: 'jwk' }), alg: 'ES256', use: 'sig' }) }; // prettier-ignore
    default:
      return { label: 'Public key, PEM', text: key.export({ format: 'pem', type: 'spki' }).toString() };
  }
}
