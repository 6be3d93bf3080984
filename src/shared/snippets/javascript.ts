// Handlers in JavaScript for Node: what stands around `isGenuine` in Express, Fastify and Next.js. The signature covers
// bytes, so each frame keeps the body as it came, and reads no more than 1 MiB.

import type { HandshakeRule } from '../providers/handshake.ts';
import type { ValueSource } from '../providers/sources.ts';
import { helpers, jwtFunction, messageSignatureFunction } from './javascript-parts.ts';
import { conditionText, member, quoted, recipeFunction, tokenFunction } from './javascript-verify.ts';
import { indent, isAsymmetric, isRecipe, usedHelpers } from './snippet.ts';
import type { Plan, SnippetLanguage } from './snippet.ts';

/** The whole file for Express, Fastify or Next.js. */
export function javascriptSnippet(plan: Plan, language: Exclude<SnippetLanguage, 'flask' | 'go'>): string {
  const verify = verifyFunction(plan);
  const greetings = [greetingFunction(plan, 'unsigned'), greetingFunction(plan, 'checked')].filter(
    (text) => text !== '',
  );
  const parts = [secretsPart(plan), verify, ...greetings].filter((text) => text !== '').join('\n\n');
  // Where the secret's text is the key, one name for it is enough.
  const logic = parts.includes('const keys = secrets;')
    ? parts
        .replace(/const keys = secrets;\n?/, '')
        .replace('keys.some((key)', 'secrets.some((secret)')
        .replace(', key)', ', secret)')
    : parts;
  const frame = frames[language](
    plan,
    /\burl\b/.test([verify, ...greetings].join('')),
    verify.includes('async function isGenuine'),
  );
  const code = `${logic}\n${frame.text}`;
  const used = usedHelpers(code, helpers);
  const all = [code, ...used].join('\n');
  const names = (list: readonly string[]): string[] => list.filter((name) => new RegExp(`\\b${name}\\(`).test(all));
  const crypto = names(['X509Certificate', 'createHash', 'createHmac', 'createPublicKey', 'timingSafeEqual', 'verify']);
  const imports = [
    ...frame.imports,
    ...(crypto.length > 0 ? [`import { ${crypto.join(', ')} } from 'node:crypto';`] : []),
    ...(all.includes('crc32(') ? ["import { crc32 } from 'node:zlib';"] : []),
    ...(all.includes('httpbis.') ? ["import { createVerifier, httpbis } from 'http-message-signatures';"] : []),
  ];
  return [
    [...plan.heading, ...frame.heading].map((line) => `// ${line}`).join('\n'),
    imports.join('\n'),
    logic,
    ...used,
    frame.text,
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

function verifyFunction(plan: Plan): string {
  const { scheme } = plan;
  if (isRecipe(scheme)) return withUsedArguments(recipeFunction(plan, scheme));
  if (scheme.kind === 'token') return withUsedArguments(tokenFunction(scheme));
  return scheme.kind === 'jwt' ? jwtFunction(plan, scheme) : messageSignatureFunction(plan);
}

/** Takes what is not used out of the function's arguments. */
function withUsedArguments(code: string): string {
  return code.replace('{ method, url, header, body }', (list) => {
    const rest = code.replace(list, '');
    const used = ['method', 'url', 'header', 'body'].filter((name) => new RegExp(`\\b${name}\\b`).test(rest));
    return `{ ${used.join(', ')} }`;
  });
}

function secretsPart(plan: Plan): string {
  const { scheme, env, provider } = plan;
  const needsUrl = isRecipe(scheme)
    ? scheme.recipe.some(({ kind }) => kind === 'url' || kind === 'path')
    : scheme.kind === 'message-signature';
  const origin = needsUrl
    ? [
        '// Scheme and host as the sender knows them, for example https://hooks.example.com: proxies change both.',
        "const PUBLIC_ORIGIN = process.env.PUBLIC_ORIGIN ?? '';",
      ]
    : [];
  const second =
    isRecipe(scheme) && scheme.companion !== undefined
      ? [
          `const companion = process.env.${plan.secondEnv};`,
          `if (!companion) throw new Error('Set ${plan.secondEnv}');`,
        ]
      : [];
  if (
    (isRecipe(scheme) && scheme.certificate !== undefined) ||
    (scheme.kind === 'jwt' && scheme.algorithm === 'ES256')
  ) {
    return [...second, ...origin].join('\n');
  }
  return [
    `// ${provider.secretHint}.`,
    '// While you change it, keep the old one in the second variable.',
    `const secrets = [process.env.${env}, process.env.${env}_OLD].filter(Boolean);`,
    ...(plan.startsWithoutSecret ? [] : [`if (secrets.length === 0) throw new Error('Set ${env}');`]),
    ...(isRecipe(scheme) && !(scheme.algorithm.kind === 'hash') ? [`const keys = secrets${keyOf(plan)};`] : []),
    ...second,
    ...origin,
  ].join('\n');
}

function keyOf({ scheme, provider }: Plan): string {
  if (!isRecipe(scheme)) return '';
  const spki = (bytes: string): string => `createPublicKey({ key: ${bytes}, format: 'der', type: 'spki' })`;
  // What stands before the 32 bytes of an Ed25519 key in SPKI form (RFC 8410).
  const ed25519 = "Buffer.from('302a300506032b6570032100', 'hex')";
  switch (scheme.secretType) {
    case 'whsec':
      if (scheme.bareSecretIsText) {
        return ".map((secret) =>\n  secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : secret,\n)";
      }
      return provider.id === 'supabase-auth'
        ? ".map((secret) => Buffer.from(secret.replace(/^v1,whsec_|^whsec_/, ''), 'base64'))"
        : ".map((secret) => Buffer.from(secret.replace(/^whsec_/, ''), 'base64'))";
    case 'hex':
      return ".map((secret) => Buffer.from(secret, 'hex'))";
    case 'ed25519-public-hex':
      return `.map((secret) =>\n  ${spki(`Buffer.concat([${ed25519}, Buffer.from(secret, 'hex')])`)},\n)`;
    case 'whpk-ed25519':
      return `.map((secret) =>\n  ${spki(`Buffer.concat([${ed25519}, Buffer.from(secret.replace(/^whpk_/, ''), 'base64')])`)},\n)`;
    case 'ecdsa-p256-spki-base64':
      return `.map((secret) => ${spki("Buffer.from(secret, 'base64')")})`;
    default:
      return isAsymmetric(scheme) ? '.map((secret) => createPublicKey(secret))' : '';
  }
}

function sourceText(source: ValueSource): string {
  if (source.from === 'header') return `header(${quoted(source.name)})`;
  if (source.from === 'query') return `query(url, ${quoted(source.name)})`;
  return source.from === 'json' ? member('json', source.path) : 'undefined';
}

function greetingFunction(plan: Plan, kind: 'unsigned' | 'checked'): string {
  const rules = plan[kind];
  if (rules.length === 0) return '';
  const lines = rules.flatMap((rule) => ruleLines(plan, rule));
  const needsJson = lines.some((line) => line.includes('json?.'));
  return withUsedArguments(
    [
      kind === 'unsigned'
        ? `/** The answer to ${plan.provider.name}’s request that comes before events and is not signed, if this is one. */`
        : `/** The answer to ${plan.provider.name}’s request that is signed but is no event, if this is one. */`,
      `function ${greetingName[kind]}({ method, url, header, body }) {`,
      ...(needsJson ? ['  const json = parseJson(body);'] : []),
      ...indent(lines, 2),
      '  return undefined;',
      '}',
    ].join('\n'),
  );
}

const greetingName = { unsigned: 'answerBeforeEvents', checked: 'answerToCheck' } as const;

function ruleLines(plan: Plan, rule: HandshakeRule): string[] {
  const conditions = [
    ...(plan.methods.length > 1 ? [`method === '${rule.method}'`] : []),
    ...rule.conditions.map(conditionText),
  ];
  const lines: string[] = [];
  const { answer } = rule;
  if (rule.token !== undefined) {
    lines.push(
      `if (!sameText(${sourceText(rule.token)}, process.env.${plan.secondEnv})) return { status: ${rule.refusedStatus ?? 403}, headers: {}, body: '' };`,
    );
  }
  if (rule.brings !== undefined) {
    lines.push(
      '// The secret of all later requests: copy it into the environment, and take this line out.',
      `if (secrets.length === 0) console.log('${plan.env} =', ${sourceText(rule.brings)});`,
    );
  }
  const headers = (pairs: readonly (readonly [string, string])[], more = ''): string => {
    const list = [...pairs.map(([name, value]) => `${quoted(name)}: ${quoted(value)}`), ...(more === '' ? [] : [more])];
    return list.length === 0 ? '{}' : `{ ${list.join(', ')} }`;
  };
  switch (answer.kind) {
    case 'echo':
      lines.push(
        `return { status: 200, headers: ${headers(answer.headers)}, body: String(${sourceText(answer.source)}) };`,
      );
      break;
    case 'echo-header':
      lines.push(
        `return { status: 200, headers: ${headers(answer.headers, `${quoted(answer.to)}: header(${quoted(answer.from)})`)}, body: '' };`,
      );
      break;
    case 'fixed':
      lines.push(
        `return { status: ${answer.status}, headers: ${headers(answer.headers)}, body: ${quoted(answer.body)} };`,
      );
      break;
    case 'hmac-json':
      lines.push(
        `const plain = String(${sourceText(answer.source)});`,
        "const hashed = createHmac('sha256', secrets[0]).update(plain).digest('hex');",
        `return { status: 200, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ ${answer.plain}: plain, ${answer.hashed}: hashed }) };`,
      );
      break;
    case 'hmac-token':
      lines.push(
        `const token = ${sourceText(answer.source)};`,
        '// The same secret signs events: never sign a text that could be the body of one.',
        String.raw`if (!/^[\w+/=.-]+$/.test(token)) return { status: 400, headers: {}, body: '' };`,
        "const hashed = createHmac('sha256', secrets[0]).update(token).digest('base64');",
        `return { status: 200, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ ${answer.name}: \`${answer.prefix}\${hashed}\` }) };`,
      );
      break;
    case 'fetch':
      lines.push(
        '// Open this address once to confirm; fetch it here only if you expect the subscription.',
        `console.log('To confirm:', ${sourceText(answer.source)});`,
        "return { status: 200, headers: {}, body: '' };",
      );
  }
  return conditions.length === 0 ? lines : [`if (${conditions.join(' && ')}) {`, ...indent(lines, 2), '}'];
}

interface Frame {
  readonly imports: readonly string[];
  readonly heading: readonly string[];
  readonly text: string;
}

/** The steps from bytes to answer. `reply` and `refuse` are statements of the framework. */
function steps(plan: Plan, waits: boolean, reply: (name: string) => string, refuse: string): string[] {
  return [
    ...(plan.unsigned.length > 0
      ? ['const greeting = answerBeforeEvents(asked);', `if (greeting) ${reply('greeting')}`]
      : []),
    `if (!${waits ? '(await isGenuine(asked))' : 'isGenuine(asked)'}) ${refuse}`,
    ...(plan.checked.length > 0 ? ['const check = answerToCheck(asked);', `if (check) ${reply('check')}`] : []),
    `// ${plan.repeats}`,
    '// Then hand the work to a queue and answer at once: slow answers are taken for failures and repeated.',
  ];
}

const verbs = (plan: Plan): readonly string[] => plan.methods;

const frames: Readonly<
  Record<Exclude<SnippetLanguage, 'flask' | 'go'>, (plan: Plan, usesUrl: boolean, waits: boolean) => Frame>
> = {
  express: (plan, usesUrl, waits) => ({
    imports: ["import express from 'express';"],
    heading: [],
    text: [
      'const app = express();',
      '',
      '// The signature covers the bytes as they came: no express.json() before this route.',
      `app.${verbs(plan).length === 1 ? 'post' : 'all'}(${quoted(plan.path)}, express.raw({ type: () => true, limit: '1mb' }), ${waits ? 'async ' : ''}(req, res) => {`,
      '  const body = Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0);',
      `  const asked = { method: req.method${usesUrl ? `, url: ${addressOf(plan, 'req.originalUrl')}` : ''}, header: (name) => req.get(name), body };`,
      ...indent(
        steps(
          plan,
          waits,
          (name) => `return res.status(${name}.status).set(${name}.headers).send(${name}.body);`,
          'return res.sendStatus(401);',
        ),
        2,
      ),
      '  res.sendStatus(200);',
      '});',
      '',
      'app.listen(process.env.PORT ?? 3000);',
    ].join('\n'),
  }),
  fastify: (plan, usesUrl, waits) => ({
    imports: ["import Fastify from 'fastify';"],
    heading: [],
    text: [
      'const app = Fastify({ bodyLimit: 1024 * 1024 });',
      '',
      '// The signature covers the bytes as they came: Fastify’s own parsers would lose them.',
      'app.removeAllContentTypeParsers();',
      "app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => done(null, body));",
      '',
      `app.${verbs(plan).length === 1 ? 'post' : 'all'}(${quoted(plan.path)}, async (request, reply) => {`,
      '  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);',
      `  const asked = { method: request.method${usesUrl ? `, url: ${addressOf(plan, 'request.raw.url')}` : ''}, header: (name) => request.headers[name.toLowerCase()], body };`,
      ...indent(
        steps(
          plan,
          waits,
          (name) => `return reply.code(${name}.status).headers(${name}.headers).send(${name}.body);`,
          'return reply.code(401).send();',
        ),
        2,
      ),
      '  return reply.code(200).send();',
      '});',
      '',
      'await app.listen({ port: Number(process.env.PORT ?? 3000) });',
    ].join('\n'),
  }),
  next: (plan, usesUrl, waits) => ({
    imports: [],
    heading: [`Next.js, app router: app${plan.path}/route.js`],
    text: [
      '/** The body as it came, or undefined when it is over 1 MiB. */',
      'async function readBody(request) {',
      '  const chunks = [];',
      '  let size = 0;',
      '  for await (const chunk of request.body ?? []) {',
      '    size += chunk.length;',
      '    if (size > 1024 * 1024) return undefined;',
      '    chunks.push(chunk);',
      '  }',
      '  return Buffer.concat(chunks);',
      '}',
      '',
      "export const runtime = 'nodejs';",
      '',
      'export async function POST(request) {',
      '  // Not request.json(): the signature covers the bytes as they came.',
      '  const body = await readBody(request);',
      '  if (body === undefined) return new Response(null, { status: 413 });',
      ...(usesUrl ? ['  const { pathname, search } = new URL(request.url);'] : []),
      `  const asked = { method: request.method${usesUrl ? `, url: ${addressOf(plan, 'pathname + search')}` : ''}, header: (name) => request.headers.get(name) ?? undefined, body };`,
      ...indent(
        steps(
          plan,
          waits,
          (name) => `return new Response(${name}.body || null, { status: ${name}.status, headers: ${name}.headers });`,
          'return new Response(null, { status: 401 });',
        ),
        2,
      ),
      '  return new Response(null, { status: 200 });',
      '}',
      ...verbs(plan)
        .filter((method) => method !== 'POST')
        .map((method) => `export const ${method} = POST;`),
    ].join('\n'),
  }),
};

/** The whole address where the signature covers it, else the path. */
function addressOf(plan: Plan, path: string): string {
  return secretsPart(plan).includes('PUBLIC_ORIGIN') ? `PUBLIC_ORIGIN + ${path}` : path;
}
