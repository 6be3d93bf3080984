// Hookbench's own format: JSON lines that lose nothing. The first line says what it is, then endpoints (without
// secrets) and requests, one a line; the last line counts them and holds the hash of all lines before it.

import { createHash } from 'node:crypto';
import type { Endpoint } from '../../shared/workspace.ts';
import { base64Of } from './body-words.ts';
import type { ExportRow } from './export-row.ts';
import type { FormatWriter } from './format-writer.ts';
import { jsonText } from './jsonl.ts';
import type { Redactor } from './redact.ts';
import { redactEndpoint } from './redact-endpoint.ts';

/** Version of the format. A reader refuses a greater one. */
export const nativeVersion = 1;

/** What stands in the file beside the requests. */
export interface NativeOptions {
  /** Version of Hookbench. */
  readonly version: string;
  readonly endpoints: readonly Endpoint[];
  /** Null writes secrets as they stand. */
  readonly redact: Redactor | null;
}

/** Writes one collection. */
export function nativeWriter({ version, endpoints, redact }: NativeOptions): FormatWriter {
  const hash = createHash('sha256');
  let requests = 0;
  const hashed = (text: string): string => {
    hash.update(text);
    return text;
  };
  return {
    head() {
      const lines = [
        { type: 'hookbench', version: nativeVersion, by: `Hookbench ${version}`, redacted: redact !== null },
        ...endpoints.map((endpoint) => endpointLine(endpoint, redact)),
      ];
      return hashed(lines.map((line) => `${jsonText(line)}\n`).join(''));
    },
    row(row) {
      requests += 1;
      return hashed(`${jsonText(nativeRequest(row))}\n`);
    },
    tail: () => `${jsonText({ type: 'end', requests, sha256: hash.digest('hex') })}\n`,
  };
}

/** Names of secrets mean nothing elsewhere, so they are left out too. */
function endpointLine(endpoint: Endpoint, redact: Redactor | null) {
  const nameless = { ...endpoint, secretNames: [] };
  return { type: 'endpoint', endpoint: redact === null ? nameless : redactEndpoint(nameless, redact) };
}

/** One request with all that is kept about it. */
export function nativeRequest({ request, body, reply, redacted }: ExportRow) {
  const { seq: _seq, ...rest } = request;
  return {
    type: 'request',
    ...rest,
    bodyBase64: base64Of(body),
    ...(reply && { replyRecord: { ...reply, body: undefined, bodyBase64: base64Of(reply.body) } }),
    ...(redacted && { redacted: true }),
  };
}
