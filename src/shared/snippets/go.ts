// Handlers in Go with nothing but the standard library: `isGenuine` from a scheme's recipe, and what stands around it.

import type { RecipePart, RecipeScheme, TimestampRule } from '../providers/define.ts';
import { goFrame, goGreeting, goKeys } from './go-frame.ts';
import { goHelpers, goPackages } from './go-parts.ts';
import { jwtFunction, tokenFunction } from './go-tokens.ts';
import { everyItem, goCondition, goDig, opening, refuse, tabbed } from './go-words.ts';
import { hashOf, hasMany, isTwilio } from './javascript-verify.ts';
import { isAsymmetric, isRecipe, textParts, usedHelpers } from './snippet.ts';
import type { Plan } from './snippet.ts';

/** The whole file. */
export function goSnippet(plan: Plan): string {
  const parts = [
    goKeys(plan),
    verifyFunction(plan),
    goGreeting(plan, 'unsigned'),
    goGreeting(plan, 'checked'),
    goFrame(plan),
  ];
  const logic = parts.filter((text) => text !== '');
  const used = usedHelpers(logic.join('\n'), goHelpers);
  const code = [...logic.slice(0, -1), ...used, ...logic.slice(-1)].join('\n\n');
  const bare = code.replaceAll(/^\s*\/\/.*$/gm, '');
  const imports = goPackages
    .filter((path) => new RegExp(`\\b${path.split('/').at(-1) ?? ''}\\.[A-Z]`).test(bare))
    .map((path) => `\t"${path}"`);
  // Registers the hashes by which crypto.Hash is made.
  for (const name of ['sha1', 'sha256']) {
    if (bare.includes(`crypto.${name.toUpperCase()}`) && !imports.includes(`\t"crypto/${name}"`))
      imports.push(`\t_ "crypto/${name}"`);
  }
  const path = (line: string): string => line.replace(/^\t_? ?"/, '');
  return [
    plan.heading.map((line) => `// ${line}`).join('\n'),
    'package main',
    `import (\n${imports.toSorted((a, b) => (path(a) < path(b) ? -1 : 1)).join('\n')}\n)`,
    `${code}\n`,
  ]
    .join('\n\n')
    .replace('\n\npackage', '\npackage');
}

function verifyFunction(plan: Plan): string {
  const { scheme } = plan;
  if (scheme.kind === 'token') return tokenFunction(scheme);
  if (scheme.kind === 'jwt') return jwtFunction(scheme);
  if (!isRecipe(scheme)) return '';
  const conditions = conditionLines(scheme);
  const { items } = scheme;
  const lines = recipeLines(plan, scheme);
  if (items === undefined) {
    const json = [...conditions, ...lines].some((line) => line.includes('(data,')) ? ['data := parseJSON(body)'] : [];
    return [...opening, ...tabbed([...json, ...conditions, ...lines]), '}'].join('\n');
  }
  const item = items.member === undefined ? 'item' : goDig('item', items.member);
  return [
    ...opening,
    ...tabbed([
      'data := parseJSON(body)',
      ...conditions,
      ...everyItem(items.path, [`if !isGenuineItem(${item}) {`, '\treturn false', '}']),
    ]),
    '}',
    '',
    'func isGenuineItem(data any) bool {',
    ...tabbed(lines),
    '}',
  ].join('\n');
}

function conditionLines(scheme: RecipeScheme): string[] {
  if (isTwilio(scheme)) return [];
  return (scheme.conditions ?? [])
    .filter((condition) => !(condition.from === 'json' && condition.path === 'SignatureVersion'))
    .flatMap((condition) => refuse(`!(${goCondition(condition)})`));
}

function named(names: readonly string[]): string {
  const [first = '', second] = names.map((name) => JSON.stringify(name));
  return second === undefined ? `r.Header.Get(${first})` : `headerOf(r, older, ${first}, ${second})`;
}

function recipeLines(plan: Plan, scheme: RecipeScheme): string[] {
  const lines = [...signatureLines(scheme), ...idAndTime(scheme)];
  if (isTwilio(scheme)) {
    lines.push(
      'bodyHash := r.URL.Query().Get("bodySHA256")',
      'fields := ""',
      'if bodyHash == "" {',
      '\tfields = formText(r, body)',
      '} else if sum := sha256.Sum256(body); hex.EncodeToString(sum[:]) != bodyHash {',
      '\treturn false',
      '}',
    );
  }
  if (scheme.certificate !== undefined) return [...lines, ...certificateLines(plan, scheme)];
  if (isAsymmetric(scheme)) return [...lines, ...publicKeyLines(scheme)];
  const isHash = scheme.algorithm.kind === 'hash';
  const encoder = {
    hex: 'hex.EncodeToString',
    base64: 'base64.StdEncoding.EncodeToString',
    base64url: 'base64.RawURLEncoding.EncodeToString',
  }[scheme.encoding];
  const check = [
    isHash ? `digest := ${hashOf(scheme)}.New()` : `digest := hmac.New(${hashOf(scheme)}.New, key)`,
    ...writes(scheme),
    `expected := ${encoder}(digest.Sum(nil))`,
    ...(hasMany(scheme)
      ? [
          'for _, signature := range signatures {',
          '\tif sameText(signature, expected) {',
          '\t\treturn true',
          '\t}',
          '}',
        ]
      : ['if sameText(signature, expected) {', '\treturn true', '}']),
  ];
  return [
    ...lines,
    'for _, key := range keys {',
    ...tabbed(scheme.alternatePorts ? ['for _, address := range addresses(address) {', ...tabbed(check), '}'] : check),
    '}',
    'return false',
  ];
}

function writes(scheme: RecipeScheme): string[] {
  return pieces(scheme).map(({ text, code }) => `digest.Write(${text ? `[]byte(${code})` : code})`);
}

function publicKeyLines(scheme: RecipeScheme): string[] {
  const decode = scheme.encoding === 'hex' ? 'hex.DecodeString' : 'base64.StdEncoding.DecodeString';
  const check =
    scheme.algorithm.kind === 'ed25519'
      ? ['if err == nil && ed25519.Verify(ed25519.PublicKey(key), signed, given) {', '\treturn true', '}']
      : [
          'sum := sha256.Sum256(signed)',
          'if err == nil && isKey && ecdsa.VerifyASN1(public, sum[:], given) {',
          '\treturn true',
          '}',
        ];
  const key =
    scheme.algorithm.kind === 'ed25519'
      ? []
      : ['parsed, _ := x509.ParsePKIXPublicKey(key)', 'public, isKey := parsed.(*ecdsa.PublicKey)'];
  const each = [`given, err := ${decode}(signature)`, ...check];
  const bytes = pieces(scheme).map(({ text, code }) => (text ? `[]byte(${code})` : code));
  return [
    `signed := bytes.Join([][]byte{${bytes.join(', ')}}, nil)`,
    'for _, key := range keys {',
    ...tabbed([...key, ...(hasMany(scheme) ? ['for _, signature := range signatures {', ...tabbed(each), '}'] : each)]),
    '}',
    'return false',
  ];
}

function signatureLines(scheme: RecipeScheme): string[] {
  const { format, signatureHeaders } = scheme;
  const lines =
    signatureHeaders.length > 1 ? [`older := r.Header.Get(${JSON.stringify(signatureHeaders[0])}) == ""`] : [];
  const given =
    scheme.signaturePath === undefined ? named(signatureHeaders) : `text(${goDig('data', scheme.signaturePath)})`;
  if (scheme.numbered) {
    const stem = (signatureHeaders[0] ?? '').replace(/1$/, '');
    return [
      'var signatures []string',
      'for n := 1; n <= 100; n++ {',
      `\tsignatures = append(signatures, r.Header.Get("${stem}"+strconv.Itoa(n)))`,
      '}',
    ];
  }
  switch (format.kind) {
    case 'value':
      return [
        ...lines,
        `signature := ${format.prefix === '' ? given : `withoutPrefix(${given}, ${JSON.stringify(format.prefix)})`}`,
        ...refuse('signature == ""'),
      ];
    case 'list':
      return [
        ...lines,
        `signatures := partsOf(${given}, ${JSON.stringify(format.separator)}, ${JSON.stringify(format.prefix)})`,
      ];
    case 'versions':
      return [...lines, `signatures := partsOf(${given}, " ", "${format.version},")`];
    case 'pairs': {
      const of = (key: string): string => `partsOf(${given}, ${JSON.stringify(format.separator.trim())}, "${key}=")`;
      return [
        ...lines,
        `times := ${of(format.timestampKey)}`,
        `signatures := ${of(format.signatureKey)}`,
        ...refuse('len(times) == 0'),
        'timestamp := times[0]',
      ];
    }
  }
}

function idAndTime(scheme: RecipeScheme): string[] {
  const lines = scheme.idHeaders === undefined ? [] : [`id := ${named(scheme.idHeaders)}`, ...refuse('id == ""')];
  const rule = scheme.timestamp;
  if (rule === undefined) return lines;
  if (rule.headers !== undefined) lines.push(`timestamp := ${named(rule.headers)}`);
  else if (rule.path !== undefined) lines.push(`timestamp := text(${goDig('data', rule.path)})`);
  return [...lines, ...ageLines(rule)];
}

function ageLines(rule: TimestampRule): string[] {
  const { unit, toleranceSeconds: limit } = rule;
  const parse = unit === 'iso' ? 'time.Parse(time.RFC3339Nano, timestamp)' : 'strconv.ParseInt(timestamp, 10, 64)';
  if (limit === null) return [`if _, err := ${parse}; err != nil {`, '\treturn false', '}'];
  const age = {
    iso: 'time.Since(sent)',
    seconds: 'time.Now().Unix() - sent',
    milliseconds: 'time.Now().UnixMilli() - sent',
  }[unit];
  const most = { iso: `${limit}*time.Second`, seconds: `${limit}`, milliseconds: `${limit * 1000}` }[unit];
  const over = rule.exclusive ? '>=' : '>';
  return [
    `sent, err := ${parse}`,
    ...refuse('err != nil'),
    `age := ${age}`,
    ...refuse(rule.direction === 'both' ? `age ${over} ${most} || -age ${over} ${most}` : `age ${over} ${most}`),
  ];
}

function pieces(scheme: RecipeScheme): { text: boolean; code: string }[] {
  const result: { text: boolean; code: string }[] = [];
  const parts = textParts(scheme).map(partCode);
  if (isTwilio(scheme)) parts.push({ text: true, code: 'fields' });
  for (const part of parts) {
    const last = result.at(-1);
    if (part.text && last?.text) last.code += ` + ${part.code}`;
    else result.push({ ...part });
  }
  return result;
}

function partCode(part: RecipePart): { text: boolean; code: string } {
  const text = (code: string): { text: boolean; code: string } => ({ text: true, code });
  switch (part.kind) {
    case 'literal':
      return text(JSON.stringify(part.text));
    case 'body':
      return { text: false, code: 'body' };
    case 'secret':
      return { text: false, code: 'key' };
    case 'id':
    case 'timestamp':
    case 'companion':
      return text(part.kind);
    case 'method':
      return text('r.Method');
    case 'url':
      return text(
        part.unescape === undefined
          ? 'address'
          : `undoEscapes(address, "${part.unescape.map((escape) => escape.slice(1)).join('|')}")`,
      );
    case 'path':
      return text('r.RequestURI');
    case 'header':
      return text(`r.Header.Get(${JSON.stringify(part.name)})`);
    case 'json':
      return text(`text(${goDig('data', part.path)})`);
    case 'json-lines':
      return text(`jsonLines(data, ${part.keys.map((key) => JSON.stringify(key)).join(', ')})`);
    case 'signed-headers':
      return text(`signedHeaders(r, ${JSON.stringify(part.list)})`);
    case 'form':
      return text('fields');
    case 'body-hash':
      return text(
        `hashText(body, ${part.hash}.New(), ${{ hex: 'hex.EncodeToString', base64: 'base64.StdEncoding.EncodeToString', base64url: 'base64.RawURLEncoding.EncodeToString' }[part.encoding]})`,
      );
    case 'body-crc32':
      return text('strconv.FormatUint(uint64(crc32.ChecksumIEEE(body)), 10)');
  }
}

function certificateLines(plan: Plan, scheme: RecipeScheme): string[] {
  const rule = scheme.certificate;
  if (rule === undefined) return [];
  const { source } = rule;
  const address =
    source.from === 'header'
      ? `r.Header.Get(${JSON.stringify(source.name)})`
      : source.from === 'json'
        ? `text(${goDig('data', source.path)})`
        : '""';
  const hash =
    plan.provider.id === 'aws-sns'
      ? [
          'var algorithm crypto.Hash',
          `switch text(${goDig('data', 'SignatureVersion')}) {`,
          'case "1":',
          '\talgorithm = crypto.SHA1',
          'case "2":',
          '\talgorithm = crypto.SHA256',
          'default:',
          '\treturn false',
          '}',
        ]
      : [`algorithm := crypto.${hashOf(scheme).toUpperCase()}`];
  return [
    ...hash,
    `certificate := certificateAt(${address}, ${JSON.stringify(rule.pathEnd ?? '')})`,
    ...refuse('certificate == nil'),
    'key, isKey := certificate.PublicKey.(*rsa.PublicKey)',
    'given, err := base64.StdEncoding.DecodeString(signature)',
    ...refuse('!isKey || err != nil'),
    'digest := algorithm.New()',
    ...writes(scheme),
    'return rsa.VerifyPKCS1v15(key, algorithm, digest.Sum(nil), given) == nil',
  ];
}
