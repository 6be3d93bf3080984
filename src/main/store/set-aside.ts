// Broken files are never deleted: they keep their name with the time at which they were found.

import { existsSync, renameSync } from 'node:fs';

/**
 * Renames `path` (and what lies beside it under the `companions` suffixes) to `path.corrupt-TIME`. Returns the new
 * path; `at` is epoch ms. Throws the system's error.
 */
export function setAside(path: string, at: number, companions: readonly string[] = []): string {
  const time = new Date(at).toISOString().replace(/[-:]|\.\d+/g, '');
  let target = `${path}.corrupt-${time}`;
  for (let n = 2; existsSync(target); n += 1) target = `${path}.corrupt-${time}-${n}`;
  // Companions first: should a crash come between, the main file is still found broken and moved at the next start.
  for (const suffix of companions) if (existsSync(path + suffix)) renameSync(path + suffix, target + suffix);
  renameSync(path, target);
  return target;
}
