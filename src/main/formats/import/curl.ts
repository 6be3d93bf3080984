// Reads curl commands, pasted or from a script of ours. Words are split as a shell splits them, and nothing is run:
// substitutions stay text, except the two forms in which our own export writes bytes.

import { split } from 'shlex';
import type { HeaderPair } from '../../../shared/headers.ts';
import type { Finds } from './plan.ts';
import { addRequest, latin1, utf8 } from './request-parts.ts';
import { base64Bytes, refuse } from './untrusted.ts';

/** Whether the text has a curl command at the beginning of a line. */
export function isCurl(text: string): boolean {
  return /^(?:[$>] ?)?(?:base64 -d <<'END_OF_BODY' \| )?curl(?:\.exe)?\s/m.test(text);
}

/** Throws AppError IMPORT_INVALID where quotes do not end. */
export function readCurl(text: string, finds: Finds): void {
  for (const { command, piped, line } of commandsOf(text.replace(/\r\n/g, '\n'))) {
    const place = `line ${line}`;
    try {
      readCommand(split(command), piped, place, finds);
    } catch (error) {
      if (!(error instanceof Error) || !/quote|escape|closing/i.test(error.message)) throw error;
      refuse(`The command in ${place} has a quote that does not end.`);
    }
  }
}

interface Command {
  readonly command: string;
  /** What our script pipes into it. */
  readonly piped: Uint8Array | null;
  readonly line: number;
}

/** Commands with their continuation lines joined. */
function* commandsOf(text: string): Generator<Command> {
  const start = /^(?:[$>] ?)?(?:base64 -d <<'(END_OF_BODY)' \| )?(?=curl(?:\.exe)?\s)/gm;
  let from = 0;
  let line = 1;
  let counted = 0;
  for (;;) {
    start.lastIndex = from;
    const match = start.exec(text);
    if (!match) return;
    const begin = match.index + match[0].length;
    const end = endOfCommand(text, begin);
    for (; counted < match.index; counted += 1) if (text[counted] === '\n') line += 1;
    let piped: Uint8Array | null = null;
    from = end;
    if (match[1] !== undefined) {
      const close = text.indexOf('\nEND_OF_BODY', end);
      piped = base64Bytes(text.slice(end, close < 0 ? text.length : close));
      from = close < 0 ? text.length : close + 1;
    }
    yield { command: text.slice(begin, end), piped, line };
  }
}

/** The first line break that is neither quoted nor escaped. */
function endOfCommand(text: string, begin: number): number {
  let quote = '';
  let escapes = true;
  for (let at = begin; at < text.length; at += 1) {
    const character = text[at] as string;
    if (character === '\\' && escapes) at += 1;
    else if (quote === '' && (character === "'" || character === '"')) {
      quote = character;
      // In '...' a backslash is itself; in $'...' it is not.
      escapes = character === '"' || text[at - 1] === '$';
    } else if (character === quote) {
      quote = '';
      escapes = true;
    }
    if (character === '\n' && quote === '') return at;
  }
  return text.length;
}

/** Options that take a value and say nothing about the request. */
const otherWithValue = new Set([
  ...[
    '--oauth2-bearer',
    '--aws-sigv4',
    '--cert-type',
    '--key-type',
    '--pass',
    '--capath',
    '--crlfile',
    '--pinnedpubkey',
  ],
  ...[
    '--socks5',
    '--socks5-hostname',
    '--socks4',
    '--socks4a',
    '--proxy-header',
    '--noproxy',
    '--preproxy',
    '--doh-url',
  ],
  ...[
    '--unix-socket',
    '--abstract-unix-socket',
    '--dns-servers',
    '--local-port',
    '--keepalive-time',
    '--happy-eyeballs-timeout-ms',
  ],
  ...[
    '--speed-limit',
    '-Y',
    '--speed-time',
    '-y',
    '--max-filesize',
    '--expect100-timeout',
    '--continue-at',
    '-C',
    '--trace',
  ],
  ...['--trace-ascii', '--stderr', '--etag-save', '--etag-compare', '--hsts', '--alt-svc', '--output-dir', '--proto'],
  ...[
    '--proto-default',
    '--proto-redir',
    '--rate',
    '--netrc-file',
    '--engine',
    '--curves',
    '--tls13-ciphers',
    '--url-query',
  ],
  ...['-o', '--output', '-m', '--max-time', '--connect-timeout', '--retry', '--retry-delay', '-w', '--write-out'],
  ...['-x', '--proxy', '--cacert', '--cert', '--key', '-E', '-c', '--cookie-jar', '--resolve', '--connect-to'],
  ...['--limit-rate', '--max-redirs', '--interface', '-D', '--dump-header', '-K', '--config', '-T', '--upload-file'],
  ...['--proxy-user', '-U', '--ciphers', '--tls-max', '-r', '--range', '-z', '--time-cond', '--retry-max-time'],
]);
const dataOptions = new Set([
  '-d',
  '--data',
  '--data-ascii',
  '--data-raw',
  '--data-binary',
  '--data-urlencode',
  '--json',
]);

interface Reading {
  url: string | null;
  method: string | null;
  target: string | null;
  readonly headers: HeaderPair[];
  /** Fields of curl's own that it must not send, lower case. */
  readonly removed: Set<string>;
  readonly data: string[];
  get: boolean;
  head: boolean;
  json: boolean;
  http10: boolean;
  missing: string | null;
  stdin: boolean;
}

function readCommand(words: readonly string[], piped: Uint8Array | null, place: string, finds: Finds): void {
  const reading: Reading = {
    ...{ url: null, method: null, target: null, headers: [], removed: new Set<string>(), data: [], missing: null },
    ...{ get: false, head: false, json: false, http10: false, stdin: false },
  };
  const leave = (message: string): void => void finds.leftOut.push({ place, message });
  for (let n = 1; n < words.length; n += 1) {
    let word = words[n] as string;
    let value: string | undefined;
    // Short options may stand together; the first that takes a value has the rest for it.
    while (/^-[^-]./.test(word)) {
      const first = word.slice(0, 2);
      if (takesValue(first)) {
        [word, value] = [first, word.slice(2)];
        break;
      }
      readWord(first, () => '', reading, leave);
      word = `-${word.slice(2)}`;
    }
    const take = (): string => value ?? unprinted(words[(n += 1)] ?? '');
    readWord(word, take, reading, leave);
  }
  const { url, data } = reading;
  if (url === null) return leave('It has no URL.');
  if (reading.missing !== null)
    return leave(`Its body is the file ${JSON.stringify(reading.missing)}, which is not read.`);
  if (reading.stdin && piped === null) return leave('Its body is standard input, which is not in the text.');
  const joined = data.join('&');
  const withQuery = reading.get && joined !== '' ? `${url}${url.includes('?') ? '&' : '?'}${joined}` : url;
  const body = piped ?? (reading.get ? new Uint8Array(0) : utf8(joined));
  addDefaults(reading, body.length > 0);
  addRequest(finds, {
    place,
    method: reading.method ?? (reading.head ? 'HEAD' : data.length > 0 && !reading.get ? 'POST' : 'GET'),
    url: withQuery,
    ...(reading.target !== null && { target: reading.target }),
    httpVersion: reading.http10 ? '1.0' : '1.1',
    headers: reading.headers.map(([name, text]) => [name, latin1(text)]),
    body,
  });
}

const ownWithValue = new Set([
  ...['-X', '--request', '-H', '--header', '-A', '--user-agent', '-e', '--referer', '-b', '--cookie', '-u', '--user'],
  ...['-F', '--form', '--url', '--request-target', '-d', '-T'],
]);

function takesValue(option: string): boolean {
  return ownWithValue.has(option) || otherWithValue.has(option) || dataOptions.has(option);
}

function readWord(word: string, take: () => string, reading: Reading, leave: (message: string) => void): void {
  if (dataOptions.has(word)) return readData(word, take(), reading);
  switch (word) {
    case '-X':
    case '--request':
      reading.method = take();
      return;
    case '-H':
    case '--header': {
      const field = take();
      const colon = field.indexOf(':');
      // `Name;` is an empty field; `Name:` takes curl's own away.
      if (/^[^:]+;$/.test(field)) reading.headers.push([field.slice(0, -1), '']);
      else if (colon > 0 && field.slice(colon + 1).trim() !== '')
        reading.headers.push([field.slice(0, colon), field.slice(colon + 1).replace(/^ /, '')]);
      else if (colon > 0) reading.removed.add(field.slice(0, colon).toLowerCase());
      return;
    }
    case '-A':
    case '--user-agent':
      reading.headers.push(['User-Agent', take()]);
      return;
    case '-e':
    case '--referer':
      reading.headers.push(['Referer', take()]);
      return;
    case '-b':
    case '--cookie': {
      const cookie = take();
      if (cookie.includes('=')) reading.headers.push(['Cookie', cookie]);
      return;
    }
    case '-u':
    case '--user':
      take();
      return leave('Its credentials were dropped.');
    case '-F':
    case '--form':
      reading.missing = take();
      return;
    case '--url':
      reading.url = take();
      return;
    case '--request-target':
      reading.target = take();
      return;
    case '-G':
    case '--get':
      reading.get = true;
      return;
    case '-I':
    case '--head':
      reading.head = true;
      return;
    case '-0':
    case '--http1.0':
      reading.http10 = true;
      return;
    default:
      if (otherWithValue.has(word)) take();
      else if (!word.startsWith('-')) reading.url ??= unprinted(word);
  }
}

function readData(word: string, value: string, reading: Reading): void {
  if (value.startsWith('@') && word !== '--data-raw') {
    // Our own script pipes the body in.
    if (value === '@-') reading.stdin = true;
    else reading.missing = value.slice(1);
    return;
  }
  if (word === '--json') reading.json = true;
  if (word === '--data-urlencode') {
    const at = value.indexOf('=');
    reading.data.push(
      at < 0
        ? encodeURIComponent(value)
        : value.slice(0, at + 1).replace(/^=/, '') + encodeURIComponent(value.slice(at + 1)),
    );
  } else {
    reading.data.push(value);
  }
}

/** What curl adds by itself where a body is sent. */
function addDefaults({ headers, removed, json, data }: Reading, hasBody: boolean): void {
  if (removed.has('content-type') || headers.some(([name]) => name.toLowerCase() === 'content-type')) return;
  if (json) headers.push(['Content-Type', 'application/json']);
  else if (hasBody && data.length > 0) headers.push(['Content-Type', 'application/x-www-form-urlencoded']);
}

/** Our export writes other bytes as `$(printf '...')`: exactly this form is read, as the bytes that it names. */
function unprinted(word: string): string {
  const inner = /^\$\(printf '([^']*)'\)$/.exec(word)?.[1];
  if (inner === undefined) return word;
  return inner
    .replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
    .replaceAll('%%', '%');
}
