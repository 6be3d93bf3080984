// Any program that makes a tunnel and says its address: localtunnel, bore, a script of one's own.

import type { RunContext, StartRun } from './contract.ts';
import { baseOf, localUrl, urlsIn } from './addresses.ts';
import { findProgram } from './child.ts';
import { exited, programMissing } from './problems.ts';
import { nothingRuns } from './runs.ts';

/** Runs the command; up with the first address in its output that fits. */
export const startCommand: StartRun<'command'> = (setup, context) => {
  const { receiver } = context;
  const [name, ...args] = setup.command.map((word) =>
    word.replaceAll('{port}', String(receiver.port)).replaceAll('{url}', localUrl(receiver)),
  ) as [string, ...string[]];
  const program = findProgram(name);
  if (program === null) {
    const cure = `Install ${name}, or give its whole path as the first word of the command.`;
    context.ended(programMissing(name, cure), 'never');
    return nothingRuns;
  }
  let last = '';
  let isUp = false;
  const child = context.children.start({
    program,
    args,
    onLine(text) {
      context.log(text);
      if (text.trim() !== '') last = text.trim();
      const url = isUp ? undefined : addressIn(text, setup.urlHolds, context);
      if (url === undefined) return;
      isUp = true;
      context.up(url);
    },
    onEnd: (end) => context.ended(exited(name, end, last), 'later'),
  });
  return { stop: () => child.stop() };
};

/** Programs also print the address that they lead to: it is never the public one. */
function addressIn(text: string, holds: string, { receiver }: RunContext): string | undefined {
  const own = new URL(localUrl(receiver));
  const found = urlsIn(text).filter(
    (url) => url.host !== own.host && !(url.hostname === 'localhost' && url.port === own.port),
  );
  const url =
    holds === '' ? found.find(({ protocol }) => protocol === 'https:') : found.find((one) => one.href.includes(holds));
  return url && baseOf(url);
}
