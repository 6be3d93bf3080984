// Handlers in Python for Flask: `is_genuine` from a scheme's recipe, with the standard library; public keys and
// certificates need the package cryptography.

import type { RecipePart, RecipeScheme, TimestampRule } from '../providers/define.ts';
import { hashOf, hasMany, isTwilio } from './javascript-verify.ts';
import { pythonFrame, pythonGreeting, pythonSecrets } from './python-frame.ts';
import { pythonHelpers } from './python-parts.ts';
import { jwtFunction, tokenFunction } from './python-tokens.ts';
import { about, dig, opening, py, pyCondition, refuse } from './python-words.ts';
import { indent, isAsymmetric, isRecipe, pathMembers, textParts, usedHelpers } from './snippet.ts';
import type { Plan } from './snippet.ts';

/** The whole file for Flask. */
export function pythonSnippet(plan: Plan): string {
  const parts = [
    pythonSecrets(plan),
    verifyFunction(plan),
    pythonGreeting(plan, 'unsigned'),
    pythonGreeting(plan, 'checked'),
  ];
  const logic = parts.filter((text) => text !== '').join('\n\n\n');
  const used = usedHelpers(logic, pythonHelpers);
  const code = [logic, ...used, pythonFrame(plan)].join('\n\n\n');
  const modules = ['base64', 'hashlib', 'hmac', 'json', 'os', 're', 'time', 'urllib.parse', 'urllib.request', 'zlib'];
  const imports = modules.filter((name) => code.includes(`${name}.`)).map((name) => `import ${name}`);
  const cryptography: readonly (readonly [string, string])[] = [
    ['x509.', 'from cryptography import x509'],
    ['InvalidSignature', 'from cryptography.exceptions import InvalidSignature'],
    ['hashes.', 'from cryptography.hazmat.primitives import hashes'],
    ['load_der_public_key', 'from cryptography.hazmat.primitives.serialization import load_der_public_key'],
    ['ec.', 'from cryptography.hazmat.primitives.asymmetric import ec'],
    ['padding.', 'from cryptography.hazmat.primitives.asymmetric import padding'],
    ['Ed25519PublicKey', 'from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey'],
    ['encode_dss_signature', 'from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature'],
  ];
  return [
    plan.heading.map((line) => `# ${line}`).join('\n'),
    '',
    ...imports,
    ...(code.includes('datetime.') ? ['from datetime import datetime, timezone'] : []),
    '',
    ...cryptography.filter(([mark]) => new RegExp(`\\b${mark.replace('.', '\\.')}`).test(code)).map(([, line]) => line),
    'from flask import Flask, abort, request',
    '',
    code,
    '',
  ].join('\n');
}

function verifyFunction(plan: Plan): string {
  const { scheme } = plan;
  if (scheme.kind === 'token') return tokenFunction(scheme);
  if (scheme.kind === 'jwt') return jwtFunction(scheme);
  if (!isRecipe(scheme)) return '';
  const { items } = scheme;
  const conditions = conditionLines(scheme);
  if (items === undefined) {
    const lines = [...conditions, ...recipeLines(plan, scheme)];
    const json = lines.some((line) => line.includes('(data,')) ? ['data = parse_json(body)'] : [];
    return [opening, about, ...indent([...json, ...lines], 4)].join('\n');
  }
  const item = items.member === undefined ? 'item' : dig('item', items.member);
  return [
    opening,
    about,
    ...indent(
      [
        'data = parse_json(body)',
        ...conditions,
        `items = ${dig('data', items.path)}`,
        'if not isinstance(items, list) or not items:',
        '    return False',
        `return all(is_genuine_item(${item}) for item in items)`,
      ],
      4,
    ),
    '',
    '',
    'def is_genuine_item(data):',
    ...indent(recipeLines(plan, scheme), 4),
  ].join('\n');
}

function conditionLines(scheme: RecipeScheme): string[] {
  if (isTwilio(scheme)) return [];
  return (scheme.conditions ?? [])
    .filter((condition) => !(condition.from === 'json' && condition.path === 'SignatureVersion'))
    .flatMap((condition) => refuse(`not (${pyCondition(condition)})`));
}

function named(names: readonly string[]): string {
  const [first = '', second] = names;
  return second === undefined ? `headers.get(${py(first)})` : `headers.get(${py(second)} if older else ${py(first)})`;
}

function recipeLines(plan: Plan, scheme: RecipeScheme): string[] {
  const lines = [...signatureLines(scheme), ...idAndTime(scheme)];
  if (isTwilio(scheme)) {
    lines.push(
      'body_hash = query(url, "bodySHA256")',
      ...refuse('body_hash is not None and body_hash != hashlib.sha256(body).hexdigest()'),
      'fields = form_text(headers, body) if body_hash is None else ""',
    );
  }
  const given = hasMany(scheme) ? 'signatures' : '[signature]';
  if (scheme.certificate !== undefined) return [...lines, ...certificateLines(plan, scheme)];
  if (isAsymmetric(scheme)) {
    const decode = scheme.encoding === 'hex' ? 'bytes.fromhex(text)' : 'base64.b64decode(text)';
    const check =
      scheme.algorithm.kind === 'ed25519'
        ? 'key.verify(given, signed)'
        : 'key.verify(given, signed, ec.ECDSA(hashes.SHA256()))';
    return [
      ...lines,
      `signed = ${signedBytes(scheme)}`,
      'for key in KEYS:',
      `    for text in ${given}:`,
      '        try:',
      `            given = ${decode}`,
      `            ${check}`,
      '            return True',
      '        except (InvalidSignature, ValueError):',
      '            continue',
      'return False',
    ];
  }
  const hash = `hashlib.${hashOf(scheme)}`;
  const name = scheme.algorithm.kind === 'hash' ? 'secret' : 'key';
  const digest = name === 'secret' ? `${hash}(signed)` : `hmac.new(key, signed, ${hash})`;
  const encoded =
    scheme.encoding === 'hex'
      ? `${digest}.hexdigest()`
      : scheme.encoding === 'base64'
        ? `base64.b64encode(${digest}.digest()).decode()`
        : `base64.urlsafe_b64encode(${digest}.digest()).decode().rstrip("=")`;
  const check = [
    `signed = ${signedBytes(scheme)}`,
    `expected = ${encoded}`,
    `if any(same_text(text, expected) for text in ${given}):`,
    '    return True',
  ];
  return [
    ...lines,
    `for ${name} in ${name === 'secret' ? 'SECRETS' : 'KEYS'}:`,
    ...indent(scheme.alternatePorts ? ['for url in addresses(url):', ...indent(check, 4)] : check, 4),
    'return False',
  ];
}

function signatureLines(scheme: RecipeScheme): string[] {
  const { format, signatureHeaders } = scheme;
  const lines = signatureHeaders.length > 1 ? [`older = ${py(signatureHeaders[0] ?? '')} not in headers`] : [];
  const given = scheme.signaturePath === undefined ? named(signatureHeaders) : dig('data', scheme.signaturePath);
  if (scheme.numbered) {
    const stem = (signatureHeaders[0] ?? '').replace(/1$/, '');
    return [`signatures = [headers.get(f"${stem}{n}") for n in range(1, 101)]`];
  }
  switch (format.kind) {
    case 'value':
      return [
        ...lines,
        `signature = ${format.prefix === '' ? given : `without_prefix(${given}, ${py(format.prefix)})`}`,
        ...refuse('not isinstance(signature, str)'),
      ];
    case 'list':
    case 'versions': {
      const [separator, prefix] =
        format.kind === 'list' ? [format.separator, format.prefix] : [' ', `${format.version},`];
      return [
        ...lines,
        `parts = [part.strip() for part in (${given} or "").split(${py(separator)})]`,
        `signatures = [part[${prefix.length}:] for part in parts if part.startswith(${py(prefix)})]`,
      ];
    }
    case 'pairs':
      return [
        ...lines,
        `parts = [part.strip() for part in (${given} or "").split(${py(format.separator.trim())})]`,
        `timestamp = next((part[${format.timestampKey.length + 1}:] for part in parts if part.startswith("${format.timestampKey}=")), None)`,
        `signatures = [part[${format.signatureKey.length + 1}:] for part in parts if part.startswith("${format.signatureKey}=")]`,
      ];
  }
}

function idAndTime(scheme: RecipeScheme): string[] {
  const lines =
    scheme.idHeaders === undefined ? [] : [`message_id = ${named(scheme.idHeaders)}`, ...refuse('not message_id')];
  const rule = scheme.timestamp;
  if (rule === undefined) return lines;
  if (rule.headers !== undefined) lines.push(`timestamp = ${named(rule.headers)}`);
  else if (rule.path !== undefined) lines.push(`timestamp = text_of(${dig('data', rule.path)})`);
  return [...lines, ...ageLines(rule)];
}

function ageLines(rule: TimestampRule): string[] {
  const { unit, toleranceSeconds: limit } = rule;
  const lines = [
    `sent = ${unit === 'iso' ? 'iso_seconds(timestamp)' : 'digits(timestamp)'}`,
    ...refuse('sent is None'),
  ];
  if (limit === null) return lines;
  const now = unit === 'seconds' ? 'int(time.time())' : 'time.time()';
  lines.push(`age = ${now} - sent${unit === 'milliseconds' ? ' / 1000' : ''}`);
  const age = rule.direction === 'both' ? 'abs(age)' : 'age';
  return [...lines, ...refuse(`${age} ${rule.exclusive ? '>=' : '>'} ${limit}`)];
}

function signedBytes(scheme: RecipeScheme): string {
  const pieces: { text: boolean; code: string }[] = [];
  const parts = textParts(scheme).map(partCode);
  if (isTwilio(scheme)) parts.push({ text: true, code: '{fields}' });
  for (const part of parts) {
    const last = pieces.at(-1);
    if (part.text && last?.text) last.code += part.code;
    else pieces.push({ ...part });
  }
  return pieces
    .map(({ text, code }) => {
      if (!text) return code;
      const single = /^\{([^{}"]*)\}$/.exec(code)?.[1];
      return single === undefined ? `f"${code}".encode()` : `${single}.encode()`;
    })
    .join(' + ');
}

function partCode(part: RecipePart): { text: boolean; code: string } {
  const text = (code: string): { text: boolean; code: string } => ({ text: true, code });
  // Single quotes within: before Python 3.12 an f-string cannot hold its own.
  const name = (value: string): string => `'${value}'`;
  switch (part.kind) {
    case 'literal':
      return text(JSON.stringify(part.text).slice(1, -1).replaceAll('{', '{{').replaceAll('}', '}}'));
    case 'body':
      return { text: false, code: 'body' };
    case 'id':
      return text('{message_id}');
    case 'timestamp':
    case 'method':
      return text(`{${part.kind}}`);
    case 'companion':
      return text('{COMPANION}');
    case 'secret':
      return text('{secret}');
    case 'url':
      return part.unescape === undefined
        ? text('{url}')
        : text(`{undo_escapes(url, '${part.unescape.map((escape) => escape.slice(1)).join('|')}')}`);
    case 'path':
      return text('{path_of(url)}');
    case 'header':
      return text(`{headers.get(${name(part.name)}, '')}`);
    case 'json':
      return text(
        `{text_of(dig(data, ${pathMembers(part.path)
          .map((member) => (typeof member === 'number' ? String(member) : name(member)))
          .join(', ')}))}`,
      );
    case 'json-lines':
      return text(`{json_lines(data, '${part.keys.join(' ')}')}`);
    case 'signed-headers':
      return text(`{signed_headers(headers, ${name(part.list)})}`);
    case 'form':
      return text('{fields}');
    case 'body-hash':
      return {
        text: false,
        code:
          part.encoding === 'hex'
            ? `hashlib.${part.hash}(body).hexdigest().encode()`
            : `base64.${part.encoding === 'base64' ? 'b64encode' : 'urlsafe_b64encode'}(hashlib.${part.hash}(body).digest())${part.encoding === 'base64' ? '' : '.rstrip(b"=")'}`,
      };
    case 'body-crc32':
      return text('{zlib.crc32(body)}');
  }
}

function certificateLines(plan: Plan, scheme: RecipeScheme): string[] {
  const rule = scheme.certificate;
  if (rule === undefined) return [];
  const { source } = rule;
  const address =
    source.from === 'header'
      ? `headers.get(${py(source.name)})`
      : source.from === 'json'
        ? dig('data', source.path)
        : '';
  const hash =
    plan.provider.id === 'aws-sns'
      ? [
          'digest = {"1": hashes.SHA1(), "2": hashes.SHA256()}.get(dig(data, "SignatureVersion"))',
          ...refuse('digest is None'),
        ]
      : [`digest = hashes.${hashOf(scheme).toUpperCase()}()`];
  return [
    ...hash,
    `certificate = certificate_at(${address}, r"${rule.host}", ${py(rule.pathEnd ?? '')})`,
    ...refuse('certificate is None'),
    `signed = ${signedBytes(scheme)}`,
    'try:',
    '    given = base64.b64decode(signature)',
    '    certificate.public_key().verify(given, signed, padding.PKCS1v15(), digest)',
    '    return True',
    'except (InvalidSignature, ValueError):',
    '    return False',
  ];
}
