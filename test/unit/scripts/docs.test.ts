// docs/providers.md: it is what the generator makes of the registry, says of each provider what its definition says,
// and is Markdown that holds together whatever a definition holds.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { headingAnchor, overviewRow, providerPage } from '../../../scripts/docs/provider-page.mjs';
import {
  describeAlgorithm,
  describeFormat,
  describePlace,
  describeShortLimit,
  describeSigned,
  describeTime,
} from '../../../scripts/docs/scheme-words.mjs';
import {
  code,
  describeCondition,
  describeDuration,
  describeSources,
  joinWords,
  prose,
} from '../../../scripts/docs/source-words.mjs';
import { describeRecipe } from '../../../src/main/signatures/recipe.ts';
import type { ProviderDefinition, RecipeScheme, SchemeDefinition } from '../../../src/shared/providers/define.ts';
import { findProvider, providers } from '../../../src/shared/providers/index.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const page = providerPage(providers, describeRecipe);

function provider(id: string): ProviderDefinition {
  const found = findProvider(id);
  if (found === undefined) throw new Error(`no provider ${id}`);
  return found;
}

function scheme(id: string, number = 0): SchemeDefinition {
  const found = provider(id).schemes[number];
  if (found === undefined) throw new Error(`no scheme ${number} of ${id}`);
  return found;
}

function sectionOf(text: string, heading: string): string {
  const start = text.indexOf(`\n### ${heading}\n`);
  const end = text.indexOf('\n### ', start + 1);
  return start === -1 ? '' : text.slice(start, end === -1 ? undefined : end);
}

/** Cells of a line of a table, at the pipes that are not escaped. */
function cellsOf(line: string): string[] {
  return line.split(/(?<!\\)\|/).slice(1, -1);
}

/** Every table has as many cells in each line as in its first. */
function expectEvenTables(text: string): void {
  let width = 0;
  for (const line of text.split('\n')) {
    if (!line.startsWith('|')) width = 0;
    else if (width === 0) width = cellsOf(line).length;
    else expect(cellsOf(line), line).toHaveLength(width);
  }
}

describe('docs/providers.md', () => {
  it('is current', () => {
    const written = readFileSync(path.join(root, 'docs/providers.md'), 'utf8');
    expect(written === page, 'docs/providers.md is not what the definitions say: run npm run docs').toBe(true);
  });

  it('is the same each time it is made', () => {
    expect(providerPage(providers, describeRecipe)).toBe(page);
    expect(page.endsWith('\n') && !page.endsWith('\n\n')).toBe(true);
  });

  it('has a row and a section for every provider, in the order of the registry', () => {
    const lines = page.split('\n');
    const rows = lines.filter((line) => /^\| \[/.test(line)).map((line) => cellsOf(line)[1]?.trim());
    expect(rows).toEqual(providers.map(({ id }) => `\`${id}\``));
    const headings = lines.filter((line) => line.startsWith('### ')).map((line) => line.slice(4));
    expect(headings).toEqual(providers.map(({ name }) => name));
  });

  it.each(providers)('tells of $id what its definition says', (one) => {
    const section = sectionOf(page, one.name);
    expect(section).toContain(`\`${one.id}\` · [documentation](${one.docsUrl})`);
    for (const { id, caveat } of one.schemes) {
      expect(section).toContain(`\`${id}\``);
      if (caveat !== undefined) expect(section).toContain(prose(caveat));
    }
    for (const { name } of one.samples) expect(section).toContain(`\`${name}\``);
    for (const { name } of one.handshakes ?? []) expect(section).toContain(`- **Handshake \`${name}\`:** `);
    for (const note of one.notes ?? []) expect(section).toContain(`\n- ${prose(note)}`);
    expect(section).toContain(one.retry === null ? '- **Retries:** none published.' : prose(one.retry.summary));
    expect(section).not.toMatch(/undefined|null|\[object|NaN/);
  });

  it('has links that lead somewhere, and anchors of one place each', () => {
    const anchors = page
      .split('\n')
      .filter((line) => /^#+ /.test(line))
      .map((line) => headingAnchor(line.replace(/^#+ /, '')));
    expect(new Set(anchors).size).toBe(anchors.length);
    const links = [...page.matchAll(/\]\(#([^)]*)\)/g)].map(([, anchor]) => anchor);
    expect(links.length).toBeGreaterThan(providers.length);
    for (const link of links) expect(anchors).toContain(link);
  });

  it('has even tables and closed code spans', () => {
    expectEvenTables(page);
    for (const line of page.split('\n')) expect((line.match(/`/g) ?? []).length % 2, line).toBe(0);
  });

  it('says what is left out, and does not list it as known', () => {
    const leftOut = page.slice(page.indexOf('\n## Left out\n'), page.indexOf('\n## Each provider\n'));
    expect(leftOut).toMatch(/^\| Coinbase CDP \| .*documentation only/m);
    expect(leftOut).toMatch(/^\| Datadog \| .*not signed/m);
    expect(findProvider('datadog')).toBeUndefined();
  });
});

describe('the page of odd definitions', () => {
  const odd: ProviderDefinition = {
    ...provider('stripe'),
    id: 'odd',
    name: 'Odd | <b>One</b> [x](y) `z`',
    secretHint: 'a | b\nc *d* _e_ <f>',
    notes: ['Pipes | and `co|de` and \\backslashes'],
    samples: [{ name: 'a|`b`', contentType: 'text/plain', body: '' }],
  };

  it('keeps its tables, and escapes what Markdown would read', () => {
    const text = providerPage([odd], describeRecipe);
    expectEvenTables(text);
    expect(text).toContain('[Odd \\| \\<b\\>One\\</b\\> \\[x](y) `z`](#odd--boneb-xy-z)');
    expect(text).toContain('\n- Pipes | and `co|de` and \\\\backslashes.\n');
    expect(text).toContain('a | b c \\*d\\* \\_e_ \\<f\\>.');
    expect(text).toContain('`` a|`b` ``');
  });

  it('says so where there is nothing', () => {
    const bare: ProviderDefinition = { ...odd, detect: [], deliveryId: [], eventType: [], notes: [], retry: null };
    const text = providerPage([bare], describeRecipe);
    expect(text).toContain('- **Recognised by:** nothing in a request; choose it in the endpoint.');
    expect(text).toContain('- **Delivery id:** none; duplicates are found by the same body.');
    expect(text).toContain('- **Event:** not told.');
    expect(text).toContain('- **Retries:** none published.');
    expect(text).not.toContain('Good to know');
    expect(overviewRow(bare)).toMatch(/\| choose it \|$/);
  });
});

describe('the words', () => {
  it.each([
    [0, 'at once'],
    [5, '5 s'],
    [60, '1 min'],
    [90, '1 min 30 s'],
    [3_600, '1 h'],
    [7_680, '2 h 8 min'],
    [86_400, '24 h'],
  ])('%d seconds are %s', (seconds, words) => {
    expect(describeDuration(seconds)).toBe(words);
  });

  it.each([
    ['Stripe', 'stripe'],
    ['HTTP message signatures (RFC 9421)', 'http-message-signatures-rfc-9421'],
    ['Meta (WhatsApp, Messenger, Instagram)', 'meta-whatsapp-messenger-instagram'],
    ['Cal.com', 'calcom'],
    ['a_b – Ä', 'a_b--ä'],
  ])('the heading %s has the anchor %s', (heading, anchor) => {
    expect(headingAnchor(heading)).toBe(anchor);
  });

  it('write code with backticks in it', () => {
    expect([code('a'), code('a`b'), code('``')]).toEqual(['`a`', '`` a`b ``', '``` `` ```']);
  });

  it('join lists', () => {
    expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map((list) => joinWords(list))).toEqual(['', 'a', 'a and b', 'a, b and c']); // prettier-ignore
  });

  it('tell each kind of algorithm', () => {
    const words = ['stripe', 'hubspot', 'discord', 'sendgrid', 'paypal', 'figma', 'plaid', 'intercom'].map((id) =>
      describeAlgorithm(id === 'hubspot' ? scheme(id, 1) : scheme(id)),
    );
    expect(words).toEqual([
      'HMAC-SHA256',
      'Plain SHA-256, no HMAC',
      'Ed25519',
      'ECDSA P-256 with SHA-256, in DER',
      'RSA (PKCS#1 v1.5) with SHA-256',
      'Shared token',
      'JWS, ES256 only',
      'HMAC-SHA1',
    ]);
  });

  it('tell what is signed', () => {
    const words = (id: string, number = 0): string => describeSigned(scheme(id, number), describeRecipe);
    expect(words('stripe')).toBe('`timestamp + "." + body`');
    expect(words('paypal')).toBe('`id + "|" + timestamp + "|" + Webhook-ID + "|" + CRC-32 of body`');
    expect(words('hubspot')).toMatch(/^`method \+ url with %3A, .* and %3B undone \+ body \+ timestamp`$/);
    expect(words('twilio', 1)).toBe('`url`; the query parameter `bodySHA256` holds the SHA-256 of the body in hex');
    expect(words('adyen', 1)).toMatch(/^`body’s pspReference \+ ":" .*`, for each item of the list$/);
    expect(words('figma')).toBe('Nothing: the request carries the secret itself');
    expect(words('netlify')).toContain(
      'claim `sha256` is the SHA-256 of the body in hex; the claim `iss` is `netlify`',
    );
    expect(words('rfc9421')).toContain('`content-digest`');
  });

  it('tell where the signature stands and how it is written', () => {
    const words = (id: string, number = 0): (string | null)[] => [
      describePlace(scheme(id, number)),
      describeFormat(scheme(id, number)),
    ];
    expect(words('github')).toEqual(['header `X-Hub-Signature-256`', '`sha256=SIGNATURE`']);
    expect(words('shopify')).toEqual(['header `X-Shopify-Hmac-Sha256` or `shopify-hmac-sha256`', null]);
    expect(words('paddle')).toEqual(['header `Paddle-Signature`', '`ts=TIME;h1=SIGNATURE`']);
    expect(words('standard-webhooks', 1)).toEqual(['header `webhook-signature`', '`v1a,SIGNATURE`, several with blanks between']); // prettier-ignore
    expect(words('pagerduty')).toEqual(['header `X-PagerDuty-Signature`', '`v1=SIGNATURE`, several with `,` between']);
    expect(words('mailgun')).toEqual(['body’s `signature.signature`', null]);
    expect(words('adyen', 1)).toEqual(['`additionalData.hmacSignature` in each item of body’s `notificationItems`', null]); // prettier-ignore
    expect(words('microsoft-graph')).toEqual(['`clientState` in each item of body’s `value`', null]);
    expect(words('cloudevents')).toEqual(['header `Authorization`, after `Bearer`, or query parameter `access_token`', null]); // prettier-ignore
    expect(words('docusign')[0]).toBe('header `X-DocuSign-Signature-1`, and the same with 2, 3 and so on');
  });

  it('tell the time and its limit', () => {
    expect(describeTime(scheme('stripe'))).toBe(
      'inside the signature header, Unix seconds; refused when older than 5 min',
    );
    expect(describeTime(scheme('linear'))).toBe('body’s `webhookTimestamp`, Unix milliseconds; refused when more than 1 min off, either way'); // prettier-ignore
    expect(describeTime(scheme('contentful'))).toBe('header `x-contentful-timestamp`, Unix milliseconds; refused when 30 s old or older'); // prettier-ignore
    expect(describeTime(scheme('discord'))).toBe('header `X-Signature-Timestamp`, Unix seconds; no limit published');
    expect(describeTime(scheme('generic'))).toMatch(/ISO 8601; .*; \*\*not signed\*\*$/);
    expect(describeTime(scheme('plaid'))).toBe('claim `iat`; refused when older than 5 min');
    expect(describeTime(scheme('github'))).toBeNull();
    expect(['stripe', 'slack', 'discord', 'github', 'plaid', 'figma', 'netlify', 'rfc9421'].map((id) => describeShortLimit(scheme(id)))).toEqual(['5 min', '±5 min', 'not fixed', '–', '5 min', '–', '–', 'not fixed']); // prettier-ignore
  });

  it('tell where a value is looked for', () => {
    expect(describeSources(provider('github').eventType)).toBe(
      'header `X-GitHub-Event` + `.` + (body’s `action`, else `action` in the JSON of form field `payload`)',
    );
    expect(describeSources(provider('dropbox').eventType)).toBe(
      'which of `list_folder.teams`, `list_folder` or `delta` the body has',
    );
    expect(
      describeSources([
        { from: 'query', name: 'q' },
        { from: 'present', path: 'a', value: 'a' },
        { from: 'present', path: 'b.c', value: 'd' },
        { from: 'form', name: 'f' },
      ]),
    ).toBe(
      'query parameter `q`, else `a` where the body has it, else `d` where the body has `b.c`, else form field `f`',
    );
  });

  it('tell conditions', () => {
    const words = [
      describeCondition({ from: 'header', name: 'A' }),
      describeCondition({ from: 'query', name: 'b', absent: true }),
      describeCondition({ from: 'json', path: 'c', value: 1 }),
    ];
    expect(words).toEqual(['with header `A`', 'without query parameter `b`', 'with body’s `c` = `1`']);
  });

  it('have no scheme without words of its own', () => {
    const exotic: RecipeScheme = { ...(scheme('stripe') as RecipeScheme), encoding: 'base64url' };
    const text = providerPage([{ ...provider('stripe'), schemes: [exotic] }], describeRecipe);
    expect(text).toContain('| **Encoding** | base64, URL-safe, no padding |');
  });
});

describe('npm run docs', () => {
  let project = '';
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [path.join(project, 'scripts/docs.mjs'), ...args], { encoding: 'utf8' });

  beforeAll(() => {
    project = mkdtempSync(path.join(tmpdir(), 'hookbench-docs-'));
    for (const name of ['src/shared', 'src/main/signatures', 'scripts/docs', 'scripts/docs.mjs']) {
      cpSync(path.join(root, name), path.join(project, name), { recursive: true });
    }
    symlinkSync(path.join(root, 'node_modules'), path.join(project, 'node_modules'), 'junction');
  });
  afterAll(() => rmSync(project, { recursive: true, force: true }));

  it('writes the page, and --check tells whether it is current', () => {
    const file = path.join(project, 'docs/providers.md');
    expect(run('--check')).toMatchObject({ status: 1, stderr: expect.stringContaining('run `npm run docs`') });
    expect(run()).toMatchObject({ status: 0, stderr: '' });
    expect(readFileSync(file, 'utf8')).toBe(page);
    expect(run('--check')).toMatchObject({ status: 0, stdout: '', stderr: '' });

    writeFileSync(file, page.replace('Stripe', 'Strype'));
    expect(run('--check').status).toBe(1);
    // Looking changes nothing.
    expect(readFileSync(file, 'utf8')).toContain('Strype');
  });

  it('refuses arguments that it does not know, and writes nothing', () => {
    mkdirSync(path.join(project, 'docs'), { recursive: true });
    const file = path.join(project, 'docs/providers.md');
    writeFileSync(file, 'before');
    expect(run('--chekc').status).toBe(2);
    expect(readFileSync(file, 'utf8')).toBe('before');
  });
});
