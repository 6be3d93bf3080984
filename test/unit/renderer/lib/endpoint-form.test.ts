import { describe, expect, it } from 'vitest';
import {
  accessWords,
  fromMegabytes,
  networkLines,
  networksIn,
  pasteNetworks,
  rateKindOf,
  rateOf,
  toMegabytes,
} from '../../../../src/renderer/lib/access-form.ts';
import {
  healthTone,
  healthWords,
  newForward,
  resultTone,
  takesWords,
} from '../../../../src/renderer/lib/forward-words.ts';
import { randomPath, randomToken } from '../../../../src/renderer/lib/random-path.ts';
import { answerWords, replyWords, sequenceWords, sharesWords } from '../../../../src/renderer/lib/reply-words.ts';
import { conditionsWords, failingAnswer, failingReply, newRule } from '../../../../src/renderer/lib/rule-words.ts';
import { openAccess, tutorialRate } from '../../../../src/shared/access.ts';
import type { ForwardHealth, ForwardResult } from '../../../../src/shared/forwards.ts';

describe('networksIn', () => {
  it('takes networks out of lists and of a provider’s JSON', () => {
    expect(networksIn('203.0.113.7, 2001:db8::/32;10.0.0.0/8')).toEqual(['203.0.113.7', '2001:db8::/32', '10.0.0.0/8']);
    const json = '{"hooks":["192.30.252.0/22","2a0a:a440::/29"],"date":"2026-01-02","n":12,"x":"192.30.252.0/22"}';
    expect(networksIn(json)).toEqual(['192.30.252.0/22', '2a0a:a440::/29']);
  });

  it('leaves out what is no network', () => {
    expect(networksIn('10.0.0.0/40 300.1.1.1 region af-south-1')).toEqual([]);
  });
});

describe('pasteNetworks', () => {
  it('puts each pasted network on a line of its own, once', () => {
    expect(pasteNetworks('10.0.0.1\n', 9, 9, '["10.0.0.2/32","10.0.0.1"]')).toBe('10.0.0.1\n10.0.0.2/32');
    expect(pasteNetworks('a\nb', 0, 1, '10.0.0.1 10.0.0.2')).toBe('10.0.0.1\n10.0.0.2\nb');
  });

  it('leaves a plain paste to the field', () => {
    expect(pasteNetworks('', 0, 0, '10.0.0.1')).toBeNull();
  });

  it('keeps lines that are wrong, to be refused by name', () => {
    expect(networkLines(' 10.0.0.1 \n\n nonsense')).toEqual(['10.0.0.1', 'nonsense']);
  });
});

describe('rates and quotas', () => {
  it('know the preset from own figures', () => {
    for (const kind of ['auto', 'off', 'tutorial', 'own'] as const) expect(rateKindOf(rateOf(kind))).toBe(kind);
    expect(rateOf('tutorial')).toEqual(tutorialRate);
  });

  it('are whole bytes', () => {
    expect([toMegabytes(1_500_000), fromMegabytes(1.5), fromMegabytes(0.000_001)]).toEqual([1.5, 1_500_000, 1]);
  });

  it('are told in few words', () => {
    expect(accessWords(openAccess)).toMatch(/^everybody/);
    expect(accessWords({ ...openAccess, allow: ['::1'], endpointRate: 'off' })).toBe('1 network, own rates');
  });
});

describe('replies in words', () => {
  it('tell status, delay and fault', () => {
    expect(answerWords(failingAnswer)).toBe('503');
    expect(answerWords({ status: 200, delayMs: 2_000, fault: null })).toBe('200 after 2 s');
    expect(answerWords({ status: 200, delayMs: 0, fault: 'reset' })).toBe('resets');
    expect(answerWords({ status: 200, delayMs: 0, fault: 'cut' })).toBe('200, cuts the body');
  });

  it('tell sequences and shares', () => {
    const answers = [500, 500, 200].map((status) => ({ ...failingAnswer, status }));
    const sequence = { answers, atEnd: 'stay', per: 'endpoint' } as const;
    expect(sequenceWords(sequence)).toBe('500, 500, 200, then 200 for good');
    expect(sequenceWords({ ...sequence, atEnd: 'repeat', per: 'delivery' })).toMatch(/from the start, for each/);
    expect(sequenceWords(null)).toBe('off');
    expect(sharesWords([{ percent: 20, answer: failingAnswer }])).toBe('20 % 503');
    expect(replyWords({ ...failingReply, sequence })).toBe('3 answers in turn');
    expect(replyWords(null)).toBe('as without rules');
  });
});

describe('rules in words', () => {
  it('name what is needed and nothing else', () => {
    expect(
      conditionsWords([
        { field: 'header', name: 'X-Test', op: 'is', value: '1' },
        { field: 'json', name: 'data.id', op: 'exists', value: 'ignored' },
        { field: 'event', name: 'ignored', op: 'is-not', value: 'order.*' },
      ]),
    ).toBe('header X-Test is 1 and json path data.id is there and event is not order.*');
    expect(conditionsWords([])).toBe('every request');
    expect(newRule('r').active).toBe(true);
  });
});

describe('forwards in words', () => {
  const at = new Date(2026, 0, 2, 12, 4, 30).getTime();
  const health: ForwardHealth = {
    endpointId: 'e',
    forwardId: 'f',
    url: 'http://localhost/',
    state: 'down',
    since: at,
    message: 'refused',
  };

  it('say how the app does', () => {
    expect(healthWords(health, at + 60_000)).toBe('down since 12:04');
    expect(healthWords({ ...health, state: 'up' }, at)).toBe('up');
    expect(healthWords(undefined, at)).toBe('not tried yet');
    expect([healthTone(health), healthTone(undefined)]).toEqual(['bad', 'none']);
  });

  it('say which requests they take', () => {
    expect(takesWords(newForward('f'))).toBe('all requests');
    expect(
      takesWords({ ...newForward('f'), events: ['order.*'], verdicts: ['valid'], duplicates: ['same-body'] }),
    ).toBe('order.*; valid; same body');
  });

  it('take an app’s 500 for no good news', () => {
    const result: ForwardResult = {
      forwardId: 'f',
      url: 'http://localhost/',
      mode: 'answer',
      state: 'answered',
      status: 500,
      ms: 1,
      at,
      message: '',
      deliveryId: null,
    };
    expect(resultTone(result)).toBe('bad');
    expect(resultTone({ ...result, status: 302 })).toBe('ok');
    expect(resultTone({ ...result, state: 'skipped', status: null })).toBe('none');
  });
});

describe('randomPath', () => {
  it('is 128 bits in base64url', () => {
    expect(randomPath((bytes) => bytes.fill(255))).toBe('/in/_____________________w');
    expect(randomToken(3, (bytes) => bytes.fill(251))).toBe('-_v7');
    const made = new Set(Array.from({ length: 50 }, () => randomPath((bytes) => crypto.getRandomValues(bytes))));
    expect(made.size).toBe(50);
    for (const path of made) expect(path).toMatch(/^\/in\/[A-Za-z0-9_-]{22}$/);
  });
});
