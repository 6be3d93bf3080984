// Draws the icons of the tray into resources/: the hook of icon.svg, small and without its fine parts, with a dot for
// requests that nobody has seen, and as a template for the menu bar of a Mac. Run it after a change to the shape:
//
//   node scripts/tray-icons.mjs

import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { crc32, deflateSync } from 'node:zlib';

const resources = path.join(path.dirname(path.dirname(fileURLToPath(import.meta.url))), 'resources');

/** Drawing area, as in icon.svg. @typedef {readonly [number, number]} Point */
const area = 512;
const plate = [38, 51, 90];
const steel = [190, 210, 255];
const alert = [255, 107, 107];
const black = [0, 0, 0];

/** The hook from its shank to its point, as a line of points. @type {Point[]} */
const hook = [[328, 200], ...Array.from({ length: 25 }, (_, i) => arc((i / 24) * Math.PI)), [144, 262]];
/** @type {Point[]} */
const barb = [
  [106, 304],
  [144, 262],
  [182, 304],
];

/** @param {number} angle @returns {Point} */
function arc(angle) {
  return [236 + 92 * Math.cos(angle), 302 + 92 * Math.sin(angle)];
}

/** Distance of a point to a line of points. @param {Point} at @param {Point[]} line */
function toLine([x, y], line) {
  let least = Infinity;
  for (let i = 1; i < line.length; i += 1) {
    const [ax, ay] = /** @type {Point} */ (line[i - 1]);
    const [bx, by] = /** @type {Point} */ (line[i]);
    const t = ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2 || 1);
    const near = Math.min(1, Math.max(0, t));
    least = Math.min(least, Math.hypot(x - ax - near * (bx - ax), y - ay - near * (by - ay)));
  }
  return least;
}

/** Distance to the rim of the rounded plate; negative inside. @param {Point} at */
function toPlate([x, y]) {
  const radius = 108;
  const half = area / 2 - 16 - radius;
  const dx = Math.max(0, Math.abs(x - area / 2) - half);
  const dy = Math.max(0, Math.abs(y - area / 2) - half);
  return Math.hypot(dx, dy) - radius;
}

/** Distance to the glyph's ink; negative inside. @param {Point} at */
function toInk(at) {
  const ring = Math.abs(Math.hypot(at[0] - 328, at[1] - 146) - 46) - 24;
  return Math.min(toLine(at, hook) - 27, toLine(at, barb) - 27, ring);
}

/**
 * @param {number} size Pixels on a side
 * @param {'plain' | 'unread' | 'template'} kind
 */
function draw(size, kind) {
  const step = area / size;
  const pixels = Buffer.alloc(size * size * 4);
  /** How much of the pixel a shape covers, by the distance of its middle. @param {number} distance */
  const cover = (distance) => Math.min(1, Math.max(0, 0.5 - distance / step));
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      /** @type {Point} */
      const at = [(column + 0.5) * step, (row + 0.5) * step];
      const layers =
        kind === 'template'
          ? [{ colour: black, alpha: cover(toInk(at)) }]
          : [
              { colour: plate, alpha: cover(toPlate(at)) },
              { colour: steel, alpha: cover(toInk(at)) },
              ...(kind === 'unread'
                ? [{ colour: alert, alpha: cover(Math.hypot(at[0] - 392, at[1] - 120) - 118) }]
                : []),
            ];
      pixels.set(blend(layers), (row * size + column) * 4);
    }
  }
  return png(size, pixels);
}

/** @param {{ colour: number[], alpha: number }[]} layers */
function blend(layers) {
  let [red, green, blue, alpha] = [0, 0, 0, 0];
  for (const { colour, alpha: over } of layers) {
    const sum = over + alpha * (1 - over);
    const mix = (/** @type {number} */ under, /** @type {number} */ top) =>
      sum === 0 ? 0 : (top * over + under * alpha * (1 - over)) / sum;
    [red, green, blue] = [mix(red, colour[0] ?? 0), mix(green, colour[1] ?? 0), mix(blue, colour[2] ?? 0)];
    alpha = sum;
  }
  return [red, green, blue, alpha * 255].map(Math.round);
}

/** PNG of 8-bit RGBA (W3C PNG, sections 5 and 11). @param {number} size @param {Buffer} pixels */
function png(size, pixels) {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(size, 0);
  head.writeUInt32BE(size, 4);
  head.set([8, 6, 0, 0, 0], 8);
  const rows = Array.from({ length: size }, (_, i) =>
    Buffer.concat([Buffer.from([0]), pixels.subarray(i * size * 4, (i + 1) * size * 4)]),
  );
  return Buffer.concat([
    Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(Buffer.concat(rows), { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** @param {string} type @param {Buffer} data */
function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(body, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

for (const [name, kind, size] of /** @type {const} */ ([
  ['tray', 'plain', 24],
  ['tray-unread', 'unread', 24],
  ['trayTemplate', 'template', 18],
])) {
  for (const scale of [1, 2]) {
    fs.writeFileSync(path.join(resources, `${name}${scale === 1 ? '' : '@2x'}.png`), draw(size * scale, kind));
  }
}
