// A captured request as a shell command that sends the same bytes again. The script runs in any POSIX shell with
// curl and base64; no byte of the capture is ever read by the shell as anything but data.

import { headerValue } from '../../shared/headers.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import { framingFields, isFieldName, originOf, utf8Text } from './export-row.ts';
import type { ExportRow } from './export-row.ts';
import { byteWord, commentText, singleQuoted, withoutMasks } from './shell-quote.ts';

/** Fields that curl adds by itself unless told not to. */
const curlsOwn = ['User-Agent', 'Accept', 'Content-Type', 'Expect'] as const;

/** Longer text goes through a pipe: one argument of a Linux program holds at most 128 KiB. */
const longestArgument = 32_768;

/** Where to send. */
export interface CurlOptions {
  /** For example `http://127.0.0.1:4100`; the captured Host when absent. With an origin the captured Host is sent as a field. */
  readonly origin?: string | undefined;
}

/** The command, ending in a line break; lines that begin with # say what it cannot repeat. */
export function curlCommand(row: ExportRow, options: CurlOptions = {}): string {
  const { request, body } = row;
  const origin = options.origin ?? originOf(request);
  const inline = body.byteLength > 0 && body.byteLength <= longestArgument ? inlineText(body) : null;
  const piped = body.byteLength > 0 && inline === null;
  const sent = request.headers.filter(([name]) => !framingFields.has(name.toLowerCase()) && isFieldName(name));

  const args = [`--http${request.httpVersion === '1.0' ? '1.0' : '1.1'} ${methodArgument(request.method, body)}`];
  args.push(...targetArguments(origin, request.target));
  const host = headerValue(request.headers, 'host');
  if (host !== undefined && `http://${host}` !== origin) args.push(headerArgument(['Host', host]));
  args.push(...sent.map(headerArgument));
  // Expect is added by curl to larger bodies only.
  const own = body.byteLength > 1_000 ? curlsOwn : curlsOwn.slice(0, 3);
  for (const name of own) if (headerValue(sent, name) === undefined) args.push(`--header '${name}:'`);
  if (piped) args.push('--data-binary @-');
  else if (inline !== null) args.push(`--data-binary ${singleQuoted(inline)}`);
  else if (announcesBody(request.headers)) args.push(`--data-binary ''`);

  const command = `curl ${args.join(' \\\n  ')}\n`;
  return notes(row) + (piped ? `base64 -d <<'END_OF_BODY' | ${command}${base64Lines(body)}END_OF_BODY\n` : command);
}

function notes({ request, body, redacted }: ExportRow): string {
  const lines: string[] = [];
  if (redacted) lines.push('Secrets are masked: put your own in place of the words in angle quotes.');
  if (request.truncated) lines.push(`Only ${body.byteLength} of ${request.size} body bytes were kept.`);
  if (request.trailers.length > 0)
    lines.push(`${request.trailers.length} trailer field(s) are left out: curl cannot send them.`);
  return lines.map((line) => `# ${commentText(line)}\n`).join('');
}

/** HEAD needs its own option, or curl waits for a body that never comes. */
function methodArgument(method: string, body: Uint8Array): string {
  if (method === 'HEAD' && body.byteLength === 0) return '--head';
  return `--request ${/^[A-Z][A-Z-]*$/.test(method) ? method : byteWord(method)}`;
}

/** Anything but a plain path would be normalised or refused by curl, so it is given as the request target itself. */
function targetArguments(origin: string, target: string): string[] {
  const plain = /^\/[A-Za-z0-9\-._~!$&'()*+,;=:@%/?]*$/.test(withoutMasks(target));
  if (plain) return [...(target.includes('/.') ? ['--path-as-is'] : []), singleQuoted(origin + target)];
  return [`--request-target ${byteWord(target)}`, singleQuoted(`${origin}/`)];
}

/** A field with an empty value is written `Name;`, since `Name:` takes a field away. */
function headerArgument([name, value]: HeaderPair): string {
  return `--header ${byteWord(value === '' ? `${name};` : `${name}: ${value}`)}`;
}

function announcesBody(headers: readonly HeaderPair[]): boolean {
  return (
    headerValue(headers, 'content-length') !== undefined || headerValue(headers, 'transfer-encoding') !== undefined
  );
}

/**
 * The body as text that may stand in single quotes, or null: not UTF-8, a leading @ (curl would read a file), or
 * characters that are invisible, control a terminal or turn the reading direction.
 */
function inlineText(body: Uint8Array): string | null {
  const text = utf8Text(body);
  if (text === null || text.startsWith('@')) return null;
  return /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u.test(text.replace(/[\n\t]/g, '')) ? null : text;
}

function base64Lines(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  return text.replace(/.{1,76}/g, '$&\n');
}
