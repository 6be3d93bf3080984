// Cloudflare's tunnel by the installed program: a quick one with a name that its output tells, or a named one by token.

import type { TunnelProblem, TunnelSetup } from '../../shared/tunnels.ts';
import { baseOf, localUrl, urlsIn } from './addresses.ts';
import { findProgram } from './child.ts';
import type { ChildEnd } from './child.ts';
import type { Again, Run, RunContext, StartRun } from './contract.ts';
import { createPrivateFiles } from './private-file.ts';
import type { PrivateFiles } from './private-file.ts';
import { exited, problem, programMissing, shortened, tokenMissing } from './problems.ts';
import { nothingRuns } from './runs.ts';

type CloudflaredSetup = Extract<TunnelSetup, { readonly kind: 'cloudflared' }>;

/** Runs cloudflared; up when it is connected to the edge and its address is known. */
export const startCloudflared: StartRun<'cloudflared'> = (setup, context) => {
  const program = findProgram(setup.program ?? 'cloudflared');
  if (program === null) {
    context.ended(programMissing(setup.program ?? 'cloudflared', installHint(process.platform)), 'never');
    return nothingRuns;
  }
  const token = setup.secretName === null ? null : context.secret(setup.secretName);
  if (setup.secretName !== null && token === null) {
    const where = `Copy the token of the tunnel from the Cloudflare dashboard into the secret "${setup.secretName}".`;
    context.ended(tokenMissing('A named cloudflared tunnel', where), 'never');
    return nothingRuns;
  }
  if (setup.secretName !== null && setup.publicUrl === null) {
    const cure = "Put in the address of the tunnel's public host: cloudflared does not tell it.";
    context.ended(problem('no-address', 'The address of the named tunnel is not set.', cure), 'never');
    return nothingRuns;
  }
  let files: PrivateFiles | null = null;
  try {
    files = createPrivateFiles();
    return run(setup, program, argumentsFor(token, files, context), files, context);
  } catch (error) {
    files?.remove();
    const why = error instanceof Error ? error.message : String(error);
    context.ended(problem('exited', `No private file could be made: ${why}.`, 'Check the temporary folder.'), 'later');
    return nothingRuns;
  }
};

/** The words after `cloudflared`; the token is in a file, never among them. */
function argumentsFor(token: string | null, files: PrivateFiles, context: RunContext): string[] {
  if (token !== null) {
    context.hide(token);
    return ['tunnel', '--no-autoupdate', 'run', '--token-file', files.write('token', token)];
  }
  // A configuration of the person's own would turn quick tunnels off.
  const config = files.write('config.yml', '');
  return ['tunnel', '--config', config, '--no-autoupdate', '--url', localUrl(context.receiver)];
}

function run(
  setup: CloudflaredSetup,
  program: string,
  args: readonly string[],
  files: PrivateFiles,
  context: RunContext,
): Run {
  const recent: string[] = [];
  let url = setup.secretName === null ? null : (setup.publicUrl as string);
  let connected = false;
  const child = context.children.start({
    program,
    args,
    onLine(text) {
      context.log(text);
      recent.push(text);
      if (recent.length > 40) recent.shift();
      url ??= quickAddress(text);
      connected ||= /Registered tunnel connection|Connection \S+ registered/i.test(text);
      // By now the token was read; a process that is killed could not take it away any more.
      if (connected && setup.secretName !== null) files.remove();
      if (url !== null && connected) context.up(baseOf(new URL(url)));
    },
    onEnd(end) {
      files.remove();
      const { why, again } = whyEnded(recent, end);
      context.ended(why, again);
    },
  });
  return {
    async stop() {
      await child.stop();
      files.remove();
    },
  };
}

/** `api.` is where the program asks for a name, and stands in its complaints. */
function quickAddress(text: string): string | null {
  const found = urlsIn(text).find(
    ({ protocol, hostname }) =>
      protocol === 'https:' && hostname.endsWith('.trycloudflare.com') && hostname !== 'api.trycloudflare.com',
  );
  return found?.origin ?? null;
}

function whyEnded(lines: readonly string[], end: ChildEnd): { readonly why: TunnelProblem; readonly again: Again } {
  const said = (pattern: RegExp): string | undefined => lines.findLast((line) => pattern.test(line));
  const token = said(/token is not valid|Invalid tunnel secret|Unauthorized/i);
  if (token !== undefined) {
    const cure = 'Copy the token of the tunnel anew from the Cloudflare dashboard and set the secret.';
    return { why: problem('token-wrong', `cloudflared refuses the token: ${shortened(token)}`, cure), again: 'never' };
  }
  const option = said(/flag provided but not defined|Incorrect Usage/i);
  if (option !== undefined) {
    const cure = `This cloudflared is too old (2025.4.0 or later is needed). ${installHint(process.platform)}`;
    return { why: problem('exited', `cloudflared did not start: ${shortened(option)}`, cure), again: 'never' };
  }
  const network = said(/failed to request quick Tunnel|dial tcp|no such host|i\/o timeout|lookup .* on /i);
  if (network !== undefined) {
    const cure = 'Check the network: it is tried again by itself.';
    return { why: problem('connect', `Cloudflare could not be reached: ${shortened(network)}`, cure), again: 'later' };
  }
  const last = lines.findLast((line) => /\b(ERR|error|fatal)\b/i.test(line)) ?? lines.at(-1) ?? '';
  return { why: exited('cloudflared', end, last), again: 'later' };
}

/** How it is installed on this system. Public for its test. */
export function installHint(platform: NodeJS.Platform): string {
  if (platform === 'darwin') return 'Install it: brew install cloudflared';
  if (platform === 'win32') return 'Install it: winget install --id Cloudflare.cloudflared';
  return 'Install it: add the package source of https://pkg.cloudflare.com, then: sudo apt-get install cloudflared';
}
