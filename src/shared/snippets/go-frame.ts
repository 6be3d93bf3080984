// What stands around `isGenuine` in Go: the keys, the answers to handshakes, and the server.

import type { HandshakeRule } from '../providers/handshake.ts';
import type { ValueSource } from '../providers/sources.ts';
import { goCondition, goDig, tabbed } from './go-words.ts';
import { isRecipe } from './snippet.ts';
import type { Plan } from './snippet.ts';

/** The keys, from the environment. */
export function goKeys(plan: Plan): string {
  const { scheme, env, provider } = plan;
  const second =
    isRecipe(scheme) && scheme.companion !== undefined ? [`var companion = os.Getenv("${plan.secondEnv}")`] : [];
  const host =
    isRecipe(scheme) && scheme.certificate !== undefined
      ? [`var certificateHost = regexp.MustCompile(\`^${scheme.certificate.host}$\`)`]
      : [];
  if (host.length > 0 || (scheme.kind === 'jwt' && scheme.algorithm === 'ES256'))
    return [...second, ...host].join('\n\n');
  return [
    `// ${provider.secretHint}.`,
    '// While you change it, keep the old one in the second variable.',
    'var keys = loadKeys()',
    '',
    'func loadKeys() [][]byte {',
    '\tvar keys [][]byte',
    `\tfor _, name := range []string{"${env}", "${env}_OLD"} {`,
    '\t\tsecret := os.Getenv(name)',
    '\t\tif secret == "" {',
    '\t\t\tcontinue',
    '\t\t}',
    ...tabbed(tabbed(decoding(plan))),
    '\t}',
    ...(plan.startsWithoutSecret ? [] : ['\tif len(keys) == 0 {', `\t\tlog.Fatal("Set ${env}")`, '\t}']),
    '\treturn keys',
    '}',
    ...second,
  ].join('\n');
}

function decoding({ scheme, provider }: Plan): string[] {
  const decoded = (call: string, length = ''): string[] => [
    `key, err := ${call}`,
    `if err != nil${length} {`,
    '\tlog.Fatalf("%s is not of the right form", name)',
    '}',
    'keys = append(keys, key)',
  ];
  switch (scheme.secretType) {
    case 'whsec':
      if (isRecipe(scheme) && scheme.bareSecretIsText) {
        return [
          'if !strings.HasPrefix(secret, "whsec_") {',
          '\tkeys = append(keys, []byte(secret))',
          '\tcontinue',
          '}',
          ...decoded('base64.StdEncoding.DecodeString(secret[6:])'),
        ];
      }
      return provider.id === 'supabase-auth'
        ? decoded('base64.StdEncoding.DecodeString(strings.TrimPrefix(strings.TrimPrefix(secret, "v1,"), "whsec_"))')
        : decoded('base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))');
    case 'hex':
      return decoded('hex.DecodeString(secret)');
    case 'ed25519-public-hex':
      return decoded('hex.DecodeString(secret)', ' || len(key) != ed25519.PublicKeySize');
    case 'whpk-ed25519':
      return decoded(
        'base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whpk_"))',
        ' || len(key) != ed25519.PublicKeySize',
      );
    case 'ecdsa-p256-spki-base64':
      return decoded('base64.StdEncoding.DecodeString(secret)');
    default:
      return ['keys = append(keys, []byte(secret))'];
  }
}

function source(value: ValueSource): string {
  if (value.from === 'header') return `r.Header.Get(${JSON.stringify(value.name)})`;
  if (value.from === 'query') return `r.URL.Query().Get(${JSON.stringify(value.name)})`;
  return value.from === 'json' ? `text(${goDig('data', value.path)})` : '""';
}

const greetingName = { unsigned: 'answerBeforeEvents', checked: 'answerToCheck' } as const;

/** The function that answers handshakes before or after the check; empty where the provider has none. */
export function goGreeting(plan: Plan, kind: 'unsigned' | 'checked'): string {
  const rules = plan[kind];
  if (rules.length === 0) return '';
  const lines = rules.flatMap((rule) => ruleLines(plan, rule));
  const needsJson = lines.some((line) => line.includes('(data,'));
  const endsAlways = rules.some((rule) => rule.conditions.length === 0 && plan.methods.length === 1);
  return [
    kind === 'unsigned'
      ? `// ${greetingName[kind]} answers a request that comes before events and is not signed, if this is one.`
      : `// ${greetingName[kind]} answers a request that is signed but is no event, if this is one.`,
    `func ${greetingName[kind]}(w http.ResponseWriter, r *http.Request, body []byte) bool {`,
    ...tabbed([...(needsJson ? ['data := parseJSON(body)'] : []), ...lines, ...(endsAlways ? [] : ['return false'])]),
    '}',
  ].join('\n');
}

function ruleLines(plan: Plan, rule: HandshakeRule): string[] {
  const conditions = [
    ...(plan.methods.length > 1 ? [`r.Method == "${rule.method}"`] : []),
    ...rule.conditions.map(goCondition),
  ];
  const { answer } = rule;
  const lines: string[] = [];
  const set = (name: string, value: string): string => `w.Header().Set(${JSON.stringify(name)}, ${value})`;
  if (rule.token !== undefined) {
    lines.push(
      `if token := os.Getenv("${plan.secondEnv}"); token == "" || !sameText(${source(rule.token)}, token) {`,
      `\tw.WriteHeader(${rule.refusedStatus ?? 403})`,
      '\treturn true',
      '}',
    );
  }
  if (rule.brings !== undefined) {
    lines.push(
      '// The secret of all later requests: copy it into the environment, and take these lines out.',
      'if len(keys) == 0 {',
      `\tlog.Println("${plan.env} =", ${source(rule.brings)})`,
      '}',
    );
  }
  if (answer.kind === 'echo' || answer.kind === 'fixed' || answer.kind === 'echo-header') {
    lines.push(...answer.headers.map(([name, value]) => set(name, JSON.stringify(value))));
  }
  switch (answer.kind) {
    case 'echo':
      lines.push(`io.WriteString(w, ${source(answer.source)})`);
      break;
    case 'echo-header':
      lines.push(set(answer.to, `r.Header.Get(${JSON.stringify(answer.from)})`), 'w.WriteHeader(200)');
      break;
    case 'fixed':
      lines.push(
        `w.WriteHeader(${answer.status})`,
        ...(answer.body === '' ? [] : [`io.WriteString(w, \`${answer.body}\`)`]),
      );
      break;
    case 'hmac-json':
      lines.push(
        `plain := ${source(answer.source)}`,
        'digest := hmac.New(sha256.New, keys[0])',
        'digest.Write([]byte(plain))',
        set('Content-Type', '"application/json"'),
        `json.NewEncoder(w).Encode(map[string]string{"${answer.plain}": plain, "${answer.hashed}": hex.EncodeToString(digest.Sum(nil))})`,
      );
      break;
    case 'hmac-token':
      lines.push(
        `token := ${source(answer.source)}`,
        '// The same secret signs events: never sign a text that could be the body of one.',
        'if !regexp.MustCompile(`^[A-Za-z0-9_+/=.-]+$`).MatchString(token) {',
        '\tw.WriteHeader(400)',
        '\treturn true',
        '}',
        'digest := hmac.New(sha256.New, keys[0])',
        'digest.Write([]byte(token))',
        set('Content-Type', '"application/json"'),
        `json.NewEncoder(w).Encode(map[string]string{"${answer.name}": "${answer.prefix}" + base64.StdEncoding.EncodeToString(digest.Sum(nil))})`,
      );
      break;
    case 'fetch':
      lines.push(
        '// Open this address once to confirm; fetch it here only if you expect the subscription.',
        `log.Println("To confirm:", ${source(answer.source)})`,
        'w.WriteHeader(200)',
      );
  }
  lines.push('return true');
  return conditions.length === 0 ? lines : [`if ${conditions.join(' && ')} {`, ...tabbed(lines), '}'];
}

/** The server with the route. */
export function goFrame(plan: Plan): string {
  const { scheme } = plan;
  const usesUrl = isRecipe(scheme) && scheme.recipe.some(({ kind }) => kind === 'url');
  const methods = plan.methods.map((method) => `r.Method != "${method}"`).join(' && ');
  const step = (name: string): string[] => [`\t\tif ${name}(w, r, body) {`, '\t\t\treturn', '\t\t}'];
  return [
    'func main() {',
    `\thttp.HandleFunc(${JSON.stringify(plan.path)}, func(w http.ResponseWriter, r *http.Request) {`,
    `\t\tif ${methods} {`,
    '\t\t\tw.WriteHeader(http.StatusMethodNotAllowed)',
    '\t\t\treturn',
    '\t\t}',
    '\t\t// The signature covers the bytes as they came: read them once, before anything decodes them.',
    '\t\tbody, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))',
    '\t\tif err != nil {',
    '\t\t\tw.WriteHeader(http.StatusRequestEntityTooLarge)',
    '\t\t\treturn',
    '\t\t}',
    ...(plan.unsigned.length > 0 ? step(greetingName.unsigned) : []),
    ...(usesUrl
      ? [
          '\t\t// Scheme and host as the sender knows them, for example https://hooks.example.com: proxies change both.',
          '\t\taddress := os.Getenv("PUBLIC_ORIGIN") + r.RequestURI',
        ]
      : []),
    `\t\tif !isGenuine(r, ${usesUrl ? 'address' : 'r.RequestURI'}, body) {`,
    '\t\t\tw.WriteHeader(http.StatusUnauthorized)',
    '\t\t\treturn',
    '\t\t}',
    ...(plan.checked.length > 0 ? step(greetingName.checked) : []),
    `\t\t// ${plan.repeats}`,
    '\t\t// Then hand the work to a queue and answer at once: slow answers are taken for failures and repeated.',
    '\t\tw.WriteHeader(http.StatusOK)',
    '\t})',
    '\tserver := &http.Server{Addr: ":3000", ReadHeaderTimeout: 5 * time.Second}',
    '\tlog.Fatal(server.ListenAndServe())',
    '}',
  ].join('\n');
}
