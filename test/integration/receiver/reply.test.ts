// What the sender of a request reads: the planned reply, in order, after the host has settled it; and what it reads when
// the host fails.

import { describe, expect, it } from 'vitest';
import type { ReplyPlan } from '../../../src/main/receiver/server.ts';
import type { CapturedRequest } from '../../../src/shared/exchange.ts';
import { connectRaw } from '../../support/raw-socket.ts';
import { expectAlive, okPlan, startRecorder } from './start.ts';
import type { RecorderOptions } from './start.ts';

const post = (target: string, body = 'x') =>
  `POST ${target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

/** Runs `run` with a receiver that answers as `plan` says, and stops it. */
async function withReceiver(
  onRequest: RecorderOptions['onRequest'] | ReplyPlan,
  run: (recorder: Awaited<ReturnType<typeof startRecorder>>) => Promise<void>,
): Promise<void> {
  const plan = onRequest;
  const recorder = await startRecorder(
    typeof plan === 'object' ? { onRequest: () => Promise.resolve(plan) } : plan ? { onRequest: plan } : {},
  );
  try {
    await run(recorder);
  } finally {
    await recorder.stop();
  }
}

/** The one reply to one request. */
async function ask(port: number, request: string, headReplies = false) {
  const client = connectRaw(port, { headReplies });
  client.write(request);
  await client.until(() => client.replies().length === 1);
  const [reply] = client.replies();
  const received = client.received();
  await client.close();
  return { reply, received };
}

/** What was sent before has reached the receiver: a connection that was opened later has been dealt with. */
async function afterOthers(recorder: {
  port: number;
  until: (condition: () => boolean) => Promise<void>;
  refused: readonly unknown[];
}) {
  const before = recorder.refused.length;
  const later = connectRaw(recorder.port);
  later.write('NONSENSE\r\n\r\n');
  await recorder.until(() => recorder.refused.length > before);
  await later.close();
}

/** A promise that the test settles. */
function gate<T>() {
  let open: (value: T) => void = () => undefined;
  const promise = new Promise<T>((resolve) => (open = resolve));
  return { promise, open };
}

describe('the planned reply', () => {
  it.each(['héllo', 'hello'])('keeps case, order and repeats of its headers, and their bytes: %s', async (body) => {
    const plan = {
      status: 202,
      headers: [
        ['x-B', '1'],
        ['Set-Cookie', 'a'],
        ['X-b', '\xE9'],
        ['Set-Cookie', 'b'],
      ],
      body,
    } as const;
    await withReceiver(plan, async ({ port }) => {
      const { reply } = await ask(port, post('/'));
      expect(reply?.headers.slice(0, 4)).toEqual(plan.headers);
      expect(reply?.status).toBe(202);
      expect(reply?.body.toString()).toBe(body);
    });
  });

  it('sets its own framing and names no program', async () => {
    const headers = [
      ['Content-Length', '3'],
      ['Transfer-Encoding', 'chunked'],
      ['Connection', 'upgrade'],
      ['X-Kept', 'yes'],
    ] as const;
    await withReceiver({ status: 200, headers, body: Buffer.from([0, 255, 10, 13, 7]) }, async ({ port }) => {
      const { reply } = await ask(port, post('/'));
      const names = reply?.headers.map(([name]) => name.toLowerCase()).toSorted();
      expect(names).toEqual(['connection', 'content-length', 'date', 'keep-alive', 'x-kept']);
      expect([...(reply?.body ?? [])]).toEqual([0, 255, 10, 13, 7]);
    });
  });

  it.each([
    ['HEAD', 200, '4711', ['Content-Length', '4711']],
    ['HEAD', 200, 'many', ['Content-Length', '0']],
    ['POST', 304, '4711', ['Content-Length', '4711']],
    ['POST', 304, '-1', undefined],
    ['POST', 200, '4711', ['Content-Length', '0']],
  ])('to %s, with status %i and a told length of %s, tells %j', async (method, status, told, expected) => {
    const plan = { status, headers: [['Content-Length', told]], body: '' } as const;
    await withReceiver(plan, async ({ port }) => {
      const request = `${method} / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n`;
      const { reply } = await ask(port, request, method === 'HEAD' || status === 304);
      expect(reply?.headers.find(([name]) => name.toLowerCase() === 'content-length')).toEqual(expected);
    });
  });

  it('leaves out a header that HTTP cannot carry, and answers nevertheless', async () => {
    const headers = [
      ['X-Bad', 'a\r\nX-Injected: 1'],
      ['bad name', '1'],
      ['X-Good', '1'],
    ] as const;
    await withReceiver({ status: 201, headers, body: '' }, async ({ port }) => {
      const { reply, received } = await ask(port, post('/'));
      expect(reply?.status).toBe(201);
      expect(reply?.headers[0]).toEqual(['X-Good', '1']);
      expect(received).not.toContain('Injected');
    });
  });

  it.each([204, 304])('%i has neither body nor length', async (status) => {
    await withReceiver({ status, headers: [], body: 'text' }, async ({ port }) => {
      const { reply, received } = await ask(port, post('/'));
      expect(reply?.status).toBe(status);
      expect(received).not.toMatch(/content-length|text/i);
    });
  });

  it('has no body after HEAD, but its length', async () => {
    await withReceiver(okPlan, async ({ port }) => {
      const { reply, received } = await ask(port, 'HEAD / HTTP/1.1\r\nHost: x\r\n\r\n', true);
      expect(reply?.headers).toContainEqual(['Content-Length', '17']);
      expect(received.endsWith('\r\n\r\n')).toBe(true);
    });
  });

  it('comes after the host has settled it, and is reported with its time', async () => {
    const stored = gate<ReplyPlan>();
    await withReceiver(
      () => stored.promise,
      async (recorder) => {
        const client = connectRaw(recorder.port);
        client.write(post('/'));
        await recorder.until(() => recorder.captured.length === 1);
        expect(client.received()).toBe('');
        expect(recorder.replied).toEqual([]);
        stored.open(okPlan);
        await client.until(() => client.replies().length === 1);
        expect(recorder.replied).toMatchObject([{ id: recorder.captured[0]?.id, status: 200 }]);
        expect(recorder.replied[0]?.ms).toBeGreaterThanOrEqual(0);
        await client.close();
      },
    );
  });

  it('keeps the order of pipelined requests when later ones are settled first', async () => {
    const first = gate<ReplyPlan>();
    const plan = (request: CapturedRequest) => ({ status: 200, headers: [], body: request.target });
    await withReceiver(
      (request) => (request.target === '/1' ? first.promise : Promise.resolve(plan(request))),
      async (recorder) => {
        const client = connectRaw(recorder.port);
        client.write(post('/1') + post('/2') + post('/3'));
        await recorder.until(() => recorder.replied.length === 2);
        first.open({ status: 200, headers: [], body: '/1' });
        await client.until(() => client.replies().length === 3);
        expect(client.replies().map((reply) => reply.body.toString())).toEqual(['/1', '/2', '/3']);
        await client.close();
      },
    );
  });

  it('reaches a sender that has ended its side', async () => {
    const stored = gate<ReplyPlan>();
    await withReceiver(
      () => stored.promise,
      async (recorder) => {
        const client = connectRaw(recorder.port);
        client.write(post('/'));
        client.end();
        await recorder.until(() => recorder.captured.length === 1);
        await afterOthers(recorder);
        stored.open(okPlan);
        await client.until(() => client.isClosed());
        expect(client.replies().map((reply) => reply.status)).toEqual([200]);
      },
    );
  });

  it('is reported without a status when the sender has gone', async () => {
    const stored = gate<ReplyPlan>();
    await withReceiver(
      () => stored.promise,
      async (recorder) => {
        const client = connectRaw(recorder.port);
        client.write(post('/'));
        await recorder.until(() => recorder.captured.length === 1);
        client.reset();
        await afterOthers(recorder);
        stored.open(okPlan);
        const other = await ask(recorder.port, post('/later'));
        expect(other.reply?.status).toBe(200);
        expect(recorder.replied.map(({ id, status }) => [id, status])).toEqual([
          [recorder.captured[0]?.id, null],
          [recorder.captured[1]?.id, 200],
        ]);
        expect(recorder.refused.map(({ reason }) => reason)).toEqual(['bad-request']);
      },
    );
  });

  it('to a good request still comes when bad bytes follow it', async () => {
    const stored = gate<ReplyPlan>();
    await withReceiver(
      () => stored.promise,
      async (recorder) => {
        const client = connectRaw(recorder.port);
        client.write(`${post('/good')}NONSENSE\r\n\r\n`);
        await recorder.until(() => recorder.refused.length === 1 && recorder.captured.length === 1);
        stored.open(okPlan);
        await client.until(() => client.isClosed());
        expect(client.replies().map((reply) => reply.status)).toEqual([200]);
        expect(recorder.refused).toMatchObject([{ reason: 'bad-request', status: null }]);
      },
    );
  });
});

describe('a host that fails', () => {
  it.each([
    ['rejects', () => Promise.reject(new Error('disk full'))],
    [
      'throws',
      () => {
        throw new Error('bug');
      },
    ],
  ] as const)('and %s makes it 503 with Retry-After, refused as not-stored, and goes on', async (_how, fail) => {
    let broken = true;
    await withReceiver(
      () => (broken ? fail() : Promise.resolve(okPlan)),
      async (recorder) => {
        const { reply } = await ask(recorder.port, post('/lost', 'abc'));
        expect(reply?.status).toBe(503);
        expect(reply?.headers).toContainEqual(['Retry-After', '5']);
        expect(recorder.refused).toMatchObject([{ reason: 'not-stored', status: 503, remoteAddress: '127.0.0.1' }]);
        const head = Buffer.from(recorder.refused[0]?.head ?? []).toString('latin1');
        expect(head).toBe(post('/lost', 'abc'));
        expect(recorder.refused[0]?.bytes).toBe(head.length);
        expect(recorder.replied).toEqual([]);
        broken = false;
        await expectAlive(recorder);
      },
    );
  });
});
