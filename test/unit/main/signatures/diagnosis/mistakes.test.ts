// Every mistake that the diagnosis knows, made with a really signed request. Each row changes one thing; the first
// cause that is named must be that thing.

import { gzipSync, brotliCompressSync, deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { SecretValue } from '../../../../../src/main/signatures/verify.ts';
import type { FindingCode } from '../../../../../src/shared/findings.ts';
import type { HeaderPair } from '../../../../../src/shared/headers.ts';
import { newPair, now } from '../cases.ts';
import * as support from './support.ts';
import type { Departure, Mistake, Sent, Shaped } from './support.ts';

const { diagnosed, discord, event, eventText, expectCause, github, hubspot, netlify, notion, plaid, publicUrl } =
  support;
const { send, sendgrid, standard, standardV1a, stored, stripe, svix, telegram, twilio, twilioJson } = support;
const { without, withHeader } = support;

type Row = readonly [title: string, good: Mistake['good'], bad: Mistake['bad'], says?: string];

function checkEach(code: FindingCode, rows: readonly Row[]): void {
  const mistakes = rows.map(([title, good, bad, says]) => [title, { code, good, bad, says }] as const);
  it.each(mistakes)(`${code}: %s`, (_, mistake) => expectCause(mistake));
}

const minute = 60_000;

function configured(value: string): Mistake['bad'] {
  return (sent) => ({ ...sent, secrets: [{ name: 'typed in', value }] });
}

/** The configured secret's text, changed. */
function typed(change: (value: string) => string): Mistake['bad'] {
  return (sent) => ({ ...sent, secrets: sent.secrets.map((secret) => ({ ...secret, value: change(secret.value) })) });
}

function arrives(body: string | Uint8Array): Mistake['bad'] {
  return (sent) => ({ ...sent, body: Buffer.from(body) });
}

function edit(name: string, change: (value: string) => string): Mistake['bad'] {
  return (sent) => withHeader(sent, name, change);
}

function drop(...names: readonly string[]): Mistake['bad'] {
  return (sent) => without(sent, ...names);
}

function add(...fields: readonly HeaderPair[]): Mistake['bad'] {
  return (sent) => ({ ...sent, headers: [...sent.headers, ...fields] });
}

function later(ms: number): Mistake['bad'] {
  return (sent) => ({ ...sent, now: sent.now + ms });
}

/** The sender departs from the rule, the receiver stays as it is. */
function departs(provider: Shaped, departure: Departure, body = eventText): Mistake['bad'] {
  return () => send(provider, body, departure);
}

/** Header values that came twice and were joined on the way. */
function joined(value: string): string {
  return `${value}, ${value}`;
}

function base64ToHex(value: string): string {
  return value.replace(/[\w+/-]{27,}={0,2}$/, (text) => Buffer.from(text, 'base64').toString('hex'));
}

function hexTo(encoding: 'base64' | 'base64url'): (value: string) => string {
  return (value) => value.replace(/[0-9a-f]{40,}$/, (text) => Buffer.from(text, 'hex').toString(encoding));
}

function shape(provider: Shaped, body: string | Uint8Array = eventText, departure: Departure = {}): () => Sent {
  return () => send(provider, body, departure);
}

describe('a header', () => {
  checkEach('header-missing', [
    ['Stripe-Signature dropped', () => stripe(), drop('Stripe-Signature'), 'Stripe-Signature'],
    ['X-Hub-Signature-256 dropped', () => github(), drop('X-Hub-Signature-256'), 'X-Hub-Signature-256'],
    ['X-Shopify-Hmac-Sha256 dropped', shape('shopify'), drop('X-Shopify-Hmac-Sha256'), 'X-Shopify-Hmac-Sha256'],
    ['X-Slack-Signature dropped', shape('slack'), drop('X-Slack-Signature'), 'X-Slack-Signature'],
    ['Slack’s timestamp dropped', shape('slack'), drop('X-Slack-Request-Timestamp'), 'X-Slack-Request-Timestamp'],
    ['svix-signature dropped', () => svix(), drop('svix-signature'), 'svix-signature'],
    ['svix-id dropped', () => svix(), drop('svix-id'), 'svix-id'],
    ['svix-timestamp dropped', () => svix(), drop('svix-timestamp'), 'svix-timestamp'],
    ['webhook-signature emptied', () => standard(), edit('webhook-signature', () => ''), 'webhook-signature'],
    ['HubSpot’s timestamp dropped', () => hubspot('v3'), drop('X-HubSpot-Request-Timestamp')],
    ['X-Twilio-Signature dropped', () => twilio(), drop('X-Twilio-Signature'), 'X-Twilio-Signature'],
    ['the content type dropped that makes Twilio’s form one', () => twilio(), drop('Content-Type'), 'Content-Type'],
    ['Discord’s signature dropped', () => discord(), drop('X-Signature-Ed25519'), 'X-Signature-Ed25519'],
    ['a JWT dropped', () => plaid(), drop('Plaid-Verification'), 'Plaid-Verification'],
    ['a token dropped', () => telegram(), drop('X-Telegram-Bot-Api-Secret-Token'), 'X-Telegram-Bot-Api-Secret-Token'],
  ]);

  checkEach('header-repeated', [
    ['Slack’s timestamp twice', shape('slack'), add(['X-Slack-Request-Timestamp', '1']), 'X-Slack-Request-Timestamp'],
    ['svix-id twice', () => svix(), add(['svix-id', 'msg_other']), 'svix-id'],
    [
      'svix-id twice, and neither is the signed one',
      () => svix(),
      (sent) => add(['svix-id', 'msg_other'])(edit('svix-id', () => 'msg_first')(sent)),
      'svix-id',
    ],
    ['webhook-timestamp twice', () => standard(), add(['webhook-timestamp', '1']), 'webhook-timestamp'],
    ['X-Hub-Signature-256 joined', () => github(), edit('X-Hub-Signature-256', joined)],
    ['X-Shopify-Hmac-Sha256 joined', shape('shopify'), edit('X-Shopify-Hmac-Sha256', joined)],
    ['X-Slack-Signature joined', shape('slack'), edit('X-Slack-Signature', joined)],
    ['Slack’s timestamp joined', shape('slack'), edit('X-Slack-Request-Timestamp', joined)],
    ['webhook-id joined', () => standard(), edit('webhook-id', joined), 'webhook-id'],
    ['X-Twilio-Signature joined', () => twilio(), edit('X-Twilio-Signature', joined)],
    ['a JWT joined', () => plaid(), edit('Plaid-Verification', joined)],
    ['a token joined', () => telegram(), edit('X-Telegram-Bot-Api-Secret-Token', joined)],
  ]);
});

describe('the time', () => {
  checkEach('replayed-late', [
    ['Stripe after 6 min', () => stripe(), later(6 * minute)],
    ['Stripe after two days', () => stripe(), later(2_880 * minute)],
    ['Slack after 6 min', shape('slack'), later(6 * minute)],
    ['Svix after 6 min', () => svix(), later(6 * minute)],
    ['Ed25519 after 6 min', () => standardV1a(), later(6 * minute)],
    ['Paddle after 7 s', shape('paddle'), later(7_000)],
    ['WorkOS after 4 min', shape('workos'), later(4 * minute)],
    ['HubSpot v3 after 6 min', () => hubspot('v3'), later(6 * minute)],
    ['a JWT after 6 min', () => plaid(), later(6 * minute)],
    ['an unsigned time after 6 min', shape('generic'), later(6 * minute)],
    [
      'beyond the endpoint’s own tolerance',
      () => sendgrid(),
      (sent) => ({ ...sent, toleranceSeconds: 60, now: now + 2 * minute }),
    ],
    ['in ms instead of s, and an hour old', shape('slack'), departs('slack', { time: String(now - 60 * minute) })],
    [
      'signed in ms, sent in s, and an hour old',
      shape('slack'),
      departs('slack', timesAt(now - 60 * minute, 's', 'ms')),
    ],
    ['in s instead of ms, and an hour old', shape('workos'), departs('workos', timesAt(now - 60 * minute, 's', 's'))],
  ]);

  checkEach('clock-skew', [
    ['Slack 6 min ahead', shape('slack'), later(-6 * minute)],
    ['Standard Webhooks 6 min ahead', () => standard(), later(-6 * minute)],
    ['Svix a day ahead', () => svix(), later(-1_440 * minute)],
    ['Ed25519 6 min ahead', () => standardV1a(), later(-6 * minute)],
    ['an unsigned time 6 min ahead', shape('generic'), later(-6 * minute)],
    [
      'ahead of the endpoint’s own tolerance',
      () => sendgrid(),
      (sent) => ({ ...sent, toleranceSeconds: 60, now: now - 2 * minute }),
    ],
  ]);

  checkEach('timestamp-unit', [
    ['Slack’s in ms, so that it lies in the far future', shape('slack'), departs('slack', timesAt(now, 'ms', 'ms'))],
    ['Standard Webhooks’ in ms', shape('standard-webhooks'), departs('standard-webhooks', timesAt(now, 'ms', 'ms'))],
    ['WorkOS’ in s, so that it lies in 1970', shape('workos'), departs('workos', timesAt(now, 's', 's'))],
    ['signed in s, sent in ms', shape('stripe'), departs('stripe', timesAt(now, 'ms', 's'))],
    ['signed in s, sent in ms by Slack', shape('slack'), departs('slack', timesAt(now, 'ms', 's'))],
    ['signed in ms, sent in s', shape('stripe'), departs('stripe', timesAt(now, 's', 'ms'))],
    [
      'signed in ms, sent in s by Standard Webhooks',
      shape('standard-webhooks'),
      departs('standard-webhooks', timesAt(now, 's', 'ms')),
    ],
  ]);

  /** Whole seconds, so that either unit tells the other. */
  function timesAt(at: number, sentAs: 's' | 'ms', signedAs: 's' | 'ms'): Departure {
    const whole = String(Math.floor(at / 1_000));
    const text = { s: whole, ms: `${whole}000` };
    return { time: text[sentAs], signedTime: text[signedAs] };
  }
});

describe('the secret', () => {
  function wrongHere(others: (right: SecretValue) => Sent['others'], wrong: string): Mistake['bad'] {
    return (sent) => {
      const [right] = sent.secrets;
      if (right === undefined) throw new Error('nothing is configured');
      return { ...sent, secrets: [{ name: 'typed in', value: wrong }], others: others(right) };
    };
  }

  function elsewhere(wrong = 'test-only-wrong-0001', place: Parameters<typeof stored>[1] = {}): Mistake['bad'] {
    return wrongHere(
      (right) => [stored({ name: 'noise', value: 'test-only-noise-0001' }), stored({ ...right, name: 'kept' }, place)],
      wrong,
    );
  }

  const wrongWhsec = `whsec_${Buffer.from('test-only-wrong-webhooks-key-001').toString('base64')}`;
  const wrongPublic = newPair().checking;
  const many = Array.from({ length: 30 }, (_, n) => stored({ name: `noise ${n}`, value: `test-only-noise-${n}` }));

  checkEach('other-secret', [
    ['Stripe', () => stripe(), elsewhere(), 'kept'],
    ['GitHub', () => github(), elsewhere(), 'kept'],
    ['Shopify', shape('shopify'), elsewhere(), 'kept'],
    ['Slack', shape('slack'), elsewhere(), 'kept'],
    ['Notion', () => notion(), elsewhere(), 'kept'],
    ['Standard Webhooks', () => standard(), elsewhere(wrongWhsec), 'kept'],
    ['Svix', () => svix(), elsewhere(wrongWhsec), 'kept'],
    ['Twilio', () => twilio(), elsewhere(), 'kept'],
    ['HubSpot v2, a plain hash', () => hubspot('v2'), elsewhere(), 'kept'],
    ['Ed25519', () => standardV1a(), elsewhere(wrongPublic), 'kept'],
    ['JWT', () => netlify(), elsewhere(), 'kept'],
    ['token', () => telegram(), elsewhere(), 'kept'],
    ['entered for another provider', () => stripe(), elsewhere(undefined, { provider: 'github' }), 'kept'],
    [
      'the last of many',
      () => stripe(),
      wrongHere((right) => [...many, stored({ ...right, name: 'kept' })], 'wrong'),
      'kept',
    ],
    [
      'the second of two signatures',
      () => svix(eventText, { secrets: [support.standardSecret, wrongWhsec] }),
      (sent) => ({
        ...sent,
        secrets: [{ name: 'typed in', value: `whsec_${Buffer.alloc(32).toString('base64')}` }],
        others: [stored({ name: 'kept', value: wrongWhsec })],
      }),
      'kept',
    ],
  ]);

  checkEach('other-endpoint-secret', [
    ['Stripe', () => stripe(), elsewhere(undefined, { provider: 'stripe', endpoint: 'Shop in Kyiv' }), 'Shop in Kyiv'],
    ['Shopify', shape('shopify'), elsewhere(undefined, { endpoint: 'Old shop' }), 'Old shop'],
    ['Svix', () => svix(), elsewhere(wrongWhsec, { endpoint: 'Staging' }), 'Staging'],
    ['Discord', () => discord(), elsewhere('0'.repeat(64), { endpoint: 'Staging' }), 'Staging'],
    ['token', () => telegram(), elsewhere(undefined, { endpoint: 'Old bot' }), 'Old bot'],
  ]);

  const bareStripe = support.stripeSecret.slice(6);
  const bareStandard = support.standardSecret.slice(6);
  checkEach('secret-encoding', [
    ['Stripe’s without whsec_', () => stripe(), configured(bareStripe)],
    ['Shopify’s without shpss_', shape('shopify'), typed((value) => value.slice(6))],
    ['Paddle’s without pdl_ntfset_', shape('paddle'), typed((value) => value.slice(11))],
    ['Stripe’s with a second whsec_', () => stripe(), configured(`whsec_${support.stripeSecret}`)],
    ['whsec_ put before GitHub’s', () => github(), typed((value) => `whsec_${value}`)],
    [
      'Stripe’s decoded as Standard Webhooks do',
      () => stripe(),
      departs('stripe', { key: Buffer.from(bareStripe, 'base64') }),
    ],
    [
      'Standard Webhooks’ whole text as key',
      () => standard(),
      departs('standard-webhooks', { key: support.standardSecret }),
    ],
    [
      'Standard Webhooks’ text after the prefix as key',
      () => standard(),
      departs('standard-webhooks', { key: bareStandard }),
    ],
    [
      'GitHub’s base64 decoded',
      () => github(),
      departs('github', { key: Buffer.from(support.githubSecret, 'base64') }),
    ],
    ['typed in as base64 of the real one', shape('typeform'), typed((value) => Buffer.from(value).toString('base64'))],
    [
      'Slack’s hex decoded',
      shape('slack'),
      departs('slack', { key: Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex') }),
    ],
    [
      'Adyen’s hex taken as text',
      shape('adyen'),
      departs('adyen', { key: '00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF' }),
    ],
  ]);

  const stray: readonly (readonly [string, (value: string) => string])[] = [
    ['a newline', (value) => `${value}\n`],
    ['CRLF', (value) => `${value}\r\n`],
    ['a blank before', (value) => ` ${value}`],
    ['a blank behind', (value) => `${value} `],
    ['a tab', (value) => `${value}\t`],
    ['double quotes', (value) => `"${value}"`],
    ['single quotes', (value) => `'${value}'`],
  ];
  checkEach('secret-whitespace', [
    ...stray.flatMap(([what, change]): Row[] => [
      [`${what}, Stripe`, () => stripe(), typed(change)],
      [`${what}, Shopify`, shape('shopify'), typed(change)],
    ]),
    ['a newline, Twilio', () => twilio(), typed((value) => `${value}\n`)],
    ['a newline, token', () => telegram(), typed((value) => `${value}\n`)],
    [
      'a newline that the provider has and the receiver has not',
      () => github(),
      departs('github', { key: `${support.githubSecret}\n` }),
    ],
    [
      'a newline, Svix, beside another secret',
      () => svix(),
      (sent) => ({
        ...sent,
        secrets: [...typed((value) => `${value}\n`)(sent).secrets, { name: 'old', value: wrongWhsec }],
      }),
    ],
  ]);

  it('says nothing where stray white space alone keeps a secret from being one: the verdict says it', () => {
    const { verdict, findings } = diagnosed(typed((value) => `${value}\n`)(svix()));
    expect([verdict.status, verdict.reason, findings]).toEqual(['unverified', 'secret-malformed', []]);
  });
});

describe('the scheme', () => {
  function judgedAs(provider: string): Mistake['bad'] {
    return (sent) => ({ ...sent, provider });
  }

  checkEach('other-scheme', [
    ['GitHub’s judged as Shopify’s', () => github(), judgedAs('shopify'), 'GitHub'],
    ['Shopify’s judged as GitHub’s', shape('shopify'), judgedAs('github'), 'Shopify'],
    ['Slack’s judged as Zoom’s', shape('slack'), judgedAs('zoom'), 'Slack'],
    ['Stripe’s judged as Calendly’s', () => stripe(), judgedAs('calendly'), 'Stripe'],
    ['Stripe’s judged as Standard Webhooks’', () => stripe(), judgedAs('standard-webhooks'), 'Stripe'],
    ['Standard Webhooks’ judged as Stripe’s', () => standard(), judgedAs('stripe'), 'Standard Webhooks'],
    ['Svix’ judged as Standard Webhooks’', () => svix(), judgedAs('standard-webhooks'), 'Svix'],
    ['Typeform’s judged as GitHub’s', shape('typeform'), judgedAs('github'), 'Typeform'],
    ['Vercel’s judged as generic', shape('vercel'), judgedAs('generic'), 'Vercel'],
    ['Notion’s judged as Linear’s', () => notion(), judgedAs('linear'), 'Notion'],
    ['Netlify’s JWT judged as generic, which needs a time', () => netlify(), judgedAs('generic'), 'Netlify'],
    [
      'Netlify’s JWT judged as generic, which has the same header',
      async () => add(['X-Webhook-Timestamp', new Date(now).toISOString()])(await netlify()),
      judgedAs('generic'),
      'Netlify',
    ],
    [
      'Stripe’s header over the body alone, as GitHub signs',
      () => stripe(),
      departs('stripe', { signed: (_, body) => [body] }),
    ],
    [
      'Slack’s header over time, dot and body, as Stripe signs',
      shape('slack'),
      departs('slack', { signed: (time, body) => [time, '.', body] }),
    ],
  ]);

  checkEach('signature-encoding', [
    ['GitHub’s hex as base64', () => github(), edit('X-Hub-Signature-256', hexTo('base64'))],
    ['GitHub’s hex as base64url', () => github(), edit('X-Hub-Signature-256', hexTo('base64url'))],
    ['Stripe’s hex as base64', () => stripe(), edit('Stripe-Signature', hexTo('base64'))],
    ['Slack’s hex as base64url', shape('slack'), edit('X-Slack-Signature', hexTo('base64url'))],
    [
      'Discord’s hex as base64',
      () => discord(),
      edit('X-Signature-Ed25519', (value) => Buffer.from(value, 'hex').toString('base64')),
    ],
    ['Shopify’s base64 as hex', shape('shopify'), edit('X-Shopify-Hmac-Sha256', base64ToHex)],
    ['Standard Webhooks’ base64 as hex', () => standard(), edit('webhook-signature', base64ToHex)],
    ['Typeform’s base64 as hex', shape('typeform'), edit('Typeform-Signature', base64ToHex)],
    ['Twilio’s base64 as hex', () => twilio(), edit('X-Twilio-Signature', base64ToHex)],
    [
      'Svix’ base64 as base64url',
      () => svix(),
      edit('svix-signature', (value) => value.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')),
    ],
    [
      'Shopify’s base64 without padding, for nothing but notation was lost',
      shape('shopify'),
      edit('X-Shopify-Hmac-Sha256', (value) => value.replace(/=+$/, '')),
    ],
    ['Sanity’s base64url as base64', shape('sanity'), departs('sanity', { encoding: 'base64' })],
    ['Sanity’s base64url as hex', shape('sanity'), departs('sanity', { encoding: 'hex' })],
    [
      'GitHub’s hex in upper case',
      () => github(),
      edit('X-Hub-Signature-256', (value) => value.replace(/[0-9a-f]{64}/, (text) => text.toUpperCase())),
    ],
    [
      'Stripe’s hex in upper case',
      () => stripe(),
      edit('Stripe-Signature', (value) => value.replace(/[0-9a-f]{64}/, (text) => text.toUpperCase())),
    ],
    // A changed case or stray blanks are another notation of the same signature: nothing was lost or repeated.
    [
      'a prefix in upper case is another notation',
      shape('slack'),
      edit('X-Slack-Signature', (value) => value.replace('v0=', 'V0=')),
    ],
    [
      'a blank after the prefix is another notation',
      () => github(),
      edit('X-Hub-Signature-256', (value) => value.replace('=', '= ')),
    ],
    [
      'a blank after Stripe’s comma is another notation',
      () => stripe(),
      edit('Stripe-Signature', (value) => value.replace(',', ', ')),
    ],
    [
      'a blank after Paddle’s semicolon is another notation',
      shape('paddle'),
      edit('Paddle-Signature', (value) => value.replace(';', '; ')),
    ],
    [
      'quotes around the value are another notation',
      shape('slack'),
      edit('X-Slack-Signature', (value) => `"${value}"`),
    ],
    [
      'base64 in lower case is another notation, though a useless one',
      shape('shopify'),
      edit('X-Shopify-Hmac-Sha256', (value) => value.toLowerCase()),
    ],
  ]);

  checkEach('other-algorithm', [
    ['GitHub’s SHA-256 header with SHA-1, which is not a cut one', () => github(), departs('github', { hash: 'sha1' })],
    ['Stripe with SHA-1', () => stripe(), departs('stripe', { hash: 'sha1' })],
    ['Slack with SHA-1', shape('slack'), departs('slack', { hash: 'sha1' })],
    ['Shopify with SHA-1', shape('shopify'), departs('shopify', { hash: 'sha1' })],
    ['Standard Webhooks with SHA-1', () => standard(), departs('standard-webhooks', { hash: 'sha1' })],
    [
      'Bitbucket’s judged as GitHub’s old one: the same header, so that only the hash differs',
      shape('bitbucket'),
      (sent) => ({ ...sent, provider: 'github' }),
    ],
    ['Vercel with SHA-256', shape('vercel'), departs('vercel', { hash: 'sha256' })],
    ['Trello with SHA-256', shape('trello'), departs('trello', { hash: 'sha256' })],
  ]);

  checkEach('signature-cut', [
    ['Stripe without the last digit', () => stripe(), edit('Stripe-Signature', (value) => value.slice(0, -1))],
    [
      'GitHub at the length of SHA-1',
      () => github(),
      edit('X-Hub-Signature-256', (value) => value.slice(0, 'sha256='.length + 40)),
    ],
    ['GitHub at half', () => github(), edit('X-Hub-Signature-256', (value) => value.slice(0, 'sha256='.length + 32))],
    ['Slack at 20 digits', shape('slack'), edit('X-Slack-Signature', (value) => value.slice(0, 23))],
    ['Shopify at 30 of 44', shape('shopify'), edit('X-Shopify-Hmac-Sha256', (value) => value.slice(0, 30))],
    ['Svix at 40 of 44', () => svix(), edit('svix-signature', (value) => value.slice(0, 43))],
    ['Twilio at 20 of 28', () => twilio(), edit('X-Twilio-Signature', (value) => value.slice(0, 20))],
    ['Vercel at 30 of 40', shape('vercel'), edit('x-vercel-signature', (value) => value.slice(0, 30))],
  ]);
});

describe('the body', () => {
  const spaced =
    '{"id": "evt_1", "type": "order.created", "amount": 1250, "note": "one: two, three", ' +
    '"link": "https://shop.example.test/o/1", "buyer": {"name": "Zoë Ñandú", "tags": ["a", "b"], "phone": null}, ' +
    '"extras": [], "paid": true}';
  const forms: Readonly<Record<string, string>> = {
    compact: eventText,
    spaced,
    'two blanks': JSON.stringify(event, null, 2),
    'four blanks': JSON.stringify(event, null, 4),
    tabs: JSON.stringify(event, null, '\t'),
  };
  const names = Object.keys(forms);
  const sorted =
    '{"amount":1250,"buyer":{"name":"Zoë Ñandú","phone":null,"tags":["a","b"]},"extras":[],"id":"evt_1",' +
    '"link":"https://shop.example.test/o/1","note":"one: two, three","paid":true,"type":"order.created"}';
  const escapeSlashes = (text: string): string => text.replaceAll('/', '\\/');
  const escapeLetters = (text: string, upper = false): string =>
    text.replaceAll(/[^\0-\x7f]/g, (unit) => {
      const digits = unit.charCodeAt(0).toString(16).padStart(4, '0');
      return `\\u${upper ? digits.toUpperCase() : digits}`;
    });
  const odd = '{"big":12345678901234567890,"price":1.10,"rate":1e3,"same":1,"same":2}';
  const emoji = '{"text":"🪝 ok","at":"Ü"}';

  checkEach('body-reserialized', [
    ...names.flatMap((signedAs) =>
      names
        .filter((name) => name !== signedAs)
        .flatMap((arrivedAs): Row[] => [
          [
            `signed ${signedAs}, arrived ${arrivedAs}`,
            shape('github', forms[signedAs]),
            arrives(forms[arrivedAs] ?? ''),
          ],
          [
            `signed ${signedAs} and a newline, arrived ${arrivedAs}`,
            shape('slack', `${forms[signedAs]}\n`),
            arrives(forms[arrivedAs] ?? ''),
          ],
        ]),
    ),
    ['Stripe', () => stripe(forms['two blanks']), arrives(eventText)],
    ['Shopify', shape('shopify', spaced), arrives(eventText)],
    ['Standard Webhooks', () => standard(spaced), arrives(eventText)],
    ['Square', shape('square', spaced), arrives(eventText)],
    ['Notion', () => notion(forms['two blanks']), arrives(eventText)],
    ['Ed25519', () => standardV1a(forms['two blanks']), arrives(eventText)],
    ['a JWT, which Plaid makes over two blanks', () => plaid(forms['two blanks']), arrives(eventText)],
    ['signed with sorted keys', () => stripe(sorted), arrives(eventText)],
    ['slashes escaped by the sender', () => github(escapeSlashes(eventText)), arrives(eventText)],
    ['slashes escaped on the way', () => github(), arrives(escapeSlashes(eventText))],
    ['non-ASCII escaped by the sender', () => stripe(escapeLetters(eventText)), arrives(eventText)],
    [
      'non-ASCII escaped by the sender in upper case',
      shape('slack', escapeLetters(eventText, true)),
      arrives(eventText),
    ],
    ['non-ASCII escaped on the way', () => github(), arrives(escapeLetters(eventText))],
    ['non-ASCII escaped on the way in upper case', () => svix(), arrives(escapeLetters(eventText, true))],
    ['an emoji escaped by the sender', () => github(escapeLetters(emoji)), arrives(emoji)],
    ['an emoji escaped on the way', () => stripe(emoji), arrives(escapeLetters(emoji))],
    [
      'as PHP writes by default: slashes and non-ASCII escaped',
      () => github(escapeLetters(escapeSlashes(eventText))),
      arrives(eventText),
    ],
    ['as Python writes by default: spaced, non-ASCII escaped', () => stripe(escapeLetters(spaced)), arrives(eventText)],
    [
      'big numbers, decimals and repeated keys kept',
      () => stripe(odd),
      arrives(odd.replaceAll(',', ', ').replaceAll(':', ': ')),
    ],
    [
      'big numbers, decimals and repeated keys kept, the other way',
      () => stripe(odd.replaceAll(',', ', ').replaceAll(':', ': ')),
      arrives(odd),
    ],
    [
      'numbers as JavaScript writes them',
      () => github('{"a":1,"b":1000,"c":0.5}'),
      arrives('{"a": 1.0, "b": 1e3, "c": 0.50}'),
    ],
  ]);

  const lines = 'one\ntwo\n\nthree: Ü\n';
  const pretty = JSON.stringify(event, null, 2);
  const crlf = (text: string): string => text.replaceAll('\n', '\r\n');
  checkEach('body-newline', [
    ['LF became CRLF in JSON', () => github(pretty), arrives(crlf(pretty))],
    ['CRLF became LF in JSON', () => github(crlf(pretty)), arrives(pretty)],
    ['LF became CRLF in text', shape('slack', lines), arrives(crlf(lines))],
    ['CRLF became LF in text', shape('shopify', crlf(lines)), arrives(lines)],
    ['a newline added to JSON', () => stripe(), arrives(`${eventText}\n`)],
    ['a newline added to indented JSON', () => svix(pretty), arrives(`${pretty}\n`)],
    ['CRLF added', () => github(), arrives(`${eventText}\r\n`)],
    ['a newline lost from JSON', () => stripe(`${eventText}\n`), arrives(eventText)],
    ['a newline lost from indented JSON', () => standard(`${pretty}\n`), arrives(pretty)],
    ['CRLF lost', () => github(`${eventText}\r\n`), arrives(eventText)],
    ['a newline lost from text', shape('square', lines), arrives(lines.slice(0, -1))],
    ['CRLF lost with ECDSA', () => sendgrid(`${eventText}\r\n`), arrives(eventText)],
    ['a newline added with Ed25519', () => standardV1a(), arrives(`${eventText}\n`)],
    ['a newline added to what the URL’s hash names', () => twilioJson(), arrives(`${eventText}\n`)],
    [
      'a newline added where two secrets signed',
      () => stripe(eventText, { secrets: [support.stripeSecret, 'old'] }),
      arrives(`${eventText}\n`),
    ],
  ]);

  const mark = '\uFEFF';
  checkEach('body-bom', [
    ['added to JSON', () => stripe(), arrives(`${mark}${eventText}`)],
    ['lost from JSON', () => github(`${mark}${eventText}`), arrives(eventText)],
    ['added to text', shape('slack', lines), arrives(`${mark}${lines}`)],
    ['lost from text', shape('shopify', `${mark}${lines}`), arrives(lines)],
    ['added with Ed25519', () => discord(), arrives(`${mark}${eventText}`)],
  ]);

  const packers: Readonly<Record<string, (body: string) => Buffer>> = {
    gzip: (body) => gzipSync(body),
    br: (body) => brotliCompressSync(body),
    deflate: (body) => deflateSync(body),
  };
  checkEach('body-decompressed', [
    ...Object.entries(packers).map(([encoding, pack]): Row => [
      `signed plain, arrived as ${encoding}`,
      shape('github'),
      (sent) => add(['Content-Encoding', encoding])(arrives(pack(eventText))(sent)),
    ]),
    ...(['gzip', 'deflate'] as const).map((encoding): Row => [
      `signed as ${encoding}, arrived plain`,
      () => add(['Content-Encoding', encoding])(send('slack', packers[encoding]?.(eventText) ?? '')),
      arrives(eventText),
    ]),
    ['signed plain, arrived as gzip without a header that says so', () => stripe(), arrives(gzipSync(eventText))],
  ]);

  const latin = (text: string): Buffer => Buffer.from(text, 'latin1');
  checkEach('body-charset', [
    ['UTF-8 read as Latin-1 and written as UTF-8', () => stripe(), arrives(latin1Read(eventText))],
    ['UTF-8 read as Latin-1 and written as UTF-8, text', shape('shopify', lines), arrives(latin1Read(lines))],
    ['Latin-1 rewritten as UTF-8', shape('github', latin(eventText)), arrives(eventText)],
    ['UTF-8 rewritten as Latin-1', () => github(), arrives(latin(eventText))],
    ['UTF-8 rewritten as Latin-1, text', shape('slack', lines), arrives(latin(lines))],
  ]);

  function latin1Read(text: string): Buffer {
    return Buffer.from(Buffer.from(text).toString('latin1'), 'utf8');
  }

  const formType = 'application/x-www-form-urlencoded';
  const form = 'command=%2Fdeploy&text=to+staging+now&user=Zo%C3%AB';
  const form20 = form.replaceAll('+', '%20');
  const lower = (text: string): string => text.replaceAll(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase());
  const component = "a=it's%20(fine)!&b=*~";
  const searchParams = 'a=it%27s+%28fine%29%21&b=*%7E';
  const slackForm = (body: string): (() => Sent) => shape('slack', body, { contentType: formType });
  checkEach('body-form-reencoded', [
    ['+ became %20', slackForm(form), arrives(form20)],
    ['%20 became +', slackForm(form20), arrives(form)],
    ['escapes became lower case', slackForm(form), arrives(lower(form))],
    ['escapes became upper case', slackForm(lower(form)), arrives(form)],
    ['encodeURIComponent against URLSearchParams', slackForm(component), arrives(searchParams)],
    ['URLSearchParams against encodeURIComponent', slackForm(searchParams), arrives(component)],
    ['fields put in another order than the sorted one', slackForm('a=1&b=2&c=x+y'), arrives('c=x+y&a=1&b=2')],
    [
      'GitHub’s payload field',
      shape('github', `payload=${encodeURIComponent('{"a": "b c"}')}`, { contentType: formType }),
      arrives('payload=%7B%22a%22%3A+%22b+c%22%7D'),
    ],
  ]);
});

describe('the URL', () => {
  const signers: Readonly<Record<string, (url?: string) => Sent>> = {
    Twilio: twilio,
    Square: (url = publicUrl) => send('square', eventText, { url }),
    Trello: (url = publicUrl) => send('trello', eventText, { url }),
    'HubSpot v2': (url) => hubspot('v2', url),
    'HubSpot v3': (url) => hubspot('v3', url),
  };
  function rows(make: (name: string, signer: (url?: string) => Sent) => readonly Row[]): readonly Row[] {
    return Object.entries(signers).flatMap(([name, signer]) => make(name, signer));
  }

  /** Arrives under this URL, which the Host header says as well. */
  function at(url: string, ...fields: readonly HeaderPair[]): Mistake['bad'] {
    return (sent) => ({ ...withHeader(add(...fields)(sent), 'Host', () => new URL(url).host), url });
  }

  checkEach('url-scheme', [
    ...rows((name, signer) => [
      [`${name}: https became http`, signer, at('http://hooks.example.test/in')],
      [`${name}: http became https`, () => signer('http://hooks.example.test/in'), at(publicUrl)],
    ]),
    [
      'Twilio’s JSON: https became http',
      () => twilioJson(),
      (sent) => ({ ...sent, url: sent.url.replace('https', 'http') }),
    ],
  ]);

  checkEach(
    'url-port',
    // Twilio's own library tries both ways, so there a port is no mistake.
    rows((name, signer) => [
      [`${name}: a port of this machine`, signer, at('https://hooks.example.test:4100/in')],
      [`${name}: the standard port lost`, () => signer('https://hooks.example.test:443/in'), at(publicUrl)],
    ]).filter(([title]) => !title.startsWith('Twilio')),
  );

  checkEach(
    'url-trailing-slash',
    rows((name, signer) => [
      [`${name}: a slash added`, signer, at(`${publicUrl}/`)],
      [`${name}: a slash lost`, () => signer(`${publicUrl}/`), at(publicUrl)],
      [`${name}: a slash lost before a query`, () => signer(`${publicUrl}/?team=7`), at(`${publicUrl}?team=7`)],
    ]),
  );

  checkEach('url-query', [
    ...rows((name, signer) => [
      [`${name}: a query added on the way`, signer, at(`${publicUrl}?from=tunnel`)],
      [
        `${name}: the endpoint’s URL has a query that the provider’s has not`,
        signer,
        (sent) => ({ ...sent, url: `${publicUrl}?team=7`, urlSource: 'configured' }),
      ],
      [
        `${name}: a query lost that a proxy still tells`,
        () => signer(`${publicUrl}?team=7`),
        at(publicUrl, ['X-Original-URI', '/in?team=7']),
      ],
    ]),
    ['Twilio’s JSON: the query lost that holds the body’s hash', () => twilioJson(), at(publicUrl)],
  ]);

  const tunnel = 'http://127.0.0.1:4100/in';
  checkEach(
    'url-host',
    rows((name, signer) => [
      [`${name}: X-Forwarded-Host`, signer, at('https://localhost/in', ['X-Forwarded-Host', 'hooks.example.test'])],
      [
        `${name}: a tunnel changed scheme, host and port at once`,
        signer,
        at(tunnel, ['X-Forwarded-Host', 'hooks.example.test'], ['X-Forwarded-Proto', 'https']),
      ],
      [`${name}: Forwarded`, signer, at(tunnel, ['Forwarded', 'for=192.0.2.1;host=hooks.example.test;proto=https'])],
      [`${name}: X-Original-Host`, signer, at('https://localhost/in', ['X-Original-Host', 'hooks.example.test'])],
      [
        `${name}: another host is configured than the one that was called`,
        signer,
        (sent) => ({ ...sent, url: 'https://old.example.test/in', urlSource: 'configured' }),
      ],
    ]),
  );
});

describe('several signatures', () => {
  const unknown = ['test-only-unknown-0001', 'test-only-unknown-0002'];

  checkEach('no-known-cause', [
    ['of which none matches, Stripe', () => stripe(eventText, { secrets: unknown }), configured('test-only-mine-0001')],
    [
      'of which none matches, PagerDuty',
      shape('pagerduty'),
      edit('X-PagerDuty-Signature', () => `v1=${'0'.repeat(64)},v1=${'f'.repeat(64)}`),
    ],
  ]);

  it('are told from none: one of two that matches is enough', () => {
    const sent = stripe(eventText, { secrets: unknown });
    expect(diagnosed({ ...sent, secrets: [{ name: 'new', value: 'test-only-unknown-0002' }] }).findings).toEqual([]);
  });
});

describe('every other status', () => {
  it('unsupported: a version that is not known, and a provider that is not', () => {
    const sent = edit('Stripe-Signature', (value) => value.replace('v1=', 'v0='))(stripe());
    expect(diagnosed(sent).verdict.status).toBe('unsupported');
    expect(diagnosed({ ...stripe(), provider: 'nobody' }).verdict.status).toBe('unsupported');
  });

  it('malformed: rubbish in the header has no known cause', () => {
    for (const rubbish of ['?', ',,,,', 't=,v1=', '\u00ff'.repeat(2_000), 'v1=,'.repeat(5_000)]) {
      expect(diagnosed(edit('Stripe-Signature', () => rubbish)(stripe())).findings).toMatchObject([
        { code: 'no-known-cause' },
      ]);
    }
  });
});
