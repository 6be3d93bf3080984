// The sentences for what keeps a tunnel from standing, where more than one kind needs them.

import type { TunnelProblem } from '../../shared/tunnels.ts';
import type { ChildEnd } from './child.ts';

/** A problem. */
export function problem(code: string, message: string, cure: string): TunnelProblem {
  return { code, message, cure };
}

/** The program is not on this machine. */
export function programMissing(program: string, install: string): TunnelProblem {
  return problem('program-missing', `The program ${program} was not found on this machine.`, install);
}

/** The secret is not there. */
export function tokenMissing(what: string, where: string): TunnelProblem {
  return problem('token-missing', `${what} needs a token, and there is none.`, where);
}

/** The receiver does not listen. */
export const receiverDown: TunnelProblem = problem(
  'receiver-down',
  'The receiver is not listening, so there is nothing to lead to.',
  'Start the receiver; the tunnel comes back with it.',
);

/** A program ended by itself; `last` is its last line. */
export function exited(program: string, end: ChildEnd, last: string): TunnelProblem {
  if (end.notStarted !== null) {
    return problem(
      'exited',
      `${program} could not be started: ${end.notStarted}.`,
      'Check the program and its rights.',
    );
  }
  const how = end.code === null ? `was ended by ${end.signal ?? 'a signal'}` : `ended with status ${end.code}`;
  return problem(
    'exited',
    `${program} ${how}${last === '' ? ', without a word' : `: ${shortened(last)}`}`,
    "Read the tunnel's log; it starts again by itself.",
  );
}

/** A line fit for a sentence. */
export function shortened(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300)}...` : text;
}
