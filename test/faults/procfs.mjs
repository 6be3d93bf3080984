// What the kernel says of a process: open descriptors, processor time, memory. Linux only; zeros elsewhere.

import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

/** Clock ticks per second in /proc, on every Linux that Node runs on. */
const ticksPerSecond = 100;

/**
 * @param {number} pid
 * @returns {{ all: number, sockets: number }}
 */
export function countDescriptors(pid) {
  let all = 0;
  let sockets = 0;
  try {
    for (const name of readdirSync(`/proc/${pid}/fd`)) {
      all += 1;
      try {
        if (readlinkSync(`/proc/${pid}/fd/${name}`).startsWith('socket:')) sockets += 1;
      } catch {
        // Closed since the folder was read.
      }
    }
  } catch {
    // No such process, or no /proc.
  }
  return { all, sockets };
}

/**
 * Processor time so far, user and system, ms.
 * @param {number} pid
 */
export function processorMs(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return ((Number(fields[11]) + Number(fields[12])) * 1_000) / ticksPerSecond;
  } catch {
    return 0;
  }
}

/**
 * Memory in use now, MiB.
 * @param {number} pid
 */
export function memoryMb(pid) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024);
  } catch {
    return 0;
  }
}
