// Where Electron keeps its own files: never in the data folder, which belongs to the host and the command line too.

import { join } from 'node:path';

/**
 * Electron's folder beside a data folder named by the environment (so that parallel runs share neither files nor the
 * single-instance lock), else below the system's folder for application data.
 */
export function electronFolder(options: {
  readonly appData: string;
  readonly dataDir: string;
  readonly dataDirGiven: boolean;
}): string {
  if (!options.dataDirGiven) return join(options.appData, 'Hookbench', 'electron');
  return `${options.dataDir.replace(/[\\/]+$/, '')}-electron`;
}
