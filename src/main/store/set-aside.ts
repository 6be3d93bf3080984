// Broken files are never deleted: they keep their name with the time at which they were found.

import { constants, copyFileSync, existsSync, linkSync, renameSync } from 'node:fs';

/**
 * Renames `path` (and what lies beside it under the `companions` suffixes) to `path.corrupt-TIME`. Returns the new
 * path; `at` is epoch ms. Throws the system's error.
 */
export function setAside(path: string, at: number, companions: readonly string[] = []): string {
  const target = freeName(path, at);
  // Companions first: should a crash come between, the main file is still found broken and moved at the next start.
  for (const suffix of companions) if (existsSync(path + suffix)) renameSync(path + suffix, target + suffix);
  renameSync(path, target);
  return target;
}

/** As {@link setAside}, but the file keeps its own name as well, until another takes its place. */
export function linkAside(path: string, at: number): string {
  const target = freeName(path, at);
  try {
    linkSync(path, target);
  } catch {
    // Some file systems have no links.
    copyFileSync(path, target, constants.COPYFILE_EXCL);
  }
  return target;
}

function freeName(path: string, at: number): string {
  const time = new Date(at).toISOString().replace(/[-:]|\.\d+/g, '');
  let target = `${path}.corrupt-${time}`;
  for (let n = 2; existsSync(target); n += 1) target = `${path}.corrupt-${time}-${n}`;
  return target;
}
