// Makes a screenshot small: at most 256 colours with a palette, packed as tightly as zlib can. A window of text has few
// colours and many shades between them, so that nobody sees the difference and the repository stays small.
// PNG: https://www.w3.org/TR/png-3/

import zlib from 'node:zlib';

const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);

/**
 * @param {Buffer} png 8 bits a channel, RGB or RGBA, not interlaced: what Chromium writes
 * @returns {Buffer}
 */
export function shrinkPng(png) {
  const { width, height, pixels } = decode(png);
  const { palette, indexes } = quantise(pixels);
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y += 1) {
    rows.set(indexes.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('PLTE', palette),
    chunk('IDAT', zlib.deflateSync(rows, { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/**
 * @param {string} type
 * @param {Uint8Array} data
 */
function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

/** @param {Uint8Array} bytes */
function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** @param {Buffer} png */
function decode(png) {
  /** @type {Buffer[]} */
  const packed = [];
  let width = 0;
  let height = 0;
  let channels = 3;
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    const data = png.subarray(at + 8, at + 8 + length);
    if (type === 'IHDR') {
      [width, height] = [data.readUInt32BE(0), data.readUInt32BE(4)];
      if (data[8] !== 8 || (data[9] !== 2 && data[9] !== 6) || data[12] !== 0) throw new Error('not a plain PNG');
      channels = data[9] === 6 ? 4 : 3;
    }
    if (type === 'IDAT') packed.push(data);
    at += 12 + length;
  }
  const raw = zlib.inflateSync(Buffer.concat(packed));
  return { width, height, pixels: unfilter(raw, width, height, channels) };
}

/**
 * Undoes the five row filters and drops the opacity.
 * @param {Buffer} raw
 * @param {number} width
 * @param {number} height
 * @param {number} channels
 */
function unfilter(raw, width, height, channels) {
  const stride = width * channels;
  const lines = new Uint8Array(stride * height);
  for (let y = 0; y < height; y += 1) {
    const filter = raw[y * (stride + 1)];
    for (let x = 0; x < stride; x += 1) {
      const here = y * stride + x;
      const left = x < channels ? 0 : (lines[here - channels] ?? 0);
      const up = y === 0 ? 0 : (lines[here - stride] ?? 0);
      const corner = x < channels || y === 0 ? 0 : (lines[here - stride - channels] ?? 0);
      const given = raw[y * (stride + 1) + 1 + x] ?? 0;
      lines[here] = given + ([0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter ?? 0] ?? 0);
    }
  }
  const pixels = new Uint32Array(width * height);
  for (let i = 0; i < pixels.length; i += 1) {
    const at = i * channels;
    pixels[i] = ((lines[at] ?? 0) << 16) | ((lines[at + 1] ?? 0) << 8) | (lines[at + 2] ?? 0);
  }
  return pixels;
}

/**
 * @param {number} left
 * @param {number} up
 * @param {number} corner
 */
function paeth(left, up, corner) {
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}

/**
 * The most used colours stay as they are; the others become the nearest of them.
 * @param {Uint32Array} pixels
 */
function quantise(pixels) {
  /** @type {Map<number, number>} */
  const counts = new Map();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  const ranked = [...counts].toSorted((a, b) => b[1] - a[1] || a[0] - b[0]).map(([colour]) => colour);
  /** @type {number[]} */
  const chosen = [];
  // Shades that nobody can tell apart would fill the palette and leave a rare colour, such as a mark's, without a place.
  for (const apart of [120, 40, 12, 0]) {
    for (const colour of ranked) {
      if (chosen.length === 256) break;
      if (chosen.every((other) => distance(colour, other) > apart)) chosen.push(colour);
    }
  }
  /** @type {Map<number, number>} */
  const places = new Map(chosen.map((colour, index) => [colour, index]));
  const indexes = new Uint8Array(pixels.length);
  for (const [i, pixel] of pixels.entries()) {
    let place = places.get(pixel);
    if (place === undefined) {
      place = nearest(pixel, chosen);
      places.set(pixel, place);
    }
    indexes[i] = place;
  }
  const palette = Buffer.alloc(chosen.length * 3);
  for (const [i, colour] of chosen.entries()) palette.set([colour >> 16, (colour >> 8) & 255, colour & 255], i * 3);
  return { palette, indexes };
}

/**
 * @param {number} colour
 * @param {readonly number[]} chosen
 */
function nearest(colour, chosen) {
  let best = 0;
  for (const [index, other] of chosen.entries()) {
    if (distance(colour, other) < distance(colour, chosen[best] ?? 0)) best = index;
  }
  return best;
}

/**
 * @param {number} a
 * @param {number} b
 */
function distance(a, b) {
  const red = (a >> 16) - (b >> 16);
  const green = ((a >> 8) & 255) - ((b >> 8) & 255);
  const blue = (a & 255) - (b & 255);
  return red * red + green * green + blue * blue;
}
