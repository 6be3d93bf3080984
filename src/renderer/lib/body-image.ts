// Recognises images by their first bytes and reads their size from the header, before anything decodes them: a small
// file may claim more pixels than there is memory. SVG is a document, not an image: it is shown as text.

/** An image as its header describes it. */
export interface ImageHead {
  /** Media type for the decoder. */
  readonly type: string;
  readonly width: number;
  readonly height: number;
}

/** Largest image that is decoded, bytes. */
export const maxImageSize = 16_777_216;
/** Largest image that is decoded, pixels. */
export const maxImagePixels = 40_000_000;

/** The image that these bytes begin, or null. A size that cannot be read is 0 x 0. */
export function readImage(bytes: Uint8Array): ImageHead | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 16) return null;
  if (ascii(bytes, 0, 8) === '\x89PNG\r\n\x1a\n') return { type: 'image/png', ...pngSize(view, 0) };
  if (/^GIF8[79]a$/.test(ascii(bytes, 0, 6))) {
    return { type: 'image/gif', width: view.getUint16(6, true), height: view.getUint16(8, true) };
  }
  if (view.getUint16(0) === 0xffd8 && bytes[2] === 0xff) return { type: 'image/jpeg', ...jpegSize(view) };
  if (ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 4) === 'WEBP')
    return { type: 'image/webp', ...webpSize(view, bytes) };
  if (ascii(bytes, 0, 2) === 'BM' && bytes.length >= 30) return { type: 'image/bmp', ...bmpSize(view, 14) };
  if (ascii(bytes, 4, 4) === 'ftyp' && /avif|avis/.test(ascii(bytes, 8, 24))) {
    return { type: 'image/avif', ...avifSize(view, bytes) };
  }
  if (view.getUint32(0) === 0x00000100 && view.getUint16(4, true) > 0 && view.getUint16(4, true) <= 256) {
    return { type: 'image/x-icon', ...iconSize(view, bytes) };
  }
  return null;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

const unknown: Size = { width: 0, height: 0 };

function ascii(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}

function larger(a: Size, b: Size): Size {
  return { width: Math.max(a.width, b.width), height: Math.max(a.height, b.height) };
}

function pngSize(view: DataView, at: number): Size {
  if (view.byteLength < at + 24) return unknown;
  return { width: view.getUint32(at + 16), height: view.getUint32(at + 20) };
}

/** The largest frame header (SOF0 to SOF15) before the scan (ITU T.81 annex B). */
function jpegSize(view: DataView): Size {
  let size = unknown;
  for (let at = 2; at + 9 <= view.byteLength && view.getUint8(at) === 0xff;) {
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker === 0xda || marker === 0xd9) break;
    const frame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (frame) size = larger(size, { width: view.getUint16(at + 7), height: view.getUint16(at + 5) });
    at += 2 + (marker >= 0xd0 && marker <= 0xd7 ? 0 : view.getUint16(at + 2));
  }
  return size;
}

function webpSize(view: DataView, bytes: Uint8Array): Size {
  const format = ascii(bytes, 12, 4);
  if (view.byteLength < 30) return unknown;
  if (format === 'VP8X') return { width: 1 + uint24(view, 24), height: 1 + uint24(view, 27) };
  if (format === 'VP8L') {
    const bits = view.getUint32(21, true);
    return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
  }
  return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
}

function uint24(view: DataView, at: number): number {
  return view.getUint16(at, true) + view.getUint8(at + 2) * 65_536;
}

/** A bitmap header of any version; negative heights count from the top. */
function bmpSize(view: DataView, at: number): Size {
  if (view.byteLength < at + 16) return unknown;
  if (view.getUint32(at, true) === 12) {
    return { width: view.getUint16(at + 4, true), height: view.getUint16(at + 6, true) };
  }
  return { width: Math.abs(view.getInt32(at + 4, true)), height: Math.abs(view.getInt32(at + 8, true)) };
}

/** The largest of the image's extents (`ispe` boxes, ISO 23008-12). */
function avifSize(view: DataView, bytes: Uint8Array): Size {
  let size = unknown;
  const end = Math.min(bytes.length - 16, 262_144);
  for (let at = bytes.indexOf(0x69); at >= 0 && at < end; at = bytes.indexOf(0x69, at + 1)) {
    if (ascii(bytes, at, 4) !== 'ispe') continue;
    size = larger(size, { width: view.getUint32(at + 8), height: view.getUint32(at + 12) });
  }
  return size;
}

/** The largest entry, by what the entries hold: the directory's own figures end at 256. */
function iconSize(view: DataView, bytes: Uint8Array): Size {
  let size = unknown;
  const count = view.getUint16(4, true);
  for (let i = 0; i < count && 6 + i * 16 + 16 <= bytes.length; i += 1) {
    const at = view.getUint32(6 + i * 16 + 12, true);
    if (at + 16 > bytes.length) continue;
    size = larger(size, ascii(bytes, at + 1, 3) === 'PNG' ? pngSize(view, at) : bmpSize(view, at));
  }
  return size;
}
