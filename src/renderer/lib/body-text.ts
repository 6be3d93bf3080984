// Between the bytes of a body and the text in an editor. An editor knows one kind of line break, a body may hold
// several: a text that was not edited gives back exactly the bytes it came from.

/** A body as an editor holds it. */
export interface BodyText {
  /** With line feeds only. */
  readonly text: string;
  /** What a line feed in `text` stands for when it was edited. */
  readonly lineBreak: '\n' | '\r\n';
  /** The text it came from and its bytes; null for text that was typed. */
  readonly source: { readonly text: string; readonly bytes: Uint8Array } | null;
}

/** Text that was typed or taken from a sample. */
export function typedText(text: string): BodyText {
  return { text, lineBreak: '\n', source: null };
}

/** The body as text, or null when the bytes are no text: those are shown as hex and sent as they are. */
export function readBodyText(bytes: Uint8Array): BodyText | null {
  const decoded = decodeUtf8(bytes);
  if (decoded === null || isBinary(decoded)) return null;
  const text = decoded.replace(/\r\n?/g, '\n');
  const onlyPairs = decoded.includes('\r\n') && !/\r(?!\n)|(?<!\r)\n/.test(decoded);
  return { text, lineBreak: onlyPairs ? '\r\n' : '\n', source: { text, bytes } };
}

/** The bytes to send. */
export function writeBodyText(body: BodyText): Uint8Array {
  if (body.source !== null && body.source.text === body.text) return body.source.bytes;
  const text = body.lineBreak === '\n' ? body.text : body.text.replaceAll('\n', body.lineBreak);
  return new TextEncoder().encode(text);
}

/** Whether editing would change line breaks that the person cannot see. */
export function mixesLineBreaks(body: BodyText): boolean {
  if (body.source === null) return false;
  return !sameBytes(writeBodyText({ ...body, text: body.source.text, source: null }), body.source.bytes);
}

/** Whether text that happens to be UTF-8 is rather binary: more than a tenth are control characters. */
export function isBinary(text: string): boolean {
  // Tabs, line breaks and the escape character of terminals are part of text.
  let controls = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code <= 8 || code === 11 || code === 12 || (code >= 14 && code <= 31 && code !== 27) || code === 127)
      controls += 1;
  }
  return controls * 10 > text.length;
}

/** UTF-8 text with its byte order mark kept, or null. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/**
 * Text of the head of a longer body: a character that is cut in two at the end is left out. Null when it is not UTF-8.
 */
export function decodeUtf8Head(bytes: Uint8Array): string | null {
  for (let cut = 0; cut <= 3 && cut <= bytes.length; cut += 1) {
    const text = decodeUtf8(bytes.subarray(0, bytes.length - cut));
    if (text !== null) return text;
  }
  return null;
}

/**
 * Text of a body in any charset that its type or its byte order mark names, or null when the bytes are none.
 * `complete` is false for the head of a longer body.
 */
export function decodeBodyText(bytes: Uint8Array, contentType: string | undefined, complete: boolean): string | null {
  const utf8 = complete ? decodeUtf8(bytes) : decodeUtf8Head(bytes);
  if (utf8 !== null) return isBinary(utf8) ? null : utf8;
  const charset = charsetOf(bytes, contentType);
  if (charset === null) return null;
  try {
    const text = new TextDecoder(charset, { fatal: true }).decode(bytes, { stream: !complete });
    return isBinary(text) ? null : text;
  } catch {
    return null;
  }
}

function charsetOf(bytes: Uint8Array, contentType: string | undefined): string | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return /;\s*charset\s*=\s*"?([A-Za-z0-9_:.-]{1,40})/i.exec(contentType ?? '')?.[1] ?? null;
}

/** Whether two byte strings are the same. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
