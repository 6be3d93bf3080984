import { describe, expect, it } from 'vitest';
import { checkedHeaders } from '../../../../src/main/tunnels/probe-proof.ts';
import { isPassing, judgeProbe } from '../../../../src/main/tunnels/probe-verdict.ts';
import type { ProbeOutcome } from '../../../../src/main/tunnels/probe-verdict.ts';

const now = Date.UTC(2026, 0, 1);
const headers = checkedHeaders.map(([, value]) => value);
const seen = { nonce: 'n', sha256: 'a', at: now, headers };

const judge = (more: Partial<ProbeOutcome>) =>
  judgeProbe({
    kind: 'ngrok',
    url: 'https://x.example/hookbench/probe/n',
    nonce: 'n',
    sha256: 'a',
    now,
    answer: null,
    seen: null,
    arrived: false,
    oneWay: false,
    error: null,
    ...more,
  });
const answer = (status: number, given: Record<string, string> = {}, body = '') => ({ status, headers: given, body });
const page = (status: number, title = 'Hello') =>
  answer(status, { 'content-type': 'text/html; charset=utf-8' }, `<html><title>${title}</title></html>`);

describe('a probe that came through', () => {
  it('is good when nothing was changed', () => {
    expect(judge({ seen, answer: answer(200) })).toMatchObject({ ok: true, code: 'ok' });
  });

  it('names a changed body, changed headers and a wrong clock', () => {
    expect(judge({ seen: { ...seen, sha256: 'b' } })).toMatchObject({ ok: false, code: 'body-changed' });
    const gone = judge({ seen: { ...seen, headers: [headers[0] ?? null, 'Proxy/1', null] } });
    expect(gone.code).toBe('headers-changed');
    expect(gone.message).toContain('User-Agent came as "Proxy/1"; X-Hookbench-Check is missing');
    const date = (ms: number) => answer(200, { date: new Date(now + ms).toUTCString() });
    expect(judge({ seen, answer: date(-31_000) })).toMatchObject({ code: 'clock', ok: false });
    expect(judge({ seen, answer: date(31_000) }).message).toContain('31 s behind');
    expect(judge({ seen, answer: date(29_000) }).ok).toBe(true);
  });

  it('does not count when it proves another one', () => {
    expect(judge({ seen: { ...seen, nonce: 'other' }, answer: answer(200) }).code).toBe('wrong-port');
  });

  it('is good through a channel that writes bodies anew, which is said', () => {
    const verdict = judge({ seen: { ...seen, sha256: 'b' }, oneWay: true });
    expect(verdict).toMatchObject({ ok: true, code: 'ok' });
    expect(verdict.message).toContain('signatures over the body may fail');
    expect(judge({ oneWay: true }).code).toBe('timeout');
    expect(judge({ oneWay: true, answer: answer(404) })).toMatchObject({ code: 'unreachable' });
  });
});

describe('a probe that did not', () => {
  const error = (code: string) => judge({ error: { code, message: `failed ${code}` } });

  it.each([
    ['ENOTFOUND', 'is not known'],
    ['ECONNREFUSED', 'Nothing listens'],
    ['CERT_HAS_EXPIRED', 'certificate'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'certificate'],
    ['ECONNRESET', 'broke the connection off'],
    ['EHOSTUNREACH', 'could not be reached'],
  ])('names %s', (code, words) => {
    expect(error(code)).toMatchObject({ ok: false, code: 'unreachable', message: expect.stringContaining(words) });
  });

  it.each([
    ['no answer', null, 'timeout', 'in time'],
    ['another server', answer(404, { server: 'nginx' }), 'wrong-port', 'status 404, Server: nginx'],
    ['another Hookbench', answer(200, {}, '{"received":true}'), 'wrong-port', 'Another server'],
    ['nothing behind it', answer(502, { server: 'edge' }), 'wrong-port', '502, Server: edge: nothing listens'],
    ['nothing behind it, with a page', page(504), 'wrong-port', 'nothing listens'],
    ['a reminder page', page(511, 'Friendly reminder'), 'interstitial', '"Friendly reminder"'],
    ['a page', page(200, 'Visit\n site'), 'interstitial', '"Visit site"'],
    ['a missing page', page(404), 'wrong-port', '404'],
    ['a login', answer(302, { location: 'https://login.example/' }), 'interstitial', 'https://login.example/'],
    ['a challenge', answer(403, { 'cf-mitigated': 'challenge' }), 'interstitial', 'browser'],
    ['a tunnel that is not connected', page(530), 'unreachable', 'not connected'],
    ['too many', answer(429), 'busy', '429'],
    ['a tunnel that is overloaded', answer(503, { server: 'edge' }), 'busy', '503, Server: edge'],
    ['a tunnel that waited in vain', answer(408), 'busy', '408'],
    ['a tunnel that takes no such body', page(413), 'busy', '413'],
    ['the warning of ngrok', answer(200, { 'ngrok-error-code': 'ERR_NGROK_6024' }), 'interstitial', 'warning page'],
    [
      'ngrok without an upstream',
      answer(502, { 'ngrok-error-code': 'ERR_NGROK_8012' }),
      'wrong-port',
      'ERR_NGROK_8012',
    ],
    ['ngrok offline', answer(404, { 'ngrok-error-code': 'ERR_NGROK_3200' }), 'unreachable', 'ERR_NGROK_3200'],
  ] as const)('names %s', (_what, given, code, words) => {
    expect(judge({ answer: given })).toMatchObject({ ok: false, code, message: expect.stringContaining(words) });
  });

  it('names an answer that something else gave to a probe that arrived', () => {
    expect(judge({ arrived: true, answer: page(200) })).toMatchObject({ code: 'interstitial' });
  });

  it('asks for a fresh start only where one may help', () => {
    const codes = [
      'ok',
      'unreachable',
      'timeout',
      'wrong-port',
      'busy',
      'interstitial',
      'body-changed',
      'headers-changed',
      'clock',
    ];
    const probed = (code: string, arrived: boolean) => ({
      probe: { at: 0, ms: 0, ok: false, code, message: '', cure: '' },
      arrived,
    });
    const dead = ['unreachable', 'timeout', 'wrong-port'];
    expect(codes.filter((code) => !isPassing(probed(code, false)))).toEqual(dead);
    expect(codes.filter((code) => !isPassing(probed(code, true)))).toEqual([]);
  });
});
