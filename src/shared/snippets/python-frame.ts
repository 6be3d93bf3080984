// What stands around `is_genuine` in Flask: the secrets, the answers to handshakes, and the route.

import type { HandshakeRule } from '../providers/handshake.ts';
import type { ValueSource } from '../providers/sources.ts';
import { dig, py, pyCondition } from './python-words.ts';
import { indent, isAsymmetric, isRecipe } from './snippet.ts';
import type { Plan } from './snippet.ts';

/** The secrets, from the environment. */
export function pythonSecrets(plan: Plan): string {
  const { scheme, env, provider } = plan;
  const needsUrl = isRecipe(scheme) && scheme.recipe.some(({ kind }) => kind === 'url' || kind === 'path');
  const origin = needsUrl
    ? [
        '# Scheme and host as the sender knows them, for example https://hooks.example.com: proxies change both.',
        'PUBLIC_ORIGIN = os.environ["PUBLIC_ORIGIN"]',
      ]
    : [];
  const second =
    isRecipe(scheme) && scheme.companion !== undefined ? [`COMPANION = os.environ["${plan.secondEnv}"]`] : [];
  if (
    (isRecipe(scheme) && scheme.certificate !== undefined) ||
    (scheme.kind === 'jwt' && scheme.algorithm === 'ES256')
  ) {
    return [...second, ...origin].join('\n');
  }
  return [
    `# ${provider.secretHint}.`,
    '# While you change it, keep the old one in the second variable.',
    `SECRETS = [text for text in (os.environ.get("${env}"), os.environ.get("${env}_OLD")) if text]`,
    ...(plan.startsWithoutSecret ? [] : ['if not SECRETS:', `    raise RuntimeError("Set ${env}")`]),
    ...(isRecipe(scheme) && scheme.algorithm.kind !== 'hash' ? [`KEYS = [${keyOf(plan)} for secret in SECRETS]`] : []),
    ...second,
    ...origin,
  ].join('\n');
}

function keyOf({ scheme, provider }: Plan): string {
  switch (scheme.secretType) {
    case 'whsec':
      if (isRecipe(scheme) && scheme.bareSecretIsText) {
        return 'base64.b64decode(secret[6:]) if secret.startswith("whsec_") else secret.encode()';
      }
      return provider.id === 'supabase-auth'
        ? 'base64.b64decode(secret.removeprefix("v1,").removeprefix("whsec_"))'
        : 'base64.b64decode(secret.removeprefix("whsec_"))';
    case 'hex':
      return 'bytes.fromhex(secret)';
    case 'ed25519-public-hex':
      return 'Ed25519PublicKey.from_public_bytes(bytes.fromhex(secret))';
    case 'whpk-ed25519':
      return 'Ed25519PublicKey.from_public_bytes(base64.b64decode(secret.removeprefix("whpk_")))';
    default:
      return isRecipe(scheme) && isAsymmetric(scheme)
        ? 'load_der_public_key(base64.b64decode(secret))'
        : 'secret.encode()';
  }
}

function source(value: ValueSource): string {
  if (value.from === 'header') return `headers.get(${py(value.name)})`;
  if (value.from === 'query') return `query(url, ${py(value.name)})`;
  return value.from === 'json' ? dig('data', value.path) : 'None';
}

/** The function that answers handshakes before or after the check; empty where the provider has none. */
export function pythonGreeting(plan: Plan, kind: 'unsigned' | 'checked'): string {
  const rules = plan[kind];
  if (rules.length === 0) return '';
  const lines = rules.flatMap((rule) => ruleLines(plan, rule));
  const needsJson = lines.some((line) => line.includes('(data,'));
  return [
    `def ${greetingName[kind]}(method, url, headers, body):`,
    kind === 'unsigned'
      ? '    """The answer to a request that comes before events and is not signed, or None."""'
      : '    """The answer to a request that is signed but is no event, or None."""',
    ...(needsJson ? ['    data = parse_json(body)'] : []),
    ...indent(lines, 4),
    '    return None',
  ].join('\n');
}

const greetingName = { unsigned: 'answer_before_events', checked: 'answer_to_check' } as const;

function ruleLines(plan: Plan, rule: HandshakeRule): string[] {
  const conditions = [
    ...(plan.methods.length > 1 ? [`method == "${rule.method}"`] : []),
    ...rule.conditions.map(pyCondition),
  ];
  const headers = (pairs: readonly (readonly [string, string])[]): string =>
    `{${pairs.map(([name, value]) => `${py(name)}: ${py(value)}`).join(', ')}}`;
  const lines: string[] = [];
  const { answer } = rule;
  if (rule.token !== undefined) {
    lines.push(
      `if not same_text(${source(rule.token)}, os.environ.get("${plan.secondEnv}")):`,
      `    return "", ${rule.refusedStatus ?? 403}`,
    );
  }
  if (rule.brings !== undefined) {
    lines.push(
      '# The secret of all later requests: copy it into the environment, and take these lines out.',
      'if not SECRETS:',
      `    print("${plan.env} =", ${source(rule.brings)})`,
    );
  }
  switch (answer.kind) {
    case 'echo':
      lines.push(`return str(${source(answer.source)}), 200, ${headers(answer.headers)}`);
      break;
    case 'echo-header':
      lines.push(
        `return "", 200, {${[...answer.headers.map(([name, value]) => `${py(name)}: ${py(value)}`), `${py(answer.to)}: headers.get(${py(answer.from)})`].join(', ')}}`,
      );
      break;
    case 'fixed':
      lines.push(`return ${py(answer.body)}, ${answer.status}, ${headers(answer.headers)}`);
      break;
    case 'hmac-json':
      lines.push(
        `plain = str(${source(answer.source)})`,
        'hashed = hmac.new(KEYS[0], plain.encode(), hashlib.sha256).hexdigest()',
        `return {"${answer.plain}": plain, "${answer.hashed}": hashed}`,
      );
      break;
    case 'hmac-token':
      lines.push(
        `token = ${source(answer.source)}`,
        '# The same secret signs events: never sign a text that could be the body of one.',
        String.raw`if not re.fullmatch(r"[A-Za-z0-9_+/=.-]+", token):`,
        '    return "", 400',
        'hashed = base64.b64encode(hmac.new(KEYS[0], token.encode(), hashlib.sha256).digest()).decode()',
        `return {"${answer.name}": "${answer.prefix}" + hashed}`,
      );
      break;
    case 'fetch':
      lines.push(
        '# Open this address once to confirm; fetch it here only if you expect the subscription.',
        `print("To confirm:", ${source(answer.source)})`,
        'return "", 200',
      );
  }
  return conditions.length === 0 ? lines : [`if ${conditions.join(' and ')}:`, ...indent(lines, 4)];
}

/** The route. */
export function pythonFrame(plan: Plan): string {
  const { scheme } = plan;
  const hasOrigin = isRecipe(scheme) && scheme.recipe.some(({ kind }) => kind === 'url' || kind === 'path');
  const target = 'request.environ.get("RAW_URI") or request.full_path';
  const step = (name: string, variable: string): string[] => [
    `    ${variable} = ${name}(*asked)`,
    `    if ${variable} is not None:`,
    `        return ${variable}`,
  ];
  return [
    'app = Flask(__name__)',
    'app.config["MAX_CONTENT_LENGTH"] = 1024 * 1024',
    '',
    '',
    `@app.route(${py(plan.path)}, methods=[${plan.methods.map(py).join(', ')}]${plan.methods.includes('OPTIONS') ? ', provide_automatic_options=False' : ''})`,
    'def webhook():',
    '    # The signature covers the bytes as they came: read them before request.form or request.json.',
    '    body = request.get_data()',
    `    url = ${hasOrigin ? `PUBLIC_ORIGIN + (${target})` : target}`,
    '    asked = (request.method, url, request.headers, body)',
    ...(plan.unsigned.length > 0 ? step(greetingName.unsigned, 'greeting') : []),
    '    if not is_genuine(*asked):',
    '        abort(401)',
    ...(plan.checked.length > 0 ? step(greetingName.checked, 'check') : []),
    `    # ${plan.repeats}`,
    '    # Then hand the work to a queue and answer at once: slow answers are taken for failures and repeated.',
    '    return "", 200',
  ].join('\n');
}
