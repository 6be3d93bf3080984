// Packages that check signatures made with a private key: what the app shows as the public half is what they are given.

import { createPrivateKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { createRequire } from 'node:module';
import https from 'node:https';
import type { Agent } from 'node:https';
import { Duplex } from 'node:stream';
import { field, fields, posted } from './oracles.ts';
import type { Judge, Keys, Oracle } from './oracles.ts';

const texts = ['compact', 'emoji', 'CRLF'] as const;
const bytes = [...texts, 'not UTF-8'] as const;

function privateKeyOf({ signing }: Keys): KeyObject {
  return createPrivateKey(signing.value);
}

async function discord(): Promise<Judge> {
  const { verifyKey } = await import('discord-interactions');
  const { createSigner } = await import('http-message-signatures');
  return {
    accepts: (request, { shown }) =>
      verifyKey(request.body, field(request, 'x-signature-ed25519'), field(request, 'x-signature-timestamp'), shown),
    async makes(making) {
      const seconds = `${making.now / 1_000}`;
      const signed = Buffer.concat([Buffer.from(seconds), making.body]);
      const signature = await createSigner(privateKeyOf(making.keys), 'ed25519').sign(signed);
      return posted(making, {
        'x-signature-timestamp': seconds,
        'x-signature-ed25519': signature.toString('hex'),
      });
    },
  };
}

/** What the tests use of the library inside SendGrid's package, which has no types. */
interface StarkBank {
  readonly PrivateKey: { fromPem(pem: string): unknown };
  readonly Ecdsa: { sign(message: string, key: unknown): { toBase64(): string } };
}

async function sendgrid(): Promise<Judge> {
  const { EventWebhook } = await import('@sendgrid/eventwebhook');
  const inside = createRequire(createRequire(import.meta.url).resolve('@sendgrid/eventwebhook'));
  const { Ecdsa, PrivateKey } = inside('starkbank-ecdsa') as StarkBank;
  const names = ['x-twilio-email-event-webhook-signature', 'x-twilio-email-event-webhook-timestamp'] as const;
  const [signatureName, timestampName] = names;
  const judge = new EventWebhook();
  return {
    accepts(request, { shown }) {
      const key = judge.convertPublicKeyToECDSA(shown);
      return judge.verifySignature(key, request.body, field(request, signatureName), field(request, timestampName));
    },
    makes(making) {
      const seconds = `${making.now / 1_000}`;
      const pem = privateKeyOf(making.keys).export({ format: 'pem', type: 'sec1' }).toString();
      const signature = Ecdsa.sign(`${seconds}${making.body.toString()}`, PrivateKey.fromPem(pem)).toBase64();
      return posted(making, { [signatureName]: signature, [timestampName]: seconds });
    },
  };
}

/**
 * An agent that answers every request with the certificate, from memory: nothing reaches a network. Each certificate
 * must have an address of its own, because the packages keep what they fetched.
 */
function certificateAgent(pemAt: (path: string) => string | undefined): Agent {
  const agent = new https.Agent();
  agent.createConnection = () => {
    let asked = '';
    return new Duplex({
      read() {},
      write(chunk: Buffer, _encoding, done) {
        asked += chunk.toString('latin1');
        if (asked.endsWith('\r\n\r\n')) {
          const pem = pemAt(asked.split(' ', 2)[1] ?? '');
          const status = pem === undefined ? '404 Not Found' : '200 OK';
          this.push(
            `HTTP/1.1 ${status}\r\nContent-Length: ${pem?.length ?? 0}\r\nConnection: close\r\n\r\n${pem ?? ''}`,
          );
          this.push(null);
        }
        done();
      },
    });
  };
  return agent;
}

/** Certificates by the path of their address. */
const certificates = new Map<string, string>();
const agent = certificateAgent((path) => certificates.get(path));
let issued = 0;

/**
 * The message with the address under which the agent serves this certificate, in the form that AWS gives them. The
 * address is not signed, so this is how another certificate comes to judge the same message.
 */
function withCertificate(body: Buffer, { shown }: Keys): Buffer {
  let path = [...certificates].find(([, pem]) => pem === shown)?.[0];
  if (path === undefined) {
    issued += 1;
    path = `/SimpleNotificationService-${String(issued).padStart(32, '0')}.pem`;
    certificates.set(path, shown);
  }
  const address = `"https://sns.us-east-1.amazonaws.com${path}"`;
  return Buffer.from(
    body.toString().replace(/("SigningCertURL"\s*:\s*)"[^"]*"/, (_all, before: string) => before + address),
  );
}

/** AWS names the members; each is a line, and its value the next one. */
async function snsMakes(body: Buffer, keys: Keys): Promise<Buffer> {
  const { createSigner } = await import('http-message-signatures');
  const content = JSON.parse(body.toString()) as Record<string, string>;
  const names =
    content['Type'] === 'Notification'
      ? ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']
      : ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];
  const lines = names.flatMap((name) => (name in content ? [`${name}\n${content[name]}\n`] : []));
  const signer = createSigner(
    privateKeyOf(keys),
    content['SignatureVersion'] === '1' ? 'rsa-v1_5-sha1' : 'rsa-v1_5-sha256',
  );
  const signature = await signer.sign(Buffer.from(lines.join('')));
  return Buffer.from(JSON.stringify({ ...content, Signature: signature.toString('base64') }));
}

async function snsByAws(): Promise<Judge> {
  const { default: MessageValidator } = await import('sns-validator');
  return {
    // It takes no agent, so for the moment of the call ours is the global one.
    async accepts(request, keys) {
      const usual = https.globalAgent;
      https.globalAgent = agent;
      try {
        await new Promise<void>((resolve, reject) => {
          const message = withCertificate(request.body, keys).toString();
          new MessageValidator().validate(message, (error) => (error ? reject(error) : resolve()));
        });
        return true;
      } finally {
        https.globalAgent = usual;
      }
    },
    makes: async (making) =>
      posted(
        { ...making, body: await snsMakes(making.body, making.keys) },
        { 'content-type': 'text/plain; charset=UTF-8', 'x-amz-sns-message-type': 'Notification' },
      ),
  };
}

async function snsByOthers(): Promise<Judge> {
  const { default: SnsPayloadValidator } = await import('sns-payload-validator');
  const judge = new SnsPayloadValidator({ requestAgent: agent });
  return {
    ...(await snsByAws()),
    accepts: async (request, keys) =>
      (await judge.validate(withCertificate(request.body, keys).toString())) !== undefined,
  };
}

const sns = {
  provider: 'aws-sns',
  scheme: 'aws-sns-v2',
  maker: 'http-message-signatures',
  bare: true,
  textPath: 'Message',
  bodies: texts,
  limit: null,
  // UnsubscribeURL, which comes last, is not signed.
  tampers: (body: Buffer) => Buffer.from(body.toString().replace(/("Message"\s*:\s*")/, '$1x')),
} as const;

const version1 = (body: Buffer): Buffer =>
  Buffer.from(body.toString().replace(/("SignatureVersion"\s*:\s*)"2"/, '$1"1"'));

async function plaid(): Promise<Judge> {
  const { importJWK, jwtVerify, SignJWT } = await import('jose');
  const { createHash } = await import('node:crypto');
  const hash = (body: Buffer): string => createHash('sha256').update(body).digest('hex');
  const header = 'plaid-verification';
  return {
    async accepts(request, { shown }) {
      const key = await importJWK(JSON.parse(shown) as { kty: 'EC' }, 'ES256');
      const options = { algorithms: ['ES256'], maxTokenAge: '5 min' };
      const { payload } = await jwtVerify(field(request, header), key, options);
      return payload['request_body_sha256'] === hash(request.body);
    },
    async makes(making) {
      const token = new SignJWT({ request_body_sha256: hash(making.body) })
        .setProtectedHeader({ alg: 'ES256', typ: 'JWT', kid: making.keys.checking.name })
        .setIssuedAt(making.now / 1_000);
      return posted(making, { [header]: await token.sign(privateKeyOf(making.keys)) });
    },
  };
}

async function messageSignatures(): Promise<Judge> {
  const { createSigner, createVerifier, httpbis } = await import('http-message-signatures');
  const { createHash } = await import('node:crypto');
  const digest = (body: Buffer): string => `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;
  const covered = ['@method', '@authority', '@path', '@query', 'content-type', 'content-digest'];
  return {
    async accepts(request, { shown, checking }) {
      const verify = createVerifier(shown, 'ed25519');
      const key = { id: checking.name, algs: ['ed25519'], verify };
      const { method, url } = request;
      const config = { keyLookup: async () => key, requiredFields: covered };
      const right = await httpbis.verifyMessage(config, { method, url, headers: fields(request) });
      // The digest is another specification's; that it fits is the receiver's to see.
      return right === true && field(request, 'content-digest') === digest(request.body);
    },
    async makes(making) {
      const key = createSigner(privateKeyOf(making.keys), 'ed25519', making.keys.signing.name);
      const headers = { 'content-type': 'application/json', 'content-digest': digest(making.body) };
      const request = { method: 'POST', url: making.url, headers };
      const signed = await httpbis.signMessage({ key, fields: covered, params: ['created', 'keyid', 'alg'] }, request);
      return posted(making, signed.headers);
    },
  };
}

/** Providers that keep a private key. */
export const keyOracles: readonly Oracle[] = [
  {
    provider: 'discord',
    scheme: 'discord-ed25519',
    package: 'discord-interactions',
    by: 'provider',
    maker: 'http-message-signatures',
    bare: true,
    bodies: bytes,
    limit: null,
    load: discord,
  },
  {
    provider: 'sendgrid',
    scheme: 'sendgrid-ecdsa',
    package: '@sendgrid/eventwebhook',
    by: 'provider',
    maker: 'starkbank-ecdsa',
    bare: true,
    bodies: texts,
    limit: null,
    load: sendgrid,
  },
  { ...sns, package: 'sns-validator', by: 'provider', load: snsByAws },
  { ...sns, package: 'sns-validator', by: 'provider', scheme: 'aws-sns-v1', prepares: version1, load: snsByAws },
  { ...sns, package: 'sns-payload-validator', by: 'others', load: snsByOthers },
  {
    ...sns,
    package: 'sns-payload-validator',
    by: 'others',
    sample: 'SubscriptionConfirmation',
    load: snsByOthers,
  },
  {
    provider: 'plaid',
    scheme: 'plaid-jwt',
    // Plaid's page says what to check; jose does it.
    package: 'jose',
    by: 'others',
    maker: 'jose',
    bodies: bytes,
    limit: 300,
    future: 'refuses',
    futureDiffers: 'Plaid’s page asks only that the token is not older than five minutes',
    load: plaid,
  },
  {
    provider: 'rfc9421',
    scheme: 'http-message-signatures',
    package: 'http-message-signatures',
    by: 'others',
    maker: 'http-message-signatures',
    bodies: bytes,
    limit: null,
    load: messageSignatures,
  },
];
