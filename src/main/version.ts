// The version that both shells and the exports name; the build takes it from package.json.

import manifest from '../../package.json' with { type: 'json' };

/** Version of Hookbench, for example `0.1.0`. */
export const version: string = manifest.version;
