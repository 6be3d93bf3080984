// Why ssh ended, read from its words, and what to do about it.

import type { TunnelProblem, TunnelSetup } from '../../shared/tunnels.ts';
import type { ChildEnd } from './child.ts';
import type { Again } from './contract.ts';
import { exited, problem, shortened } from './problems.ts';

type SshSetup = Extract<TunnelSetup, { readonly kind: 'ssh' }>;

/** What kept ssh from going on, and whether it is tried again. `knownHosts` is the file that it looked in. */
export function sshProblem(
  setup: SshSetup,
  lines: readonly string[],
  end: ChildEnd,
  knownHosts: string,
): { readonly problem: TunnelProblem; readonly again: Again } {
  const said = (pattern: RegExp): string | undefined => lines.find((line) => pattern.test(line));
  const { host, port } = setup;
  const place = port === 22 ? host : `${host}:${port}`;

  if (said(/Host key verification failed|host key is known for|IDENTIFICATION HAS CHANGED/)) {
    const changed = said(/IDENTIFICATION HAS CHANGED/) !== undefined;
    return { problem: hostKey(setup, knownHosts, changed), again: 'never' };
  }
  if (said(/^Permission denied|: Permission denied \(|Too many authentication failures|No supported authentication/)) {
    return { problem: loginRefused(setup, said), again: 'never' };
  }
  const refused = said(/remote port forwarding failed|cannot listen to port|administratively prohibited/);
  if (refused !== undefined) {
    const message = `The server ${place} does not let us listen on its port ${setup.remotePort}: ${shortened(refused)}`;
    const cure =
      'Choose a free port above 1023 (0 lets the server choose), and see that AllowTcpForwarding is on there. ' +
      'A port that our last connection still holds becomes free within a minute or two.';
    return { problem: problem('port-refused', message, cure), again: 'later' };
  }
  const option = said(/Bad configuration option|Unsupported option|command-line.*(line|:) ?\d*:? ?(Bad|unsupported)/i);
  if (option !== undefined) {
    const cure = 'This ssh is too old or its configuration is wrong: mend what the message names.';
    return { problem: problem('exited', `ssh did not start: ${shortened(option)}`, cure), again: 'never' };
  }
  const cut = said(
    /Could not resolve hostname|Connection (refused|timed out|reset|closed)|connect to host|No route to host|Network is unreachable|kex_exchange_identification|Broken pipe|Timeout, server|client_loop: send disconnect|Connection to .* closed/,
  );
  if (cut !== undefined) {
    const cure = `Check the name, the port and the network: ssh -v -p ${port} ${shellWord(host)}. It is tried again by itself.`;
    return { problem: problem('connect', `No connection to ${place}: ${shortened(cut)}`, cure), again: 'later' };
  }
  const last = lines.findLast((line) => line.trim() !== '' && !line.startsWith('debug')) ?? '';
  return { problem: exited('ssh', end, last), again: 'later' };
}

function hostKey({ host, port }: SshSetup, file: string, changed: boolean): TunnelProblem {
  const scan = `ssh-keyscan -p ${port} ${shellWord(host)}`;
  const entry = port === 22 ? host : `[${host}]:${port}`;
  const add = `Compare the fingerprint (${scan} | ssh-keygen -lf -) with the one that its owner tells, then run: ${scan} >> ${shellWord(file)}`;
  return changed
    ? problem(
        'host-key',
        `${host} shows another host key than the one in ${file}. Somebody may stand in between.`,
        `Ask its owner whether the key was changed. If so, run: ssh-keygen -f ${shellWord(file)} -R ${shellWord(entry)} and then: ${add}`,
      )
    : problem('host-key', `The host key of ${entry} is not in ${file}.`, add);
}

function loginRefused(
  { host, user, identityFile }: SshSetup,
  said: (pattern: RegExp) => string | undefined,
): TunnelProblem {
  const who = user === null ? host : `${user}@${host}`;
  const message = `${who} refused the login. A key without a passphrase, or an agent that holds it, is needed; nothing is asked for.`;
  if (said(/UNPROTECTED PRIVATE KEY FILE|bad permissions/)) {
    const file = identityFile ?? 'the key file';
    return problem(
      'login-refused',
      `${message} Others may read ${file}, so ssh did not use it.`,
      `Run: chmod 600 ${shellWord(file)}`,
    );
  }
  if (identityFile !== null && said(/Identity file .* not accessible|no such identity/)) {
    return problem(
      'login-refused',
      `${message} The key file ${identityFile} was not found.`,
      'Choose a key file that is there.',
    );
  }
  return problem(
    'login-refused',
    message,
    `Try it: ssh ${identityFile === null ? '' : `-i ${shellWord(identityFile)} `}${shellWord(who)} true`,
  );
}

/** A word that a person can paste into a shell. */
function shellWord(text: string): string {
  return /^[\w./~@:=+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
