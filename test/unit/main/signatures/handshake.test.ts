// Handshakes: the recorded ones of every provider get the expected answer, and hostile ones get none that could do harm.

import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { answerHandshake } from '../../../../src/main/signatures/handshake.ts';
import { verify } from '../../../../src/main/signatures/verify.ts';
import type { SecretValue } from '../../../../src/main/signatures/verify.ts';
import type { Verdict, VerdictStatus } from '../../../../src/shared/exchange.ts';
import { headerValue } from '../../../../src/shared/headers.ts';
import type { HeaderPair } from '../../../../src/shared/headers.ts';
import type { ProviderDefinition, RecipeScheme } from '../../../../src/shared/providers/define.ts';
import type { HandshakeAnswer, HandshakeRule } from '../../../../src/shared/providers/handshake.ts';
import { slack } from '../../../../src/shared/providers/slack.ts';
import { allVectors } from '../../../support/vectors.ts';
import type { Vector } from '../../../support/vectors.ts';

type Input = Parameters<typeof answerHandshake>[0];
type Reply = ReturnType<typeof answerHandshake>;

const challenges = allVectors.filter(({ kind }) => kind === 'challenge') as readonly (Vector & {
  readonly mustFetch?: string;
})[];
const ran = new Set<string>();

afterEach(() => {
  vi.restoreAllMocks();
});

function judged(status: VerdictStatus, more: Partial<Verdict> = {}): Verdict {
  return { status, reason: 'test', message: 'Test', warnings: [], diagnosis: [], ...more };
}

function secret(value: string, more: Partial<SecretValue> = {}): SecretValue {
  return { name: 'test', value, ...more };
}

/** A provider with these handshakes and, unless told otherwise, the schemes of Slack. */
function provider(rules: readonly HandshakeRule[], more: Partial<ProviderDefinition> = {}): ProviderDefinition {
  return { ...slack, id: 'test', handshakes: rules, ...more };
}

function rule(answer: HandshakeAnswer, more: Partial<HandshakeRule> = {}): HandshakeRule {
  return { name: 'test', method: 'POST', conditions: [], signature: 'unsigned', answer, ...more };
}

const jsonHeaders: readonly HeaderPair[] = [['Content-Type', 'application/json']];
const ok: HandshakeAnswer = { kind: 'fixed', status: 200, headers: [], body: 'ok' };

function post(definition: ProviderDefinition | string, body: unknown, more: Partial<Input> = {}): Input {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const whose = typeof definition === 'string' ? { provider: definition } : { provider: definition.id, definition };
  return { ...whose, method: 'POST', url: '/in', headers: jsonHeaders, body: Buffer.from(text), ...more };
}

function get(definition: ProviderDefinition, url: string): Input {
  return { provider: definition.id, definition, method: 'GET', url, headers: [], body: Buffer.alloc(0) };
}

function expectInert(reply: Reply): void {
  expect(reply?.headers.filter(([name]) => name.toLowerCase() === 'content-type')).toEqual([
    ['Content-Type', 'text/plain'],
  ]);
  expect(reply?.headers.filter(([name]) => name.toLowerCase() === 'x-content-type-options')).toEqual([
    ['X-Content-Type-Options', 'nosniff'],
  ]);
}

describe('recorded handshakes', () => {
  for (const vector of challenges) {
    describe(vector.id, () => {
      it('gets the expected answer', () => {
        const request = {
          provider: vector.provider,
          method: vector.method,
          url: vector.url,
          headers: vector.headers,
          body: Buffer.from(vector.bodyBase64, 'base64'),
        };
        const { secrets } = vector;
        const verdict = verify({ ...request, scheme: vector.scheme, secrets, now: Date.parse(vector.now) });
        const reply = answerHandshake(request, verdict, secrets);
        const wanted = vector.expectedResponse;
        expect(wanted).toBeDefined();
        expect(reply).toMatchObject({ status: wanted?.status, refused: vector.expected === 'challenge-refused' });
        const headers = reply?.headers ?? [];
        if (wanted?.contentType !== undefined) {
          expect(headerValue(headers, 'content-type')?.split(';')[0]).toBe(wanted.contentType);
        }
        for (const [name, value] of wanted?.headers ?? []) expect(headerValue(headers, name)).toBe(value);
        if (wanted?.body !== undefined) expect(reply?.body).toBe(wanted.body);
        if (wanted?.bodyJson !== undefined) expect(JSON.parse(reply?.body ?? '')).toEqual(wanted.bodyJson);
        expect(reply?.needsConsent?.fetch).toBe(vector.mustFetch);
        ran.add(vector.id);
      });
    });
  }

  it('are sixteen, and all of them ran', () => {
    expect(ran.size).toBe(16);
  });
});

describe('X', () => {
  const crc = (token: string) => ({
    provider: 'x',
    method: 'GET',
    url: `/in/x?crc_token=${encodeURIComponent(token)}`,
    headers: [],
    body: new Uint8Array(),
  });
  const secrets = [{ name: 'consumer', value: 'public-x-consumer-secret' }];

  it('signs no token that could be the body of an event', () => {
    for (const token of ['{"for_user_id":"1"}', '[]', 'a b', 'a'.repeat(201), '']) {
      expect(answerHandshake(crc(token), judged('missing'), secrets)).toBeNull();
    }
  });

  it('answers nothing without a secret', () => {
    expect(answerHandshake(crc('abc'), judged('unverified'), [])).toBeNull();
  });
});

describe('which rule answers', () => {
  it('none, where no provider is known or it has no handshakes', () => {
    const body = { type: 'url_verification', challenge: 'c' };
    const nobody = { ...post(slack, body), provider: null, definition: undefined };
    expect(answerHandshake(nobody, judged('valid'))).toBeNull();
    expect(answerHandshake(post('stripe', body), judged('valid'))).toBeNull();
    expect(answerHandshake(post('nobody', body), judged('valid'))).toBeNull();
  });

  it('works with two arguments and without a URL', () => {
    const { url: _, ...input } = post('slack', { type: 'url_verification', challenge: 'c' });
    expect(answerHandshake(input, judged('unverified'))).toMatchObject({ status: 200, body: 'c', refused: false });
  });

  it('the definition that is given, not the registry’s', () => {
    const own = provider([rule(ok, { name: 'own' })], { id: 'slack' });
    expect(answerHandshake(post(own, '{}'), judged('valid'))?.name).toBe('own');
  });

  it('the first whose method and conditions hold, and it alone', () => {
    const definition = provider([
      rule(ok, { name: 'other method', method: 'PUT' }),
      rule(ok, { name: 'other header', conditions: [{ from: 'header', name: 'X-Ask', value: 'other' }] }),
      rule({ kind: 'echo', source: { from: 'json', path: 'gone' }, headers: [] }, { name: 'nothing to echo' }),
      rule(ok, { name: 'last' }),
    ]);
    const headers: readonly HeaderPair[] = [...jsonHeaders, ['X-Ask', 'this']];
    expect(answerHandshake(post(definition, '{}', { headers }), judged('valid'))).toBeNull();
    // Not JSON, so the third does not apply at all.
    expect(answerHandshake(post(definition, 'text', { headers: [] }), judged('valid'))?.name).toBe('last');
  });

  it('only its own parameters count, whatever else the query holds', () => {
    const definition = provider([
      rule(
        { kind: 'echo', source: { from: 'query', name: 'challenge' }, headers: [] },
        {
          method: 'GET',
          conditions: [{ from: 'query', name: 'challenge' }],
        },
      ),
    ]);
    const url = '/in?hub.mode=subscribe&hub.challenge=no&validationToken=no&challenge=yes&challenge=again';
    expect(answerHandshake(get(definition, url), judged('invalid'))?.body).toBe('yes');
    expect(answerHandshake(get(definition, '/in?Challenge=no#?challenge=no'), judged('valid'))).toBeNull();
    expect(answerHandshake({ ...get(definition, url), method: 'get' }, judged('valid'))).toBeNull();
    expect(answerHandshake({ ...get(definition, url), method: 'POST' }, judged('valid'))).toBeNull();
  });

  it('parses nothing unless method, size, headers, query and type allow it', () => {
    const parse = vi.spyOn(JSON, 'parse');
    const definition = provider([
      rule(ok, {
        conditions: [
          { from: 'json', path: 'type', value: 'ping' },
          { from: 'header', name: 'X-Ask' },
          { from: 'query', name: 'ask' },
        ],
      }),
    ]);
    const asked: Partial<Input> = { url: '/in?ask', headers: [...jsonHeaders, ['X-Ask', '1']] };
    const body = '{"type":"ping"}';
    const refused: readonly Input[] = [
      post(definition, body, { ...asked, method: 'PUT' }),
      post(definition, body, { ...asked, url: '/in' }),
      post(definition, body, { ...asked, headers: jsonHeaders }),
      post(definition, body, { ...asked, headers: [['X-Ask', '1']] }),
      post(definition, body.padEnd(4_097), asked),
      post(definition, '{"type":"pong"}', asked),
    ];
    for (const input of refused) expect(answerHandshake(input, judged('valid'))).toBeNull();
    expect(parse).not.toHaveBeenCalled();
    expect(answerHandshake(post(definition, body.padEnd(4_096), asked), judged('valid'))?.body).toBe('ok');
    expect(parse).toHaveBeenCalledTimes(1);
  });
});

describe('wrong content type', () => {
  const body = '{"type":"url_verification","challenge":"c"}';

  it.each([
    ['text/plain', null],
    ['text/html', null],
    ['application/x-www-form-urlencoded', null],
    ['application/x-www-form-urlencoded; a=json', null],
    ['multipart/form-data; boundary=x', null],
    [null, null],
    ['application/json; charset=utf-8', 'c'],
    ['Application/JSON', 'c'],
    ['application/cloudevents+json', 'c'],
  ])('%s: %s', (type, wanted) => {
    const headers: readonly HeaderPair[] = type === null ? [] : [['content-type', type]];
    expect(answerHandshake(post('slack', body, { headers }), judged('valid'))?.body ?? null).toBe(wanted);
  });
});

describe('signature', () => {
  const statuses: readonly VerdictStatus[] = ['invalid', 'missing', 'expired', 'future', 'malformed', 'unsupported'];
  const asked = { type: 'url_verification', challenge: 'c' };

  it.each(statuses)('%s: Slack is not answered, a rule with a status refuses with it', (status) => {
    expect(answerHandshake(post('slack', asked), judged(status))).toBeNull();
    const strict = provider([rule(ok, { name: 'PING', signature: 'checked', refusedStatus: 401, holdsSecret: true })]);
    expect(answerHandshake(post(strict, '{}'), judged(status))).toEqual({
      status: 401,
      headers: [],
      body: '',
      name: 'PING',
      refused: true,
      holdsSecret: true,
    });
  });

  it.each(['valid', 'unverified'] as const)('%s: answered', (status) => {
    expect(answerHandshake(post('slack', asked), judged(status))).toMatchObject({
      status: 200,
      body: 'c',
      name: 'url_verification',
      refused: false,
    });
  });

  it('Discord’s probe with a bad signature gets 401, the right one is answered', () => {
    const scheme: RecipeScheme = {
      id: 'discord-ed25519',
      algorithm: { kind: 'ed25519' },
      encoding: 'hex',
      secretType: 'ed25519-public-hex',
      recipe: [{ kind: 'timestamp' }, { kind: 'body' }],
      signatureHeaders: ['X-Signature-Ed25519'],
      format: { kind: 'value', prefix: '' },
      timestamp: {
        headers: ['X-Signature-Timestamp'],
        unit: 'seconds',
        toleranceSeconds: null,
        direction: 'both',
        signed: true,
      },
    };
    const pong: HandshakeAnswer = { kind: 'fixed', status: 200, headers: jsonHeaders, body: '{"type":1}' };
    const conditions = [{ from: 'json', path: 'type', value: 1 }] as const;
    const definition = provider([rule(pong, { conditions, signature: 'checked', refusedStatus: 401 })], {
      id: 'discord',
      schemes: [scheme],
    });
    const own = challenges.filter(({ id }) => id.startsWith('challenge/public/discord'));
    const statuses = own.map((vector) => {
      const { method, url, headers, secrets } = vector;
      const body = Buffer.from(vector.bodyBase64, 'base64');
      const request = { provider: 'discord', definition, method, url, headers, body };
      return answerHandshake(request, verify({ ...request, secrets, now: Date.parse(vector.now) }), secrets)?.status;
    });
    expect(statuses).toEqual([200, 401]);
  });
});

describe('token', () => {
  const definition = provider([
    rule(
      { kind: 'echo', source: { from: 'query', name: 'hub.challenge' }, headers: [] },
      {
        name: 'subscribe',
        method: 'GET',
        conditions: [{ from: 'query', name: 'hub.mode', value: 'subscribe' }],
        refusedStatus: 403,
        token: { from: 'query', name: 'hub.verify_token' },
        holdsSecret: true,
      },
    ),
  ]);
  const ask = (token: string, secrets: readonly SecretValue[] | undefined, challenge = '7'): Reply =>
    answerHandshake(
      get(definition, `/in?hub.mode=subscribe&hub.challenge=${challenge}&hub.verify_token=${token}`),
      judged('missing'),
      secrets,
    );

  it('is one of the secrets: the challenge is echoed', () => {
    const reply = ask('second+token%C3%BC', [secret('first'), secret('second tokenü')]);
    expect(reply).toMatchObject({ status: 200, body: '7', refused: false, holdsSecret: true });
    expectInert(reply);
  });

  it.each([
    ['wrong', [secret('right')]],
    ['', [secret('right')]],
    ['', [secret('')]],
    ['right', []],
    ['right', undefined],
    ['righ', [secret('right')]],
    ['right', [secret('RIGHT')]],
    ['wrong&hub.verify_token=right', [secret('right')]],
    ['%FF', [secret('\ufffd')]],
    // Its low byte is an A.
    ['%C5%81', [secret('A')]],
    ['x'.repeat(5_000), [secret('x'.repeat(5_000))]],
  ])('%.10s is refused with 403 and echoes nothing', (token, secrets) => {
    expect(ask(token, secrets)).toEqual({
      status: 403,
      headers: [],
      body: '',
      name: 'subscribe',
      refused: true,
      holdsSecret: true,
    });
  });

  it('right, but with nothing to echo: handled as any other request', () => {
    expect(ask('right', [secret('right')], '')).toBeNull();
  });

  it('may stand in a header, whose characters are bytes, and without a status is handled as any other', () => {
    const inHeader = provider([rule(ok, { token: { from: 'header', name: 'X-Token' } })]);
    const headers: readonly HeaderPair[] = [['x-token', Buffer.from('ключ').toString('latin1')]];
    expect(answerHandshake(post(inHeader, '', { headers }), judged('invalid'), [secret('ключ')])?.body).toBe('ok');
    expect(answerHandshake(post(inHeader, '', { headers }), judged('invalid'), [secret('other')])).toBeNull();
  });

  it('does not stand in for a signature that is checked as well', () => {
    const both = provider([
      rule(ok, { signature: 'checked', refusedStatus: 401, token: { from: 'json', path: 'token' } }),
    ]);
    const input = post(both, { token: 'right' });
    expect(answerHandshake(input, judged('invalid'), [secret('right')])?.status).toBe(401);
    expect(answerHandshake(input, judged('valid'), [secret('right')])?.status).toBe(200);
    expect(answerHandshake(input, judged('valid'), [secret('other')])?.status).toBe(401);
  });
});

describe('echo', () => {
  const slackAsk = (challenge: unknown): Reply =>
    answerHandshake(post('slack', { type: 'url_verification', challenge }), judged('valid'));

  it('leaves markup as plain text that no browser sniffs', () => {
    const markup = '<!doctype html><script>alert(1)</script>\r\n\r\n';
    const reply = slackAsk(markup);
    expect(reply?.body).toBe(markup);
    expectInert(reply);
  });

  it('keeps the type although the provider’s data says otherwise', () => {
    const headers: readonly HeaderPair[] = [
      ['content-type', 'text/html'],
      ['X-CONTENT-TYPE-OPTIONS', 'none'],
      ['X-Other', 'kept'],
    ];
    const definition = provider([rule({ kind: 'echo', source: { from: 'json', path: 'c' }, headers })]);
    const reply = answerHandshake(post(definition, { c: '<b>' }), judged('valid'));
    expectInert(reply);
    expect(headerValue(reply?.headers ?? [], 'x-other')).toBe('kept');
  });

  it('ends at 4,096 characters', () => {
    const definition = provider([
      rule({ kind: 'echo', source: { from: 'query', name: 'c' }, headers: [] }, { method: 'GET' }),
    ]);
    const ask = (length: number): Reply =>
      answerHandshake(get(definition, `/in?c=${'x'.repeat(length)}`), judged('valid'));
    expect(ask(501)?.body).toHaveLength(501);
    expect(ask(4_096)?.body).toHaveLength(4_096);
    expect(ask(4_097)).toBeNull();
    expect(ask(1_000_000)).toBeNull();
    expect(slackAsk('x'.repeat(4_000))?.body).toHaveLength(4_000);
    expect(slackAsk('x'.repeat(4_096)), 'the body is larger than a handshake').toBeNull();
    expect(slackAsk('x'.repeat(10_000_000))).toBeNull();
  });

  it.each([[null], [''], [{}], [['c']], [true], [1.5], [1e300], [2 ** 60]])('not of %j', (challenge) => {
    expect(slackAsk(challenge)).toBeNull();
  });

  it('of a number and of text beyond ASCII as it was sent', () => {
    expect(slackAsk(42)?.body).toBe('42');
    expect(slackAsk('Ünïcode ✓')?.body).toBe('Ünïcode ✓');
  });

  it('of a field of a form, and of JSON in it', () => {
    const headers: readonly HeaderPair[] = [['Content-Type', 'application/x-www-form-urlencoded']];
    const echo = (path?: string): HandshakeRule =>
      rule({ kind: 'echo', source: { from: 'form', name: 'p', ...(path ? { path } : {}) }, headers: [] });
    const body = `p=${encodeURIComponent('{"c":"deep"}')}`;
    expect(answerHandshake(post(provider([echo('c')]), body, { headers }), judged('valid'))?.body).toBe('deep');
    expect(answerHandshake(post(provider([echo()]), body, { headers }), judged('valid'))?.body).toBe('{"c":"deep"}');
    expect(answerHandshake(post(provider([echo()]), body), judged('valid'))).toBeNull();
  });

  it.each(['__proto__', 'constructor.name', 'toString'])('never of what the body does not own: %s', (path) => {
    const definition = provider([rule({ kind: 'echo', source: { from: 'json', path }, headers: [] })]);
    expect(answerHandshake(post(definition, '{"a":1}'), judged('valid'))).toBeNull();
  });
});

describe('echo in a header', () => {
  const definition = provider([
    rule(
      { kind: 'echo-header', from: 'X-Hook-Secret', to: 'X-Hook-Secret', headers: [['X-More', '1']] },
      {
        conditions: [{ from: 'header', name: 'X-Hook-Secret' }],
        holdsSecret: true,
      },
    ),
  ]);
  const ask = (value: string): Reply =>
    answerHandshake(post(definition, '{}', { headers: [['x-hook-secret', value]] }), judged('missing'));

  it('gives the value back, and marks the request as holding a secret', () => {
    expect(ask('s3cret \xfc')).toEqual({
      status: 200,
      headers: [
        ['X-Hook-Secret', 's3cret \xfc'],
        ['Content-Type', 'text/plain'],
        ['X-Content-Type-Options', 'nosniff'],
        ['X-More', '1'],
      ],
      body: '',
      name: 'test',
      refused: false,
      holdsSecret: true,
    });
  });

  it.each(['a\r\nSet-Cookie: a=b', 'a\nb', 'a\rb', 'a\0b', 'a\x7fb', 'a\u0100b', '\u010a', '', 'x'.repeat(4_097)])(
    'refuses what a header cannot carry: %j',
    (value) => {
      expect(ask(value)).toBeNull();
    },
  );

  it('sees no handshake without the header', () => {
    expect(answerHandshake(post(definition, '{}'), judged('valid'))).toBeNull();
  });
});

describe('keyed hash of a value', () => {
  const definition = provider([
    rule(
      { kind: 'hmac-json', source: { from: 'json', path: 'payload.plainToken' }, plain: 'plain', hashed: 'hashed' },
      { conditions: [{ from: 'json', path: 'event', value: 'endpoint.url_validation' }], signature: 'checked' },
    ),
  ]);
  const ask = (verdict: Verdict, secrets?: readonly SecretValue[], plainToken: unknown = 'tök<en>"'): Reply =>
    answerHandshake(post(definition, { event: 'endpoint.url_validation', payload: { plainToken } }), verdict, secrets);
  const hashOf = (key: string): string => createHmac('sha256', key).update('tök<en>"').digest('hex');
  const two = [secret('one', { name: 'first' }), secret('two', { name: 'second' })];

  it('uses the first secret, or the one that the request was signed with', () => {
    const first = ask(judged('valid'), two);
    expect(first?.headers).toEqual([...jsonHeaders, ['X-Content-Type-Options', 'nosniff']]);
    expect(JSON.parse(first?.body ?? '')).toEqual({ plain: 'tök<en>"', hashed: hashOf('one') });
    const second = ask(judged('valid', { secretName: 'second', scheme: 'slack-v0' }), two);
    expect(JSON.parse(second?.body ?? '')).toEqual({ plain: 'tök<en>"', hashed: hashOf('two') });
  });

  it('is none without a secret, without a usable one, or without a value', () => {
    expect(ask(judged('unverified'))).toBeNull();
    expect(ask(judged('valid'))).toBeNull();
    expect(ask(judged('valid'), [secret('')])).toBeNull();
    expect(ask(judged('valid'), [secret('no pem', { type: 'x509-pem' })])).toBeNull();
    expect(ask(judged('valid'), two, {})).toBeNull();
    expect(ask(judged('valid'), two, '')).toBeNull();
  });

  it('signs nothing for a stranger, who could forge events with it', () => {
    for (const status of ['unverified', 'invalid', 'missing', 'expired'] as const) {
      expect(ask(judged(status), two)).toBeNull();
    }
    const unsigned = provider((definition.handshakes ?? []).map((item) => ({ ...item, signature: 'unsigned' })));
    const input = post(unsigned, { event: 'endpoint.url_validation', payload: { plainToken: 'v0:1773480413:{}' } });
    expect(answerHandshake(input, judged('missing'), two)).toBeNull();
  });
});

describe('confirmation by a fetch', () => {
  const host = 'sns\\.[a-z0-9-]+\\.amazonaws\\.com';
  const scheme: RecipeScheme = {
    ...(slack.schemes[0] as RecipeScheme),
    certificate: { source: { from: 'json', path: 'SigningCertURL' }, host, pathEnd: '.pem' },
  };
  const confirm = rule(
    { kind: 'fetch', source: { from: 'json', path: 'SubscribeURL' } },
    {
      name: 'SubscriptionConfirmation',
      conditions: [{ from: 'header', name: 'x-amz-sns-message-type', value: 'SubscriptionConfirmation' }],
      signature: 'checked',
      holdsSecret: true,
    },
  );
  const definition = provider([confirm], { schemes: [scheme] });
  const headers: readonly HeaderPair[] = [
    ['x-amz-sns-message-type', 'SubscriptionConfirmation'],
    ['Content-Type', 'text/plain; charset=UTF-8'],
  ];
  const ask = (SubscribeURL: unknown, status: VerdictStatus = 'valid', whose = definition): Reply =>
    answerHandshake(post(whose, { SubscribeURL }, { headers }), judged(status));
  const good = 'https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=test';

  it('asks for consent with the address, and answers 200 meanwhile', () => {
    for (const status of ['valid', 'unverified'] as const) {
      expect(ask(good, status)).toEqual({
        status: 200,
        headers: [],
        body: '',
        name: 'SubscriptionConfirmation',
        refused: false,
        needsConsent: { fetch: good },
        holdsSecret: true,
      });
    }
    expect(ask(good, 'invalid')).toBeNull();
  });

  it.each([
    'http://sns.eu-west-1.amazonaws.com/',
    'https://sns.eu-west-1.amazonaws.com.evil.example/',
    'https://evil.example/?https://sns.eu-west-1.amazonaws.com/',
    'https://sns.eu-west-1.amazonaws.com@evil.example/',
    'https://user@sns.eu-west-1.amazonaws.com/',
    'https://sns.eu-west-1.amazonaws.com:8443/',
    'https://evil.example\\@sns.eu-west-1.amazonaws.com/',
    'https://snsXeu-west-1.amazonaws.com/',
    'https://127.0.0.1/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    '//sns.eu-west-1.amazonaws.com/',
    `${good}${'x'.repeat(4_096)}`,
    '',
    7,
    null,
    [good],
  ])('never with %.80s', (address) => {
    expect(ask(address)).toBeNull();
  });

  it('gives the address as it will be fetched', () => {
    expect(ask('https://SNS.eu-west-1.amazonaws.com\\@evil.example/\n')?.needsConsent?.fetch).toBe(
      'https://sns.eu-west-1.amazonaws.com/@evil.example/',
    );
  });

  it('believes no address where the provider names no host', () => {
    expect(ask(good, 'valid', provider([confirm]))).toBeNull();
  });

  it('may be larger than other handshakes, up to 256 KiB', () => {
    const sized = (size: number): Input => {
      const body = JSON.stringify({ SubscribeURL: good, Message: '' });
      return post(definition, body.replace('""', `"${'x'.repeat(size - body.length)}"`), { headers });
    };
    expect(sized(262_144).body).toHaveLength(262_144);
    expect(answerHandshake(sized(262_144), judged('valid'))?.status).toBe(200);
    expect(answerHandshake(sized(262_145), judged('valid'))).toBeNull();
  });

  it('reads no JSON out of a form', () => {
    const form: readonly HeaderPair[] = [...headers.slice(0, 1), ['Content-Type', 'application/x-www-form-urlencoded']];
    const input = post(definition, { SubscribeURL: good }, { headers: form });
    expect(answerHandshake(input, judged('valid'))).toBeNull();
  });

  it('survives bodies that are no JSON', () => {
    for (const body of ['', 'null', '[', '['.repeat(200_000), '{"SubscribeURL":', '\xff\xfe', '"text"']) {
      expect(answerHandshake(post(definition, body, { headers }), judged('valid'))).toBeNull();
    }
  });
});

describe('fixed answer', () => {
  it('answers a HEAD request', () => {
    const definition = provider([rule(ok, { method: 'HEAD' })]);
    const input = { ...get(definition, '/in'), method: 'HEAD' };
    expect(answerHandshake(input, judged('missing'))).toMatchObject({ status: 200, refused: false });
    expect(answerHandshake(get(definition, '/in'), judged('missing'))).toBeNull();
  });

  it('needs every condition: a list that is empty, a header that is absent', () => {
    const definition = provider([
      rule(ok, {
        conditions: [
          { from: 'json', path: 'events' },
          { from: 'json', path: 'events.0', absent: true },
          { from: 'header', name: 'X-Event', absent: true },
        ],
      }),
    ]);
    const ask = (body: unknown, more: readonly HeaderPair[] = []): Reply =>
      answerHandshake(post(definition, body, { headers: [...jsonHeaders, ...more] }), judged('missing'));
    expect(ask({ events: [] })?.body).toBe('ok');
    expect(ask({ events: [{}] })).toBeNull();
    expect(ask({})).toBeNull();
    expect(ask({ events: [] }, [['x-event', '']])).toBeNull();
  });
});
