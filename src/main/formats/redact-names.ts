// Which names say that their value is a secret: header fields, JSON and form keys, query parameters.
// Too much is masked rather than too little; what must stay readable is listed as an exception.

/** What a name says about its value. `deep`: everything below it too; `text`: only strings (counts are called tokens as well). */
export type Sensitivity = 'deep' | 'value' | 'text' | null;

const deepKey = /password|passwd|passphrase|secret|credential|privatekey/;
const valueKey =
  /apikey|accesskey|authkey|appkey|signingkey|encryptionkey|sharedkey|subscriptionkey|functionskey|authorization|authentication|passcode|clientstate|cookie|sessionid|bearer|^auth$|^xauth|^pwd$|^pin$|^otp$|^ssn$|^card$|^cardnumber$|^pan$|^cvv2?$|^cvc2?$|^iban$/;
const textKey = /token/;
/** Of a URL only: signed links and one-time codes open something by themselves. */
const queryKey = /^(sig|signature|hmac|key|code|auth|xamzsignature|xamzcredential|xgoogsignature)$/;

/** `X-Api_Key` and `xApiKey` are the same name. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** What the name of a JSON, form or XML field says. Names over 200 characters say nothing. */
export function fieldSensitivity(name: string): Sensitivity {
  if (name.length > 200) return null;
  const key = plain(name);
  if (deepKey.test(key)) return 'deep';
  if (valueKey.test(key)) return 'value';
  return textKey.test(key) ? 'text' : null;
}

/** Whether a query parameter of this name is masked. */
export function isSecretParameter(name: string): boolean {
  return fieldSensitivity(name) !== null || queryKey.test(plain(name));
}

const notSecretHeaders = new Set([
  'paypal-auth-algo',
  'www-authenticate',
  'access-control-allow-credentials',
  'signature-input',
  'x-token-type',
]);

/** What becomes of a header field: `secret` is masked whole, `signature` is kept where it looks like one. */
export function headerKind(name: string): 'secret' | 'signature' | 'plain' {
  const lower = name.toLowerCase();
  if (notSecretHeaders.has(lower)) return 'plain';
  if (/signature|(^|[-_])(sig|hmac|mac|sign)([-_]|$)/.test(lower)) return 'signature';
  if (fieldSensitivity(lower) !== null || /(^|[-_])auth([-_]|$)/.test(lower)) return 'secret';
  return 'plain';
}

/** Parameters of signature headers that name something and sign nothing. */
const describingKeys = new Set(['headers', 'keyid', 'algorithm', 'alg', 'created', 'expires', 'tag']);

/** Sizes of MACs and signatures in bytes; ECDSA in DER varies by a few. */
function isSignatureSize(bytes: number): boolean {
  return (
    [16, 20, 28, 32, 48, 64, 256, 384, 512].includes(bytes) ||
    (bytes >= 68 && bytes <= 72) ||
    (bytes >= 100 && bytes <= 104)
  );
}

/** Whether a piece of a signature header is a MAC, a number, a time, a version or an algorithm, and no secret. */
function isSignaturePiece(piece: string): boolean {
  if (/^[vt]?\d{1,20}$/.test(piece) || /^v\d{1,2}[a-z]{0,2}$/.test(piece)) return true;
  if (/^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:?\d\d)?$/.test(piece)) return true;
  if (/^(hmac|rsa|ecdsa|ed25519|sha\d)[a-z0-9_-]{0,24}$/i.test(piece)) return true;
  if (/^[0-9a-f]+$/i.test(piece)) return piece.length % 2 === 0 && isSignatureSize(piece.length / 2);
  const digits = piece.replace(/=+$/, '');
  return /^[A-Za-z0-9+/_-]{22,}$/.test(digits) && isSignatureSize(Math.floor((digits.length * 3) / 4));
}

/** The value of a signature header with `mask` applied to every piece that does not look like a signature. */
export function keepSignatures(value: string, mask: (text: string) => string): string {
  const piece = /(?:([A-Za-z][A-Za-z0-9_-]{0,19})=(?=[^=\s,;]))?(?:"([^"]*)"|([^\s,;"]+))/g;
  return value.replace(piece, (whole: string, key = '', quoted: string | undefined, bare: string | undefined) => {
    const text = (quoted ?? bare ?? '').replace(/^:|:$/g, '');
    if (text === '' || describingKeys.has(key.toLowerCase()) || isSignaturePiece(text)) return whole;
    return whole.replace(text, () => mask(text));
  });
}
