// What the outcome of a probe says about the way from the public address to the receiver, in words and with a cure.

import type { IncomingHttpHeaders } from 'node:http';
import type { TunnelKind, TunnelProbe } from '../../shared/tunnels.ts';
import type { Seen } from './probe-proof.ts';
import { checkedHeaders } from './probe-proof.ts';
import { shortened } from './problems.ts';

/** What came back from the public address. */
export interface PublicAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** How a probe went. */
export interface ProbeOutcome {
  readonly kind: TunnelKind;
  /** The address that was asked. */
  readonly url: string;
  readonly nonce: string;
  /** Of the body that was sent. */
  readonly sha256: string;
  /** Epoch ms when the answer came. */
  readonly now: number;
  /** Null when none came. */
  readonly answer: PublicAnswer | null;
  /** What the answer proves, or what the receiver saw where the way is one-way. */
  readonly seen: Seen | null;
  /** The receiver saw it, whatever came back. */
  readonly arrived: boolean;
  readonly oneWay: boolean;
  /** Of the network; null where none or where the time was over. */
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** A verdict. */
export type ProbeVerdict = Pick<TunnelProbe, 'ok' | 'code' | 'message' | 'cure'>;

/** A probe that was made. */
export interface Probed {
  readonly probe: TunnelProbe;
  /** The receiver saw it, whatever came back. */
  readonly arrived: boolean;
}

/** Statuses that say: later, or less. They pass by themselves, and a new address would not help. */
const busyStatuses: readonly number[] = [408, 413, 429, 503];

/**
 * Whether the tunnel passes on what it gets, or a fresh start would not mend what is wrong. A probe that arrived came
 * through, whatever became of its answer.
 */
export function isPassing({ probe: { code }, arrived }: Probed): boolean {
  return arrived || (code !== 'unreachable' && code !== 'timeout' && code !== 'wrong-port');
}

/** More than this between two clocks is named, ms: signatures with a time stamp are judged by minutes. */
const clockLimitMs = 30_000;

/** Judges a probe. */
export function judgeProbe(outcome: ProbeOutcome): ProbeVerdict {
  const { answer, error, seen, oneWay } = outcome;
  if (seen && seen.nonce === outcome.nonce) return oneWay ? judgeOneWay(outcome, seen) : judgeSeen(outcome, seen);
  if (error) return unreachable(error, outcome.url);
  if (!answer) {
    return bad(
      'timeout',
      oneWay ? 'The channel took the probe, but did not hand it on in time.' : 'No answer came in time.',
      'Start the tunnel again; if that does not help, the network or the service may be overloaded.',
    );
  }
  if (oneWay) {
    return bad(
      'unreachable',
      `The channel answers with status ${answer.status}.`,
      'Make a new channel and put its address in.',
    );
  }
  return judgeStranger(outcome, answer);
}

function judgeSeen({ answer, now, sha256 }: ProbeOutcome, seen: Seen): ProbeVerdict {
  if (seen.sha256 !== sha256) {
    return bad(
      'body-changed',
      'The body was changed on the way, so signatures over it fail.',
      'Switch off what rewrites bodies at the tunnel or the proxy before it, or use another kind of tunnel.',
    );
  }
  const changed = checkedHeaders.flatMap(([name, value], index) => {
    const came = seen.headers[index] ?? null;
    if (came === value) return [];
    return [came === null ? `${name} is missing` : `${name} came as "${shortened(came)}"`];
  });
  if (changed.length > 0) {
    return bad(
      'headers-changed',
      `Headers were changed on the way: ${changed.join('; ')}.`,
      'Switch off what rewrites headers at the tunnel or the proxy before it.',
    );
  }
  const date = Date.parse(answer?.headers.date ?? '');
  if (Math.abs(date - now) > clockLimitMs) {
    const seconds = Math.round(Math.abs(date - now) / 1_000);
    return bad(
      'clock',
      `This machine's clock is ${seconds} s ${date > now ? 'behind' : 'ahead of'} the one at the tunnel, so time stamps may be judged wrongly.`,
      'Set the clock by the network time.',
    );
  }
  return { ok: true, code: 'ok', message: 'A signed probe came through unchanged.', cure: '' };
}

function judgeOneWay({ sha256 }: ProbeOutcome, seen: Seen): ProbeVerdict {
  if (seen.sha256 === sha256) {
    return { ok: true, code: 'ok', message: 'A signed probe came through the channel unchanged.', cure: '' };
  }
  return {
    ok: true,
    code: 'ok',
    message:
      'A signed probe came through the channel. It writes JSON bodies anew, so signatures over the body may fail.',
    cure: 'Where signatures must hold, use another kind of tunnel, or a gosmee server, which keeps the bytes.',
  };
}

/** Somebody else answered. */
function judgeStranger({ arrived, kind, url }: ProbeOutcome, { status, headers, body }: PublicAnswer): ProbeVerdict {
  const server = headers.server === undefined ? '' : `, Server: ${shortened(String(headers.server))}`;
  const isPage = /^text\/html/i.test(headers['content-type'] ?? '');
  const ngrok = String(headers['ngrok-error-code'] ?? '');
  if (arrived) {
    return bad(
      'interstitial',
      `The probe arrives, but something on the way answers in its place (status ${status}${server}).`,
      'Let answers pass unchanged.',
    );
  }
  if (ngrok === 'ERR_NGROK_6024') {
    return bad(
      'interstitial',
      'ngrok shows its warning page.',
      'Senders may add the header ngrok-skip-browser-warning, or use a plan without that page.',
    );
  }
  if (ngrok === 'ERR_NGROK_8012' || ngrok === 'ERR_NGROK_3004') {
    return bad(
      'wrong-port',
      `ngrok finds nothing behind the tunnel (${ngrok}).`,
      'See that the tunnel leads to the port that the receiver listens on.',
    );
  }
  if (ngrok !== '')
    return bad('unreachable', `ngrok refuses: ${ngrok}.`, `Read https://ngrok.com/docs/errors/${ngrok.toLowerCase()}`);
  if (headers['cf-mitigated'] !== undefined) {
    return bad(
      'interstitial',
      'Cloudflare asks the sender to prove that it is a browser.',
      'Except this address from challenges in the zone.',
    );
  }
  if (status >= 300 && status < 400) {
    const to = headers.location ?? 'another address';
    return bad(
      'interstitial',
      `Requests are redirected to ${shortened(to)}: a login or a page stands in front.`,
      `Senders do not follow redirects: let ${url} answer itself.`,
    );
  }
  if (status === 530 || (isPage && /\berror 1033\b/i.test(body))) {
    return bad(
      'unreachable',
      'Cloudflare knows the address, but the tunnel is not connected to it.',
      'Start the tunnel again.',
    );
  }
  if (busyStatuses.includes(status)) return busy(status, server);
  if ([502, 504].includes(status) || (status >= 520 && status <= 526)) {
    return bad('wrong-port', `The tunnel answers ${status}${server}: nothing listens behind it.`, wrongPortCure(kind));
  }
  if (isPage && (status < 400 || [401, 403, 407, 511].includes(status))) {
    return bad(
      'interstitial',
      `A page answers instead of the receiver (status ${status}${titled(body)}).`,
      'Switch off the warning, login or reminder page of the service, or use another kind of tunnel.',
    );
  }
  return bad('wrong-port', `Another server answers there: status ${status}${server}.`, wrongPortCure(kind));
}

function busy(status: number, server: string): ProbeVerdict {
  if (status === 429) {
    const cure = 'Wait, or use a tunnel with a higher limit.';
    return bad('busy', 'The tunnel answers 429: too many requests at once.', cure);
  }
  const message = `The tunnel answers ${status}${server}: it is overloaded, or refuses the probe.`;
  return bad('busy', message, 'Wait; if it stays so, see that the tunnel leads to the port of the receiver.');
}

function wrongPortCure(kind: TunnelKind): string {
  if (kind === 'cloudflared')
    return 'For a named tunnel, set the service of its public host to this port in the dashboard.';
  if (kind === 'ssh') return 'See that the public address leads to the port that the server listens on for us.';
  return 'See that the tunnel leads to the port that the receiver listens on.';
}

function titled(page: string): string {
  const title = /<title[^>]*>([^<]{1,120})/i.exec(page)?.[1]?.replace(/\s+/g, ' ').trim();
  return title ? `, "${title}"` : '';
}

const certificateTrouble = /CERT|SSL|TLS|SELF_SIGNED|ALTNAME|EPROTO|UNABLE_TO/;

function unreachable(
  { code, message }: { readonly code: string; readonly message: string },
  url: string,
): ProbeVerdict {
  const { host, hostname } = new URL(url);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return bad(
      'unreachable',
      `The name ${hostname} is not known (${code}).`,
      'A new address may need a minute to be known; check the network if it stays so.',
    );
  }
  if (code === 'ECONNREFUSED') {
    return bad(
      'unreachable',
      `Nothing listens at ${host} (ECONNREFUSED).`,
      'Check the public address, and that the server lets others reach the port.',
    );
  }
  if (certificateTrouble.test(code)) {
    return bad(
      'unreachable',
      `The certificate of ${host} is not good: ${shortened(message)} (${code}).`,
      'Senders refuse it as well: renew or mend the certificate at the public address.',
    );
  }
  if (code === 'ECONNRESET' || code === 'EPIPE' || code === 'HPE_INVALID_CONSTANT') {
    return bad(
      'unreachable',
      `${host} broke the connection off (${code}).`,
      'Start the tunnel again, and see that the address speaks HTTP.',
    );
  }
  return bad(
    'unreachable',
    `${host} could not be reached: ${shortened(message)}${message.includes(code) ? '' : ` (${code})`}.`,
    'Check the network and the public address.',
  );
}

function bad(code: string, message: string, cure: string): ProbeVerdict {
  return { ok: false, code, message, cure };
}
