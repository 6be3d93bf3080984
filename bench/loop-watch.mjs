// Loaded into a process with --import: watches its event loop and tells on the IPC channel what it saw since the last
// time. Not part of the product.

import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

const stepMs = 5;
const histogram = monitorEventLoopDelay({ resolution: stepMs });
histogram.enable();

/** Time that this thread was ready to run and another program had the processor, ms; 0 where the kernel does not tell. */
function waitedForProcessor() {
  try {
    return Number(readFileSync('/proc/self/schedstat', 'latin1').split(' ')[1]) / 1e6;
  } catch {
    return 0;
  }
}

let lastAt = performance.now();
let lastWaited = waitedForProcessor();
/** Longest gaps, the processor's absence taken off, ms. */
let own = 0;
let over = 0;
setInterval(() => {
  const at = performance.now();
  const waited = waitedForProcessor();
  const gap = at - lastAt - stepMs - (waited - lastWaited);
  own = Math.max(own, gap);
  if (gap > 50) over += 1;
  lastAt = at;
  lastWaited = waited;
}, stepMs).unref();

process.on('message', () => {
  const ms = (/** @type {number} */ ns) => Math.max(0, ns / 1e6 - stepMs);
  process.send?.({ max: ms(histogram.max), p99: ms(histogram.percentile(99)), mean: ms(histogram.mean), own, over });
  histogram.reset();
  own = 0;
  over = 0;
});
// The channel alone must not keep the process alive.
process.channel?.unref();
