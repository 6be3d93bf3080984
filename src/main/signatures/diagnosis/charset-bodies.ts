// Bodies whose bytes were read in one character set and written in another on their way.

import { hasHighBytes } from './json-bodies.ts';
import { bodyCause } from './words.ts';
import type { Guesses, SignedBody } from './signed-body.ts';

const fatal = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const windows1252 = new TextDecoder('windows-1252');

/** The body before it was recoded; none for a body of ASCII alone, which is the same in all of these. */
export function* charsetBodies(body: Uint8Array): Guesses {
  if (!hasHighBytes(body)) return;
  const buffer = Buffer.from(body.buffer, body.byteOffset, body.length);
  const text = decode(body);
  if (text !== null) {
    yield recoded(Buffer.from(text, 'latin1'), 'the body in Latin-1: it was read as Latin-1, or written anew in UTF-8');
    const bytes = toWindows1252(text);
    yield bytes === null
      ? null
      : recoded(bytes, 'the body in Windows-1252: it was read as that, or written anew in UTF-8');
  }
  yield recoded(
    Buffer.from(buffer.toString('latin1'), 'utf8'),
    'the body in UTF-8, when what arrived is read as Latin-1',
  );
  yield recoded(Buffer.from(windows1252.decode(body), 'utf8'), 'the body in UTF-8, when what arrived is read as Windows-1252'); // prettier-ignore
}

function recoded(body: Uint8Array, what: string): SignedBody {
  return { body, cause: bodyCause('body-charset', what) };
}

function decode(body: Uint8Array): string | null {
  try {
    return fatal.decode(body);
  } catch {
    return null;
  }
}

/** By code unit. */
const fromWindows1252: ReadonlyMap<number, number> = new Map(
  Array.from({ length: 32 }, (_, n) => [windows1252.decode(Uint8Array.of(0x80 + n)).charCodeAt(0), 0x80 + n]),
);

/** The text in Windows-1252; null where it holds a character that this set has not, or none beyond Latin-1. */
function toWindows1252(text: string): Buffer | null {
  let differs = false;
  const bytes = Buffer.allocUnsafe(text.length);
  for (let n = 0; n < text.length; n += 1) {
    const unit = text.charCodeAt(n);
    const own = unit < 0x100 ? unit : fromWindows1252.get(unit);
    if (own === undefined) return null;
    differs ||= unit > 0xff;
    bytes[n] = own;
  }
  return differs ? bytes : null;
}
