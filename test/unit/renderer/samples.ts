// Made-up rows and deliveries for the tests of the window's state.

import type { Snapshot } from '../../../src/shared/news.ts';
import type { Attempt, Delivery } from '../../../src/shared/delivery.ts';
import { newCustomScheme } from '../../../src/shared/custom-scheme.ts';
import type { CustomScheme } from '../../../src/shared/custom-scheme.ts';
import type { ExchangeDetail, ExchangeSummary, Finding } from '../../../src/shared/exchange.ts';
import type { CheckCase, CheckRun } from '../../../src/shared/trials.ts';
import type { Target } from '../../../src/shared/workspace.ts';

/** A valid, first, answered request. */
export function request(seq: number, change: Partial<ExchangeSummary> = {}): ExchangeSummary {
  return {
    id: `req_${seq}`,
    seq,
    receivedAt: 1_700_000_000_000 + seq,
    method: 'POST',
    target: '/in/stripe?x=1',
    endpoint: 'stripe',
    provider: 'stripe',
    event: 'invoice.paid',
    deliveryId: `evt_${seq}`,
    remoteAddress: '127.0.0.1',
    size: 10,
    truncated: false,
    sha256: 'ab',
    verdict: { status: 'valid', reason: 'ok', message: 'Valid', warnings: [], diagnosis: [] },
    duplicate: { kind: 'first', of: null, n: 1 },
    reply: { status: 200, challenge: false, ms: 3 },
    ...change,
  };
}

/** The same in full. */
export function detail(seq: number, change: Partial<ExchangeDetail> = {}): ExchangeDetail {
  return {
    ...request(seq),
    httpVersion: '1.1',
    headers: [
      ['Host', '127.0.0.1:4100'],
      ['Content-Type', 'application/json'],
      ['X-A', '1'],
    ],
    trailers: [],
    storedSize: 10,
    signature: null,
    group: [],
    replays: [],
    replyRecord: null,
    forwards: [],
    needsConsent: null,
    bringsSecret: false,
    ...change,
  };
}

/** An attempt that was answered 503. */
export function attempt(n: number, change: Partial<Attempt> = {}): Attempt {
  return { n, at: n * 1_000, outcome: 'http-status', status: 503, ms: 5, nextAt: null, message: 'HTTP 503', ...change };
}

/** A delivery that waits for its first attempt. */
export function delivery(id: string, change: Partial<Delivery> = {}): Delivery {
  return {
    id,
    message: {
      messageId: `msg_${id}`,
      provider: 'generic',
      event: 'order.created',
      method: 'POST',
      headers: [],
      bodyHash: 'ab',
      bodySize: 2,
      signature: 'fresh',
    },
    targetId: null,
    url: 'http://localhost:3000/x',
    state: 'waiting',
    attempts: [],
    nextAt: 5_000,
    secretName: null,
    schedule: 'quick',
    speed: 1,
    createdAt: 1_000,
    ...change,
  };
}

/** A snapshot of a host that listens. */
export function snapshot(batch: number, change: Partial<Snapshot> = {}): Snapshot {
  return {
    batch,
    version: '0.1.0',
    dataDir: '/data',
    receiver: { status: 'listening', url: 'http://127.0.0.1:4100', port: 4100, storeFault: null },
    endpoints: [],
    targets: [],
    schemes: [],
    schedules: [],
    pulls: [],
    tunnels: [],
    tunnelStates: [],
    forwardHealth: [],
    secrets: [],
    secretStorage: { keyring: null, undecided: true },
    settings: {
      theme: 'system',
      port: 4100,
      duplicateWindowHours: 24,
      secretStorage: null,
      retention: { maxCount: 250_000, maxAgeDays: null, maxBytes: 10_737_418_240 },
    },
    requestCount: 0,
    recovered: [],
    ...change,
  };
}

/** An own scheme in Stripe's form. */
export function scheme(id: string, change: Partial<CustomScheme> = {}): CustomScheme {
  return {
    ...newCustomScheme,
    id,
    name: `Scheme ${id}`,
    parts: [{ kind: 'timestamp' }, { kind: 'literal', text: '.' }, { kind: 'body' }],
    signatureHeader: 'X-Acme-Signature',
    format: { kind: 'pairs', separator: ',', timestampKey: 't', signatureKey: 'v1' },
    timestamp: { header: null, unit: 'seconds', toleranceSeconds: 300 },
    ...change,
  };
}

/** The cause of a failed check. */
export function finding(code: Finding['code'] = 'body-reserialized'): Finding {
  return { code, message: 'The body was written anew.', mend: 'Read the raw body.' };
}

/** A case of a handler check that went well. */
export function checkCase(name: string, change: Partial<CheckCase> = {}): CheckCase {
  return {
    name,
    title: `Case ${name}`,
    sent: 'Something was sent.',
    expected: 'accept',
    status: 200,
    ms: 12,
    pass: true,
    message: 'It was accepted.',
    ...change,
  };
}

/** A handler check that runs. */
export function checkRun(change: Partial<CheckRun> = {}): CheckRun {
  return {
    id: 'run-1',
    url: 'http://localhost:3000/x',
    provider: 'stripe',
    startedAt: 1_000,
    done: false,
    cases: [],
    total: 29,
    ...change,
  };
}

/** A target with every default. */
export function target(id: string, change: Partial<Target> = {}): Target {
  return {
    id,
    name: `Target ${id}`,
    url: 'http://localhost:3000/x',
    provider: 'generic',
    secretName: null,
    events: ['*'],
    headers: [],
    schedule: 'svix',
    state: 'active',
    parkedReason: null,
    alsoSecretNames: [],
    connectTimeoutMs: null,
    totalTimeoutMs: null,
    concurrency: 4,
    ratePerSecond: null,
    followRedirects: false,
    strictOrder: false,
    allowLinkLocal: false,
    skipTlsCheck: false,
    ...change,
  };
}
