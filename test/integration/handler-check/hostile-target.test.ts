// Targets that refuse, lie, babble or die. Whatever they do ends in results; nothing is thrown, and no secret comes out.

import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { caseNames, runHandlerCheck } from '../../../src/main/handler-check/handler-check.ts';
import { toJUnit } from '../../../src/main/handler-check/junit.ts';
import type { HandlerCheckOptions } from '../../../src/main/handler-check/options.ts';
import type { CheckReport } from '../../../src/main/handler-check/result.ts';
import { systemClock, systemRandom } from '../../../src/main/system.ts';
import { startRawServer } from '../../support/raw-server.ts';

const secret = `whsec_${Buffer.from('example-key-that-is-not-real-000').toString('base64')}`;
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function raw(answer: Parameters<typeof startRawServer>[0]): Promise<string> {
  const server = await startRawServer(answer);
  closers.push(server.close);
  return server.url;
}

async function http(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function check(url: string, changes: Partial<HandlerCheckOptions> = {}): Promise<CheckReport> {
  return runHandlerCheck({
    url,
    provider: 'standard-webhooks',
    secrets: [{ name: 'test', value: secret }],
    clock: systemClock,
    random: systemRandom,
    totalMs: 400,
    slowMs: 300,
    ...changes,
  });
}

const rowOf = ({ results }: CheckReport, name: string) => results.find((row) => row.name === name);

/** The valid request failed, and nothing else was sent. */
function expectOnlyFirst(report: CheckReport, status: number | null, message: string): void {
  expect(report.results[0]).toMatchObject({ name: 'valid', pass: false, status });
  expect(report.results[0]?.message).toContain(message);
  expect(report).toMatchObject({ passed: 0, failed: 1, skipped: report.results.length - 1 });
  expect(report.results.at(-1)?.skipped).toContain('so this would say nothing');
}

const answerWith = (bytes: string) => raw((socket) => socket.end(bytes));

describe('a target', () => {
  it('that refuses the connection', async () => {
    const url = await http(() => {});
    await closers.pop()?.();
    const report = await check(url);
    expectOnlyFirst(report, null, 'No answer: connection refused');
    expect(report.results[0]?.fault).toBeUndefined();
  });

  it('that speaks no TLS', async () => {
    const url = await http((_request, response) => response.end());
    expectOnlyFirst(await check(url.replace('http:', 'https:')), null, 'TLS');
  });

  it('to which nothing is sent', async () => {
    expectOnlyFirst(await check('http://169.254.169.254/'), null, 'nothing is sent to 169.254.169.254');
  });

  it.each([
    ['garbage', '\u0000\u0001 hello there\r\n\r\n', null, 'not valid HTTP'],
    ['nothing', '', null, 'closed the connection without a reply'],
    ['half a head', 'HTTP/1.1 200 OK\r\nX-Half', null, 'No answer'],
    ['a redirect', 'HTTP/1.1 307 Go\r\nLocation: http://169.254.169.254/\r\n\r\n', 307, 'redirects are not followed'],
    ['a fault', 'HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n', 500, 'HTTP 500 where it should be accepted'],
    ['“later”', 'HTTP/1.1 429 Later\r\nContent-Length: 0\r\n\r\n', 429, 'a rate limit answered'],
    ['a status that is none', 'HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n', 999, 'HTTP 999'],
  ])('that answers with %s', async (_name, bytes, status, message) => {
    expectOnlyFirst(await check(await answerWith(bytes)), status, message);
  });

  it('that never answers', async () => {
    const report = await check(await raw(() => {}));
    expectOnlyFirst(report, null, 'no reply within 400 ms');
    expect(report.results[0]?.fault).toBe('slow');
  });

  it('that accepts everything, with 100 MB each time', async () => {
    const part = Buffer.alloc(1_000_000, 0x78);
    const url = await http((request, response) => {
      request.resume();
      response.on('error', () => {});
      response.writeHead(200, { 'Content-Length': 100_000_000 });
      let left = 100;
      const more = (): void => {
        while (left > 0 && !response.destroyed) {
          left -= 1;
          if (!response.write(part)) return void response.once('drain', more);
        }
      };
      more();
    });
    const cases = ['valid', 'wrong-secret', 'old-timestamp', 'huge-body', 'truncated-body'];
    const report = await check(url, { totalMs: 5_000, cases });
    expect(report.results.map(({ name, pass }) => [name, pass])).toEqual([
      ['valid', true],
      ['wrong-secret', false],
      ['old-timestamp', false],
      ['huge-body', false],
      ['truncated-body', false],
    ]);
    expect(new Set(report.results.slice(1).map(({ fault }) => fault))).toEqual(new Set(['no-signature-check']));
  });

  it('that accepts everything fails every bad request for the same reason', async () => {
    const url = await http((request, response) => request.resume().on('end', () => response.end('ok')));
    const report = await check(url, { totalMs: 5_000 });
    const rejects = report.results.filter(({ expected }) => expected === 'reject');
    expect(rejects.length).toBeGreaterThan(9);
    for (const row of rejects) expect(row, row.name).toMatchObject({ pass: false, fault: 'no-signature-check' });
    for (const row of report.results) {
      if (row.expected !== 'reject' && row.skipped === undefined) expect(row, row.name).toMatchObject({ pass: true });
    }
  });

  it('that dies in the middle: what comes after is not sent', async () => {
    let left = 4;
    const url = await http((request, response) => {
      left -= 1;
      if (left < 0) return void request.socket.destroy();
      response.writeHead(left === 3 ? 200 : 401).end();
    });
    const report = await check(url, { cases: ['valid', 'wrong-secret', 'no-signature', 'tampered-body', 'signature-empty', 'slow-client'] }); // prettier-ignore
    expect(report).toMatchObject({ passed: 4, failed: 1, skipped: 1 });
    expect(rowOf(report, 'signature-empty')).toMatchObject({ status: null, fault: 'no-clean-answer' });
    expect(rowOf(report, 'slow-client')?.skipped).toContain('does not accept a valid request');
  });

  it('that loses its mind over a broken-off body', async () => {
    let insane = false;
    const url = await http((request, response) => {
      request.on('aborted', () => (insane = true));
      request.on('error', () => {});
      request.resume().on('end', () => response.writeHead(insane ? 500 : 200).end());
    });
    const report = await check(url, { cases: ['valid', 'truncated-body'] });
    expect(rowOf(report, 'truncated-body')).toMatchObject({ status: 500, pass: false, fault: 'no-clean-answer' });
  });

  it('that has no patience with a slow body', async () => {
    const url = await http((request, response) => {
      const hurry = setTimeout(() => request.socket.destroy(), 300);
      request.on('error', () => {});
      request.resume().on('end', () => {
        clearTimeout(hurry);
        response.end();
      });
    });
    const report = await check(url, { cases: ['valid', 'slow-client'], totalMs: 5_000 });
    expect(rowOf(report, 'slow-client')).toMatchObject({ pass: false, fault: 'refuses-slow-client' });
  });

  it('that closes on a large body without an answer, and lives', async () => {
    const url = await http((request, response) => {
      if (Number(request.headers['content-length']) > 100_000) return void request.socket.destroy();
      request.resume().on('end', () => response.end());
    });
    const report = await check(url, { cases: ['valid', 'large-body', 'huge-body'], totalMs: 5_000 });
    expect(report).toMatchObject({ passed: 3, failed: 0 });
    expect(rowOf(report, 'huge-body')?.message).toContain('goes on working');
  });

  it('that reads a huge body to its end before it refuses it by size', async () => {
    const url = await http((request, response) => {
      let bytes = 0;
      request.on('data', (chunk: Buffer) => (bytes += chunk.length));
      request.on('end', () => response.writeHead(bytes > 1_000_000 ? 413 : 200).end());
    });
    const report = await check(url, { cases: ['valid', 'large-body', 'huge-body'], totalMs: 10_000 });
    expect(report).toMatchObject({ passed: 3, failed: 0 });
  });

  it('whose count is hostile', async () => {
    const handler = await http((request, response) => request.resume().on('end', () => response.end()));
    for (const body of ['-1', '1e400', '"3"', '{"count":"many"}', '[]', '<b>7</b>', '9'.repeat(2_000), '']) {
      const url = await http((_request, response) => response.end(body));
      const report = await check(handler, { cases: ['valid', 'work-done'], idempotency: { url } });
      expect(rowOf(report, 'work-done'), body.slice(0, 20)).toMatchObject({ pass: false });
      expect(rowOf(report, 'work-done')?.message).toContain('the answer holds no number');
    }
  });
});

describe('a check that is stopped', () => {
  it('ends soon, and judges nothing any more', async () => {
    const stop = new AbortController();
    const url = await http((request) => void request.resume());
    const running = check(url, { totalMs: 20_000, signal: stop.signal });
    stop.abort();
    const report = await running;
    expect(report).toMatchObject({ passed: 0, failed: 0, skipped: report.results.length });
    expect(report.results[0]?.skipped).toBe('The check was stopped.');
  });

  it('in the middle of a slow body', async () => {
    const stop = new AbortController();
    let seen = 0;
    const url = await http((request, response) => {
      seen += 1;
      if (seen === 2) request.once('data', () => stop.abort());
      request.on('error', () => {});
      request.resume().on('end', () => response.end());
    });
    const report = await check(url, {
      cases: ['valid', 'slow-client', 'truncated-body'],
      totalMs: 20_000,
      signal: stop.signal,
    });
    expect(report).toMatchObject({ passed: 1, failed: 0, skipped: 2 });
  });
});

describe('secrets', () => {
  const canary = 'canary-token-that-is-not-real-4711';

  it.each(['gitlab', 'telegram', 'stripe', 'standard-webhooks', 'cloudevents'])(
    'stay out of results and files when the handler shouts them back: %s',
    async (provider) => {
      const value = provider === 'standard-webhooks' ? secret : canary;
      let shouted = '';
      const url = await http((request, response) => {
        const chunks: Buffer[] = [];
        request.on('error', () => {});
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => {
          const said = request.rawHeaders.join(' ');
          shouted += said;
          response.statusMessage = value;
          response.writeHead(200, { 'X-Replay': `${said} ${value}` });
          response.end(Buffer.concat(chunks));
        });
      });
      const secrets = [{ name: 'test', value }];
      const report = await check(`${url}/in?key=${canary}`, {
        provider,
        secrets,
        totalMs: 5_000,
        idempotency: { header: 'X-Replay' },
        // These two wait for seconds; once is enough.
        cases: provider === 'gitlab' ? caseNames : caseNames.filter((name) => !/^(slow-client|huge-body)$/.test(name)),
      });
      expect(report.failed).toBeGreaterThan(5);
      const text = JSON.stringify(report) + toJUnit(report, 'my handler');
      expect(text).not.toContain(canary);
      for (const part of [value, value.replace('whsec_', ''), Buffer.from(value).toString('base64')]) {
        expect(text).not.toContain(part);
      }
      // The token providers do send it, so that this test looks at something.
      if (['gitlab', 'telegram', 'cloudevents'].includes(provider)) expect(shouted).toContain(canary);
    },
  );
});
