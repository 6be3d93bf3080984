// The forms in which secrets are written.

/** How a secret's text becomes a key; as in the vectors. */
export const secretTypes = [
  'utf8',
  'whsec',
  'hex',
  'whpk-ed25519',
  'whsk-ed25519',
  /** 64 hex digits; a private key in PEM also signs. */
  'ed25519-public-hex',
  /** Base64 of the SPKI form; a private key in PEM also signs. */
  'ecdsa-p256-spki-base64',
  /** A certificate in PEM, or a bundle with its private key. */
  'x509-pem',
  /** A public or private key as JSON Web Key (RFC 7517). */
  'jwk',
  /** A public or private key in PEM; the secret's name is the key id (RFC 9421). */
  'spki-pem',
  /** Base64 of a shared key; the secret's name is the key id (RFC 9421). */
  'hmac-base64',
] as const;
/** How a secret's text becomes a key. */
export type SecretType = (typeof secretTypes)[number];
