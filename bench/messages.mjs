// The messages of the send benchmark: JSON that follows from a number, so that the bare loop and the product send the
// same bytes.

const filler = 'The quick brown fox jumps over the lazy dog. '.repeat(100);

/**
 * @param {number} n Which message.
 * @param {number} size Bytes; 200 to 4,000.
 * @returns {Buffer}
 */
export function messageBody(n, size) {
  const head = `{"id":"evt_${n}","type":"order.created","data":{"order":{"id":${n},"total":4200,"currency":"EUR"},"note":"`;
  return Buffer.from(`${head}${filler.slice(0, size - head.length - 3)}"}}`);
}
