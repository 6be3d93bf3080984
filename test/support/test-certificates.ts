// Certificates for loopback servers: a made-up authority and leaves that are good, expired or for another name. Keys
// are made anew in every run and trusted by nobody else.

import { generateKeyPairSync } from 'node:crypto';
import forge from 'node-forge';

/** A key and its certificate, PEM. */
export interface TestCertificate {
  readonly key: string;
  readonly cert: string;
}

/** An authority that signs what it is asked to. */
export interface TestAuthority extends TestCertificate {
  /** A leaf for `host`, valid from `fromDays` to `toDays` counted from now. */
  issue(host: string, fromDays?: number, toDays?: number): TestCertificate;
}

const dayMs = 86_400_000;

/** A new authority. */
export function createTestAuthority(): TestAuthority {
  const own = makeKeys();
  const name = [{ name: 'commonName', value: `Loopback test authority ${(authorities += 1)}` }];
  const cert = blank(own.publicKey, -1, 2);
  cert.setSubject(name);
  cert.setIssuer(name);
  cert.setExtensions([
    { name: 'basicConstraints', cA: true },
    { name: 'keyUsage', keyCertSign: true },
  ]);
  cert.sign(own.privateKey, forge.md.sha256.create());
  return {
    key: own.pem,
    cert: forge.pki.certificateToPem(cert),
    issue: (host, fromDays = -1, toDays = 2) => {
      const keys = makeKeys();
      const leaf = blank(keys.publicKey, fromDays, toDays);
      leaf.setSubject([{ name: 'commonName', value: host }]);
      leaf.setIssuer(name);
      leaf.setExtensions([{ name: 'subjectAltName', altNames: [{ type: 2, value: host }] }]);
      leaf.sign(own.privateKey, forge.md.sha256.create());
      return { key: keys.pem, cert: forge.pki.certificateToPem(leaf) };
    },
  };
}

/** A certificate for `host` that nobody else signed. */
export function createSelfSigned(host: string): TestCertificate {
  const keys = makeKeys();
  const cert = blank(keys.publicKey, -1, 2);
  const name = [{ name: 'commonName', value: host }];
  cert.setSubject(name);
  cert.setIssuer(name);
  cert.setExtensions([{ name: 'subjectAltName', altNames: [{ type: 2, value: host }] }]);
  cert.sign(keys.privateKey, forge.md.sha256.create());
  return { key: keys.pem, cert: forge.pki.certificateToPem(cert) };
}

function makeKeys(): {
  readonly pem: string;
  readonly privateKey: forge.pki.rsa.PrivateKey;
  readonly publicKey: forge.pki.rsa.PublicKey;
} {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const key = forge.pki.privateKeyFromPem(pem);
  return { pem, privateKey: key, publicKey: forge.pki.setRsaPublicKey(key.n, key.e) };
}

let serial = 0;
let authorities = 0;

function blank(publicKey: forge.pki.rsa.PublicKey, fromDays: number, toDays: number): forge.pki.Certificate {
  const cert = forge.pki.createCertificate();
  cert.publicKey = publicKey;
  serial += 1;
  cert.serialNumber = serial.toString(16).padStart(2, '0');
  cert.validity.notBefore = new Date(Date.now() + fromDays * dayMs);
  cert.validity.notAfter = new Date(Date.now() + toDays * dayMs);
  return cert;
}
