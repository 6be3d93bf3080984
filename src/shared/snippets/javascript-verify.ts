// The function `isGenuine` in JavaScript for Node, the same for Express, Fastify and Next.js: written from a scheme's
// recipe, with nothing but node:crypto and node:zlib.

import type { RecipePart, RecipeScheme, TimestampRule, TokenScheme } from '../providers/define.ts';
import type { RequestCondition } from '../providers/sources.ts';
import { indent, isAsymmetric, pathMembers, textParts } from './snippet.ts';
import type { Plan } from './snippet.ts';

/** Text as a JavaScript literal. */
export function quoted(text: string): string {
  return `'${JSON.stringify(text)
    .slice(1, -1)
    .replaceAll("'", String.raw`\'`)
    .replaceAll(String.raw`\"`, '"')}'`;
}

/** The member at a dotted path of `root`. */
export function member(root: string, path: string): string {
  const parts = pathMembers(path).map((part) =>
    typeof part === 'number' ? `[${part}]` : /^[A-Za-z_$][\w$]*$/.test(part) ? part : `[${quoted(part)}]`,
  );
  return `${root}?.${parts.join('?.')}`;
}

/** A condition on the request. */
export function conditionText(condition: RequestCondition): string {
  const place =
    condition.from === 'header'
      ? `header(${quoted(condition.name)})`
      : condition.from === 'query'
        ? `query(url, ${quoted(condition.name)})`
        : member('json', condition.path);
  if (condition.absent) return `${place} === undefined`;
  if (condition.value === undefined) return `${place} !== undefined`;
  return `${place} === ${typeof condition.value === 'string' ? quoted(condition.value) : condition.value}`;
}

/** The function `isGenuine` for a recipe. Asynchronous where a certificate is fetched. */
export function recipeFunction(plan: Plan, scheme: RecipeScheme): string {
  const { items } = scheme;
  if (items !== undefined) {
    const item = items.member === undefined ? 'item' : member('item', items.member);
    return [
      ...opening(false),
      '  const json = parseJson(body);',
      ...indent(conditionLines(scheme), 2),
      `  const items = ${member('json', items.path)};`,
      '  if (!Array.isArray(items) || items.length === 0) return false;',
      '  return items.every((item) => isGenuineItem(' + item + '));',
      '}',
      '',
      'function isGenuineItem(json) {',
      ...indent(recipeLines(plan, scheme), 2),
      '}',
    ].join('\n');
  }
  const lines = recipeLines(plan, scheme);
  const readsJson = [...conditionLines(scheme), ...lines].some((line) => line.includes('json?.'));
  return [
    ...opening(scheme.certificate !== undefined),
    ...(readsJson ? ['  const json = parseJson(body);'] : []),
    ...indent([...conditionLines(scheme), ...lines], 2),
    '}',
  ].join('\n');
}

/** The function `isGenuine` for a token that the request carries. */
export function tokenFunction(scheme: TokenScheme): string {
  const tokens = (root: string): string =>
    scheme.places
      .map((place) => {
        if (place.in === 'query') return `query(url, ${quoted(place.name)})`;
        if (place.in === 'json') return member(root, place.path);
        const value = `header(${quoted(place.name)})`;
        if (place.prefix === undefined) return value;
        return `withoutPrefix(${value}, ${quoted(place.prefix)})`;
      })
      .join(' ?? ');
  const readsJson = scheme.items !== undefined || scheme.places.some((place) => place.in === 'json');
  const start = [...opening(false), ...(readsJson ? ['  const json = parseJson(body);'] : [])];
  if (scheme.items !== undefined) {
    return [
      ...start,
      `  const items = ${member('json', scheme.items.path)};`,
      '  if (!Array.isArray(items) || items.length === 0) return false;',
      `  return items.every((item) => secrets.some((secret) => sameText(${tokens('item')}, secret)));`,
      '}',
    ].join('\n');
  }
  return [
    ...start,
    `  const token = ${tokens('json')};`,
    '  return secrets.some((secret) => sameText(token, secret));',
    '}',
  ].join('\n');
}

function opening(isAsync: boolean): string[] {
  return [
    '/** Whether the request was signed with one of the secrets. */',
    `${isAsync ? 'async ' : ''}function isGenuine({ method, url, header, body }) {`,
  ];
}

function conditionLines(scheme: RecipeScheme): string[] {
  if (scheme.bodyHashQuery !== undefined || scheme.recipe.some(({ kind }) => kind === 'form')) return [];
  return (scheme.conditions ?? [])
    .filter((condition) => !(condition.from === 'json' && condition.path === 'SignatureVersion'))
    .map((condition) => `if (!(${conditionText(condition)})) return false;`);
}

function recipeLines(plan: Plan, scheme: RecipeScheme): string[] {
  const lines = [...signatureLines(scheme), ...idAndTime(scheme)];
  if (isTwilio(scheme)) {
    lines.push(
      `const bodyHash = query(url, 'bodySHA256');`,
      `if (bodyHash !== undefined && bodyHash !== createHash('sha256').update(body).digest('hex')) return false;`,
      `const fields = bodyHash === undefined ? formText(header, body) : '';`,
    );
  }
  if (scheme.certificate !== undefined) return [...lines, ...certificateLines(plan, scheme)];
  const many = hasMany(scheme);
  if (isAsymmetric(scheme)) {
    const hash = scheme.algorithm.kind === 'ed25519' ? 'null' : quoted('sha256');
    const check = `verify(${hash}, signed, key, Buffer.from(signature, '${scheme.encoding}'))`;
    return [
      ...lines,
      `const signed = Buffer.concat([${bytesOf(scheme).join(', ')}]);`,
      many
        ? `return keys.some((key) => signatures.some((signature) => ${check}));`
        : `return keys.some((key) => ${check});`,
    ];
  }
  const digest = scheme.algorithm.kind === 'hash' ? `createHash('sha256')` : `createHmac('${hashOf(scheme)}', key)`;
  const updates = updatesOf(scheme)
    .map((piece) => `.update(${piece})`)
    .join('');
  const compare = many
    ? 'signatures.some((signature) => sameText(signature, expected))'
    : 'sameText(signature, expected)';
  const key = scheme.algorithm.kind === 'hash' ? 'secret' : 'key';
  const check = [`const expected = ${digest}${updates}.digest('${scheme.encoding}');`, `return ${compare};`];
  return [
    ...lines,
    `return ${key === 'key' ? 'keys' : 'secrets'}.some((${key}) => {`,
    ...indent(scheme.alternatePorts ? ['return addresses(url).some((url) => {', ...indent(check, 2), '});'] : check, 2),
    '});',
  ];
}

/** Twilio signs the form's fields, or the URL that carries the body's hash; one handler takes both. */
export function isTwilio(scheme: RecipeScheme): boolean {
  return scheme.bodyHashQuery !== undefined || scheme.recipe.some(({ kind }) => kind === 'form');
}

/** Name of the hash of an HMAC or of RSA. */
export function hashOf({ algorithm }: RecipeScheme): string {
  return 'hash' in algorithm ? algorithm.hash : 'sha256';
}

/** Whether the request may carry several signatures. */
export function hasMany({ format, numbered }: RecipeScheme): boolean {
  return numbered === true || format.kind !== 'value';
}

/** A header's name, by family where there are two. */
function named(names: readonly string[]): string {
  const [first = '', second] = names;
  return second === undefined ? `header(${quoted(first)})` : `header(older ? ${quoted(second)} : ${quoted(first)})`;
}

function signatureLines(scheme: RecipeScheme): string[] {
  const { format, signatureHeaders } = scheme;
  const lines: string[] = [];
  if (signatureHeaders.length > 1)
    lines.push(`const older = header(${quoted(signatureHeaders[0] ?? '')}) === undefined;`);
  const given = scheme.signaturePath === undefined ? named(signatureHeaders) : member('json', scheme.signaturePath);
  if (scheme.numbered) {
    const stem = (signatureHeaders[0] ?? '').replace(/1$/, '');
    return [
      'const signatures = [];',
      'for (let n = 1; n <= 100; n += 1) {',
      `  const signature = header(\`${stem}\${n}\`);`,
      '  if (signature !== undefined) signatures.push(signature);',
      '}',
    ];
  }
  switch (format.kind) {
    case 'value':
      lines.push(
        `const signature = ${format.prefix === '' ? given : `withoutPrefix(${given}, ${quoted(format.prefix)})`};`,
        "if (typeof signature !== 'string') return false;",
      );
      return lines;
    case 'list':
      lines.push(
        `const signatures = (${given} ?? '').split(${quoted(format.separator)})`,
        `  .map((part) => withoutPrefix(part.trim(), ${quoted(format.prefix)}))`,
        '  .filter(Boolean);',
      );
      return lines;
    case 'versions':
      lines.push(
        `const signatures = (${given} ?? '')`,
        "  .split(' ')",
        `  .map((part) => withoutPrefix(part, ${quoted(`${format.version},`)}))`,
        '  .filter(Boolean);',
      );
      return lines;
    case 'pairs':
      lines.push(
        `const parts = (${given} ?? '').split(${quoted(format.separator.trim())}).map((part) => part.trim());`,
        `const timestamp = parts.map((part) => withoutPrefix(part, ${quoted(`${format.timestampKey}=`)})).find(Boolean);`,
        `const signatures = parts.map((part) => withoutPrefix(part, ${quoted(`${format.signatureKey}=`)})).filter(Boolean);`,
      );
      return lines;
  }
}

function idAndTime(scheme: RecipeScheme): string[] {
  const lines: string[] = [];
  if (scheme.idHeaders !== undefined) lines.push(`const id = ${named(scheme.idHeaders)};`, 'if (!id) return false;');
  const rule = scheme.timestamp;
  if (rule === undefined) return lines;
  if (rule.headers !== undefined) lines.push(`const timestamp = ${named(rule.headers)};`);
  else if (rule.path !== undefined) lines.push(`const timestamp = ${member('json', rule.path)};`);
  return [...lines, 'if (!timestamp) return false;', ...ageLines(rule)];
}

function ageLines(rule: TimestampRule): string[] {
  const { unit, toleranceSeconds: limit } = rule;
  if (limit === null) {
    return unit === 'iso'
      ? ['if (Number.isNaN(Date.parse(timestamp))) return false;']
      : [String.raw`if (!/^\d+$/.test(timestamp)) return false;`];
  }
  const sent =
    unit === 'iso' ? 'Date.parse(timestamp)' : unit === 'seconds' ? 'Number(timestamp) * 1000' : 'Number(timestamp)';
  const now = unit === 'seconds' ? 'Math.floor(Date.now() / 1000) * 1000' : 'Date.now()';
  const ages = `const age = ${now} - ${sent};`;
  const difference = rule.direction === 'both' ? 'Math.abs(age)' : 'age';
  // Written the other way round, so that an age that is no number is refused.
  const test = `if (!(${difference} ${rule.exclusive ? '<' : '<='} ${limit} * 1000)) return false;`;
  return unit === 'iso' ? [ages, test] : [String.raw`if (!/^\d+$/.test(timestamp)) return false;`, ages, test];
}

/** Text and bytes that are signed, text as template literals; neighbours in text are joined. */
function pieces(scheme: RecipeScheme): { readonly text: boolean; readonly code: string }[] {
  const result: { text: boolean; code: string }[] = [];
  const parts = textParts(scheme).map(partCode);
  if (isTwilio(scheme)) parts.push({ text: true, code: '${fields}' });
  for (const part of parts) {
    const last = result.at(-1);
    if (part.text && last?.text) last.code += part.code;
    else result.push({ ...part });
  }
  return result;
}

const alone = /^\$\{([^{}]*)\}$/;

function updatesOf(scheme: RecipeScheme): string[] {
  return pieces(scheme).map(({ text, code }) => (text ? (alone.exec(code)?.[1] ?? `\`${code}\``) : code));
}

function bytesOf(scheme: RecipeScheme): string[] {
  return pieces(scheme).map(({ text, code }) =>
    text ? `Buffer.from(${alone.exec(code)?.[1] ?? `\`${code}\``})` : code,
  );
}

function partCode(part: RecipePart): { text: boolean; code: string } {
  const text = (code: string): { text: boolean; code: string } => ({ text: true, code });
  switch (part.kind) {
    case 'literal':
      return text(
        JSON.stringify(part.text)
          .slice(1, -1)
          .replaceAll(String.raw`\"`, '"')
          .replaceAll('`', '\\`')
          .replaceAll('${', '\\${'),
      );
    case 'body':
      return { text: false, code: 'body' };
    case 'timestamp':
    case 'id':
    case 'method':
    case 'companion':
      return text(`\${${part.kind}}`);
    case 'url':
      return text(
        part.unescape === undefined
          ? '${url}'
          : `\${url.replaceAll(/%(?:${part.unescape.map((escape) => escape.slice(1)).join('|')})/gi, (escape) => decodeURIComponent(escape))}`,
      );
    case 'path':
      return text("${url.replace(PUBLIC_ORIGIN, '')}");
    case 'header':
      return text(`\${header(${quoted(part.name)}) ?? ''}`);
    case 'secret':
      return text('${secret}');
    case 'json':
      return text(`\${${member('json', part.path)} ?? ''}`);
    case 'json-lines':
      return text(`\${jsonLines(json, [${part.keys.map(quoted).join(', ')}])}`);
    case 'signed-headers':
      return text(`\${signedHeaders(header, ${quoted(part.list)})}`);
    case 'form':
      return text('${fields}');
    case 'body-hash':
      return text(`\${createHash('${part.hash}').update(body).digest('${part.encoding}')}`);
    case 'body-crc32':
      return text('${crc32(body)}');
  }
}

function certificateLines(plan: Plan, scheme: RecipeScheme): string[] {
  const rule = scheme.certificate;
  if (rule === undefined) return [];
  const address =
    rule.source.from === 'header'
      ? `header(${quoted(rule.source.name)})`
      : member('json', rule.source.from === 'json' ? rule.source.path : '');
  const end = rule.pathEnd === undefined ? '' : `, ${quoted(rule.pathEnd)}`;
  const hash =
    plan.provider.id === 'aws-sns'
      ? ["const hash = { 1: 'sha1', 2: 'sha256' }[json?.SignatureVersion];", 'if (hash === undefined) return false;']
      : [`const hash = '${hashOf(scheme)}';`];
  return [
    ...hash,
    `const certificate = await certificateAt(${address}, /^${rule.host}$/${end});`,
    'if (certificate === undefined) return false;',
    `const signed = Buffer.concat([${bytesOf(scheme).join(', ')}]);`,
    `return verify(hash, signed, certificate.publicKey, Buffer.from(signature, '${scheme.encoding}'));`,
  ];
}
