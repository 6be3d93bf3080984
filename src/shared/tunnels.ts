// Ways in from outside: how a tunnel is started, and how it stands. Pure data; main/tunnels runs them.

import * as v from 'valibot';
import { httpUrl, identifier, name } from './schema-parts.ts';

const shared = {
  id: identifier,
  name,
  /** Starts with Hookbench. */
  autoStart: v.optional(v.boolean(), false),
};
const line = v.pipe(v.string(), v.maxLength(2_000), v.regex(/^[^\0\r\n]*$/, 'must be one line'));
/** Never begins with a dash, so that no program takes it for an option. */
const word = v.pipe(v.string(), v.trim(), v.regex(/^[^\s-][^\s]*$/, 'must be one word that begins without a dash'));
/** A host or a user name of ssh: what stands in names and address literals, so that no shell reads more out of it. */
const sshWord = v.pipe(word, v.regex(/^[\w.:%@[\]-]+$/, 'may hold letters, digits and . : % @ [ ] _ - only'));

/** Schema of a tunnel, by kind. */
export const tunnelSchema = v.variant('kind', [
  /** The official agent, as a library; needs an authtoken. */
  v.object({
    ...shared,
    kind: v.literal('ngrok'),
    /** Name of the secret that holds the authtoken. */
    secretName: v.nullable(v.string()),
    /** A reserved domain; null for one that ngrok gives. */
    domain: v.optional(v.nullable(word), null),
  }),
  /** The installed `cloudflared` (quick tunnel, or a named one by the token of the secret). */
  v.object({
    ...shared,
    kind: v.literal('cloudflared'),
    /** Path of the program; found in PATH when null. */
    program: v.optional(v.nullable(line), null),
    /** Secret that holds a named tunnel's token; null for a quick tunnel. */
    secretName: v.optional(v.nullable(v.string()), null),
    /** Address of a named tunnel, which its output does not tell. */
    publicUrl: v.optional(v.nullable(httpUrl), null),
  }),
  /** `ssh -R` to a server of one's own, or to one that offers it. */
  v.object({
    ...shared,
    kind: v.literal('ssh'),
    host: sshWord,
    port: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535)), 22),
    user: v.optional(v.nullable(sshWord), null),
    /** Port that the server listens on for us; 0 lets it choose. */
    remotePort: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535)),
    /** Address that the server listens on; null for its own loopback. */
    remoteHost: v.optional(v.nullable(word), null),
    identityFile: v.optional(v.nullable(line), null),
    /** Known-hosts file; null for the person's own. */
    knownHostsFile: v.optional(v.nullable(line), null),
    /** Address under which the forwarded port is reached; `{port}` stands for the remote port. Null: read from the output. */
    publicUrl: v.optional(v.nullable(httpUrl), null),
  }),
  /** A smee.io or gosmee channel. */
  v.object({ ...shared, kind: v.literal('smee'), channel: httpUrl }),
  /** Any program whose output holds the address; `{port}` and `{url}` stand for the receiver's. */
  v.object({
    ...shared,
    kind: v.literal('command'),
    command: v.pipe(v.array(line), v.minLength(1, 'must name the program'), v.maxLength(100)),
    /** The address must hold this text; empty for the first https address. */
    urlHolds: v.optional(line, ''),
  }),
  /** An ngrok agent that runs already, found through its own API. */
  v.object({
    ...shared,
    kind: v.literal('attach'),
    agentUrl: v.optional(httpUrl, 'http://127.0.0.1:4040'),
  }),
]);
/** A tunnel that a person set up. */
export type TunnelSetup = v.InferOutput<typeof tunnelSchema>;
/** The kinds. */
export type TunnelKind = TunnelSetup['kind'];

/** What is wrong with a tunnel, and the cure. */
export interface TunnelProblem {
  /**
   * Stable: `program-missing`, `token-missing`, `token-wrong`, `host-key`, `login-refused`, `port-refused`,
   * `no-address` (no address within the time), `connect`, `exited`, `not-running` (attach), `no-match` (attach: no
   * tunnel leads to this port), `receiver-down`.
   */
  readonly code: string;
  readonly message: string;
  /** What to do, a sentence, with the command to run where there is one. */
  readonly cure: string;
}

/** Result of a liveness probe: a signed nonce sent to the public address. */
export interface TunnelProbe {
  /** Epoch ms. */
  readonly at: number;
  readonly ok: boolean;
  readonly ms: number;
  /**
   * `ok`, `unreachable`, `interstitial`, `wrong-port`, `busy`, `body-changed`, `headers-changed`, `clock`, `timeout`.
   */
  readonly code: string;
  readonly message: string;
  readonly cure: string;
}

/** How a tunnel stands. */
export interface TunnelStatus {
  readonly id: string;
  /** `down` comes back by itself at `retryAt`; `failed` needs a person. */
  readonly state: 'stopped' | 'starting' | 'up' | 'down' | 'failed';
  /** Without a slash at its end; null until known. */
  readonly publicUrl: string | null;
  /** Of the state, epoch ms. */
  readonly since: number;
  readonly retryAt: number | null;
  readonly problem: TunnelProblem | null;
  readonly probe: TunnelProbe | null;
  /** The address before this one, until the person says that the new one is registered: endpoints still point there. */
  readonly movedFrom: string | null;
}

/** One line of a tunnel's log; secrets are masked. */
export interface TunnelLogLine {
  readonly at: number;
  readonly text: string;
}
