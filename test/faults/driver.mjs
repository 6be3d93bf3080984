// The other end of driven.ts: starts it and gives it commands.

/**
 * @typedef {{ ok: true, value: any } | { ok: false, error: { code: string, message: string } }} Answer
 */

/**
 * Starts a driven host; resolves when it has told its state.
 * @param {import('./processes.mjs').Processes} processes
 * @param {string} script
 * @param {{ dataDir: string, port?: number, env?: Readonly<Record<string, string>>, onLine?: (line: any) => void }}
 *   options
 */
export async function startDriven(processes, script, { dataDir, port = 0, env = {}, onLine = () => {} }) {
  const child = processes.start(script, [dataDir, String(port)], { env, onLine });
  const ready = await child.line((line) => line.type === 'ready', 15_000);
  let n = 0;
  return {
    child,
    ready,
    /**
     * @param {string} name
     * @param {unknown} [input]
     * @returns {Promise<Answer>}
     */
    call: async (name, input) => {
      n += 1;
      const mine = n;
      const answer = child.line((line) => line.type === 'answer' && line.n === mine, 15_000);
      child.write(`${JSON.stringify({ n: mine, call: name, input })}\n`);
      return answer;
    },
  };
}
