import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { createPipeline } from '../../../../src/main/pipeline/pipeline.ts';
import type { PipelineOptions } from '../../../../src/main/pipeline/pipeline.ts';
import type { SecretValue, VerifyInput } from '../../../../src/main/signatures/verify.ts';
import { customProvider, newCustomScheme } from '../../../../src/shared/custom-scheme.ts';
import { AppError } from '../../../../src/shared/errors.ts';
import type { CapturedRequest, Verdict } from '../../../../src/shared/exchange.ts';
import { defaultEndpoint, settingsSchema } from '../../../../src/shared/workspace.ts';

const body = new TextEncoder().encode('{"id":"evt_1","type":"invoice.paid"}');
const request: CapturedRequest = {
  id: 'req_1',
  seq: 1,
  receivedAt: 1_000_000_000,
  method: 'POST',
  target: '/in/stripe?live=1',
  httpVersion: '1.1',
  headers: [
    ['Host', 'localhost:4100'],
    ['Stripe-Signature', 't=1,v1=00'],
  ],
  trailers: [],
  remoteAddress: '127.0.0.1',
  body,
  size: body.length,
  truncated: false,
  sha256: 'aa',
};
const endpoint = {
  ...defaultEndpoint,
  id: 'e1',
  path: '/in',
  secretNames: ['s'],
  toleranceSeconds: 60,
  reply: { ...defaultEndpoint.reply, status: 202 },
};
const secrets: readonly SecretValue[] = [{ name: 's', value: 'v' }];
const valid: Verdict = { status: 'valid', reason: 'ok', message: 'Fine.', warnings: [], diagnosis: [] };
const match = { firstId: 'req_0', sha256: 'aa', n: 1 };

const broken = (message: string) => () => {
  throw new Error(message);
};

/** A pipeline with what it asked and what it logged. */
function pipelineWith(changes: Partial<PipelineOptions> = {}) {
  const inputs: VerifyInput[] = [];
  const asked: unknown[] = [];
  const logged: string[] = [];
  const pipeline = createPipeline({
    endpoints: () => [endpoint],
    secretsFor: (...args) => {
      asked.push(args);
      return secrets;
    },
    settings: () => v.parse(settingsSchema, {}),
    history: { findById: () => null, findByBody: () => null },
    verify: (input) => {
      inputs.push(input);
      return valid;
    },
    now: () => 5_000,
    logger: { info: () => undefined, warn: () => undefined, error: (message) => logged.push(message) },
    ...changes,
  });
  return { pipeline, inputs, asked, logged };
}

describe('judge', () => {
  it('joins what the stages find', () => {
    const { pipeline, logged } = pipelineWith();
    expect(pipeline.judge(request).exchange).toEqual({
      request,
      endpoint: 'e1',
      provider: 'stripe',
      event: 'invoice.paid',
      deliveryId: 'evt_1',
      verdict: valid,
      duplicate: { kind: 'first', of: null, n: 1 },
      duplicateKeys: { idKey: 'e1 stripe evt_1', bodyKey: `aa ${body.length} e1 POST /in/stripe?live=1` },
      replyStatus: 202,
    });
    expect(logged).toEqual([]);
  });

  it('verifies what was received, as the endpoint says', () => {
    const { pipeline, inputs, asked } = pipelineWith();
    pipeline.judge(request);
    expect(asked).toEqual([[endpoint, 'stripe']]);
    expect(inputs).toEqual([
      {
        provider: 'stripe',
        definition: undefined,
        method: 'POST',
        url: 'http://localhost:4100/in/stripe?live=1',
        urlSource: 'received',
        headers: request.headers,
        body,
        secrets,
        now: 5_000,
        toleranceSeconds: 60,
        generic: undefined,
      },
    ]);
  });

  it('verifies with the public address of the endpoint', () => {
    const { pipeline, inputs } = pipelineWith({ endpoints: () => [{ ...endpoint, publicUrl: 'https://t.example' }] });
    pipeline.judge(request);
    expect(inputs[0]).toMatchObject({ url: 'https://t.example/in/stripe?live=1', urlSource: 'configured' });
  });

  it("verifies by a person's own scheme", () => {
    const scheme = customProvider(newCustomScheme);
    const { pipeline, inputs } = pipelineWith({
      endpoints: () => [{ ...endpoint, provider: scheme.id }],
      definition: (id) => (id === scheme.id ? scheme : undefined),
    });
    pipeline.judge(request);
    expect(inputs[0]).toMatchObject({ provider: scheme.id, definition: scheme });
  });

  it("prefers the endpoint's provider to what the headers say", () => {
    const { pipeline } = pipelineWith({ endpoints: () => [{ ...endpoint, provider: 'github' }] });
    expect(pipeline.judge(request).exchange).toMatchObject({ provider: 'github', deliveryId: null });
  });

  it('finds no provider, id or event where nothing tells', () => {
    const { pipeline } = pipelineWith();
    const plain = { ...request, headers: [], target: '/else' };
    expect(pipeline.judge(plain).exchange).toMatchObject({
      endpoint: 'default',
      provider: null,
      deliveryId: null,
      event: null,
      replyStatus: 200,
    });
  });

  it('asks the history by id and time', () => {
    const asked: unknown[] = [];
    const history = { findById: (...args: unknown[]) => (asked.push(args), match), findByBody: () => null };
    const { pipeline } = pipelineWith({ history });
    expect(pipeline.judge(request).exchange.duplicate).toEqual({ kind: 'retry', of: 'req_0', n: 2 });
    expect(asked).toEqual([['e1 stripe evt_1', 'aa', 1_000_000_000 - 86_400_000]]);
  });

  it('does not verify a cut body and plans 413', () => {
    const { pipeline, inputs } = pipelineWith();
    const exchange = pipeline.judge({ ...request, truncated: true, size: 99_999_999 }).exchange;
    expect(exchange).toMatchObject({ replyStatus: 413, verdict: { status: 'unverified', reason: 'body-truncated' } });
    expect(inputs).toEqual([]);
  });
});

describe('a stage that throws', () => {
  const whole = pipelineWith().pipeline.judge(request).exchange;

  it.each([
    ['endpoints', { endpoints: broken('x') }, { endpoint: 'default', replyStatus: 200 }],
    ['verify', { verify: broken('x') }, { ...whole, verdict: { status: 'unverified', reason: 'check-failed' } }],
    [
      'secretsFor',
      { secretsFor: broken('x') },
      { ...whole, verdict: { status: 'unverified', reason: 'check-failed' } },
    ],
    ['settings', { settings: broken('x') }, whole],
    ['history', { history: { findById: broken('x'), findByBody: broken('x') } }, whole],
  ] satisfies [string, Partial<PipelineOptions>, object][])(
    '%s is logged, the rest of the judgement stands',
    (_name, changes, expected) => {
      const { pipeline, logged } = pipelineWith(changes);
      expect(pipeline.judge(request).exchange).toMatchObject(expected);
      expect(logged).toHaveLength(1);
      expect(logged[0]).toContain('req_1');
    },
  );

  it('because a secret is sealed says so', () => {
    const secretsFor = () => {
      throw new AppError('SECRET_SEALED', 'The secret "s" was sealed by another keyring.');
    };
    const { pipeline } = pipelineWith({ secretsFor });
    expect(pipeline.judge(request).exchange.verdict).toMatchObject({
      status: 'unverified',
      reason: 'secret-unavailable',
      message: 'The secret "s" was sealed by another keyring.',
    });
  });
});

describe('what the circumstances tell', () => {
  const withHeader = (name: string, value: string): CapturedRequest => ({
    ...request,
    headers: [...request.headers, [name, value]],
  });

  it.each([
    ['Origin', 'https://page.example', true],
    ['origin', 'null', true],
    ['Sec-Fetch-Site', 'cross-site', true],
    ['sec-fetch-site', 'same-site', true],
    ['Sec-Fetch-Site', 'none', false],
    ['Sec-Fetch-Site', 'Same-Origin', false],
    ['X-Origin', 'https://page.example', false],
  ])('marks a request that a web page sent: %s: %s', (name, value, marked) => {
    const { exchange } = pipelineWith().pipeline.judge(withHeader(name, value));
    expect(exchange.webPage).toBe(marked ? true : undefined);
  });

  it('keeps the sender that a tunnel told', () => {
    const { pipeline } = pipelineWith();
    expect(pipeline.judge(request, { sender: '203.0.113.7', origin: null }).exchange.sender).toBe('203.0.113.7');
    expect(pipeline.judge(request).exchange).not.toHaveProperty('sender');
  });
});

describe('the duplicate rule of an endpoint', () => {
  const under = (duplicates: (typeof endpoint)['duplicates']) => {
    const times: number[] = [];
    const remember = (_key: string, ...rest: readonly unknown[]) => {
      times.push(rest.at(-1) as number);
      return match;
    };
    const { pipeline } = pipelineWith({
      endpoints: () => [{ ...endpoint, duplicates }],
      history: { findById: remember, findByBody: remember },
    });
    return { ...pipeline.judge(request), times };
  };

  it('makes no body key where only the id counts', () => {
    const { exchange } = under({ by: 'id', windowHours: null });
    expect(exchange.duplicateKeys).toEqual({ idKey: 'e1 stripe evt_1', bodyKey: null });
  });

  it('looks for nothing when switched off', () => {
    const { exchange, times } = under({ by: 'off', windowHours: null });
    expect(exchange.duplicateKeys).toEqual({ idKey: null, bodyKey: null });
    expect(exchange.duplicate.kind).toBe('first');
    expect(times).toEqual([]);
  });

  it('looks back as far as the endpoint says, else as the setting says', () => {
    expect(under({ by: 'id', windowHours: 2 }).times).toEqual([request.receivedAt - 2 * 3_600_000]);
    expect(under({ by: 'id', windowHours: null }).times).toEqual([request.receivedAt - 24 * 3_600_000]);
  });
});
