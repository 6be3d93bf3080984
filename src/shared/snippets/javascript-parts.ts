// Pieces of the handlers in JavaScript that stand as they are: small functions, JSON Web Signatures, and HTTP message
// signatures through the library of that name.

import type { JwtScheme } from '../providers/define.ts';
import type { Plan } from './snippet.ts';

/** Functions by name, written below `isGenuine` where something calls them. */
export const helpers: readonly (readonly [string, string])[] = [
  [
    'parseJson',
    `function parseJson(body) {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}`,
  ],
  [
    'query',
    `function query(url, name) {
  return new URL(url, 'http://localhost').searchParams.get(name) ?? undefined;
}`,
  ],
  [
    'withoutPrefix',
    `function withoutPrefix(text, prefix) {
  return text?.startsWith(prefix) ? text.slice(prefix.length) : undefined;
}`,
  ],
  [
    'addresses',
    `/** The address as it is, without a port, and with the standard one: senders differ. */
function addresses(url) {
  const [, scheme, host, rest] = /^(https?):\\/\\/([^/?#]+)(.*)$/s.exec(url) ?? [];
  const bare = host?.replace(/:\\d+$/, '');
  const port = scheme === 'https' ? 443 : 80;
  return [url, \`\${scheme}://\${bare}\${rest}\`, \`\${scheme}://\${bare}:\${port}\${rest}\`];
}`,
  ],
  [
    'formText',
    `/** Names and values of the form, each pair once, sorted by name. */
function formText(header, body) {
  if (!header('Content-Type')?.startsWith('application/x-www-form-urlencoded')) {
    return body.length === 0 ? '' : '\\0';
  }
  const pairs = [...new URLSearchParams(\`&\${body.toString()}\`)];
  const unique = new Map(pairs.map((pair) => [JSON.stringify(pair), pair]));
  const order = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  return [...unique.values()]
    .sort((a, b) => order(a[0], b[0]) || order(a[1], b[1]))
    .map(([name, value]) => name + value)
    .join('');
}`,
  ],
  [
    'jsonLines',
    `/** Name and value, a line each, of the members that are there. */
function jsonLines(json, names) {
  return names
    .filter((name) => json?.[name] !== undefined && json[name] !== null)
    .map((name) => \`\${name}\\n\${json[name]}\\n\`)
    .join('');
}`,
  ],
  [
    'signedHeaders',
    `/** The headers that the list names, lower-cased and sorted. */
function signedHeaders(header, list) {
  const names = (header(list) ?? '').split(',').map((name) => name.trim().toLowerCase());
  return names
    .sort()
    .map((name) => \`\${name}:\${header(name) ?? ''}\`)
    .join(';');
}`,
  ],
  [
    'certificateAt',
    `const certificates = new Map();

/** The certificate at the address, if the address is the provider’s own; kept for the life of the process. */
async function certificateAt(address, host, pathEnd = '') {
  if (!URL.canParse(address ?? '')) return undefined;
  const url = new URL(address);
  const isPlain = url.protocol === 'https:' && url.port === '' && url.username === '' && url.password === '';
  if (!isPlain || !host.test(url.hostname) || !url.pathname.endsWith(pathEnd)) return undefined;
  const known = certificates.get(url.href);
  if (known !== undefined) return known;
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(5000) });
  if (!response.ok) return undefined;
  const certificate = new X509Certificate(await response.text());
  const now = Date.now();
  if (now < Date.parse(certificate.validFrom) || now > Date.parse(certificate.validTo)) return undefined;
  certificates.set(url.href, certificate);
  return certificate;
}`,
  ],
  [
    'sameText',
    `/** Compares in a time that tells nothing of where the texts differ. */
function sameText(left, right) {
  if (typeof left !== 'string' || typeof right !== 'string') return false;
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}`,
  ],
  [
    'part',
    `function part(text) {
  return parseJson(Buffer.from(text, 'base64url'));
}`,
  ],
];

/** `isGenuine` for a compact JWS that holds the body's hash; the algorithm is fixed, never taken from the token. */
export function jwtFunction(plan: Plan, scheme: JwtScheme): string {
  const fixed = scheme.algorithm === 'HS256';
  const check = fixed
    ? [
        `  const data = \`\${head}.\${claims}\`;`,
        '  const isSigned = secrets.some((secret) =>',
        "    sameText(createHmac('sha256', secret).update(data).digest('base64url'), signature),",
        '  );',
        '  if (!isSigned) return false;',
      ]
    : [
        '  const jwk = await keyById(part(head).kid);',
        '  if (jwk === undefined) return false;',
        `  const key = createPublicKey({ key: jwk, format: 'jwk' });`,
        '  const data = Buffer.from(`${head}.${claims}`);',
        "  const bytes = Buffer.from(signature, 'base64url');",
        "  if (!verify('sha256', data, { key, dsaEncoding: 'ieee-p1363' }, bytes)) return false;",
      ];
  const claimed = [
    '  const payload = part(claims);',
    ...(scheme.issuer === undefined ? [] : [`  if (payload?.iss !== '${scheme.issuer}') return false;`]),
    ...(scheme.toleranceSeconds === undefined
      ? []
      : [
          '  const age = Math.floor(Date.now() / 1000) - payload?.iat;',
          `  if (!(Math.abs(age) <= ${scheme.toleranceSeconds})) return false;`,
        ]),
    `  return sameText(payload?.${scheme.bodyHashClaim}, createHash('sha256').update(body).digest('hex'));`,
  ];
  return [
    '/** Whether the token is signed, fresh, and made for this body. */',
    `${fixed ? '' : 'async '}function isGenuine({ header, body }) {`,
    `  const [head, claims, signature, ...rest] = (header('${scheme.header}') ?? '').split('.');`,
    '  if (!head || !claims || !signature || rest.length > 0) return false;',
    `  if (part(head)?.alg !== '${scheme.algorithm}') return false;`,
    ...check,
    ...claimed,
    '}',
    ...(fixed ? [] : ['', keyById(plan)]),
  ].join('\n');
}

function keyById(plan: Plan): string {
  const base = plan.env.replace(/_WEBHOOK_SECRET$/, '');
  return `const knownKeys = new Map();

/** The key with this id, asked of ${plan.provider.name} once. */
async function keyById(id) {
  if (typeof id !== 'string') return undefined;
  if (knownKeys.has(id)) return knownKeys.get(id);
  const response = await fetch('https://production.plaid.com/webhook_verification_key/get', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ client_id: process.env.${base}_CLIENT_ID, secret: process.env.${base}_SECRET, key_id: id }),
    signal: AbortSignal.timeout(5000),
  });
  if (!response.ok) return undefined;
  const { key } = await response.json();
  knownKeys.set(id, key);
  return key;
}`;
}

/** `isGenuine` for RFC 9421, with the library http-message-signatures. */
export function messageSignatureFunction(plan: Plan): string {
  return `const keyId = process.env.${plan.env.replace(/_SHARED_KEY$/, '_KEY_ID')};
const required = ['@method', '@authority', '@path', 'content-digest'];

/** Whether the request is signed by a known key, and the signature covers the body. */
async function isGenuine({ method, url, header, body }) {
  const names = ['signature', 'signature-input', 'content-digest', 'content-type', 'content-length', 'date', 'host'];
  const headers = Object.fromEntries(names.map((name) => [name, header(name)]).filter((pair) => pair[1] !== undefined));
  const digest = createHash('sha256').update(body).digest('base64');
  if (!sameText(header('content-digest'), \`sha-256=:\${digest}:\`)) return false;
  const verifiers = secrets.map((secret) => createVerifier(Buffer.from(secret, 'base64'), 'hmac-sha256'));
  for (const check of verifiers) {
    try {
      const keyLookup = async ({ keyid }) => (keyid === keyId ? { id: keyid, algs: ['hmac-sha256'], verify: check } : null);
      const config = { keyLookup, requiredFields: required, requiredParams: ['created', 'keyid'], maxAge: 300 };
      if ((await httpbis.verifyMessage(config, { method, url, headers })) === true) return true;
    } catch {
      // Wrong in form, or too old.
    }
  }
  return false;
}`;
}
