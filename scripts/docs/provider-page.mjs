// Makes docs/providers.md from the registry: an overview, what is left out, and a section for each provider. The same
// registry gives the same text, so that a test can tell a page that is not current.

import {
  describeAlgorithm,
  describeConditions,
  describeEncoding,
  describeFormat,
  describePlace,
  describeSecret,
  describeSecretForm,
  describeShortLimit,
  describeSigned,
  describeSignedId,
  describeTime,
} from './scheme-words.mjs';
import {
  code,
  describeCondition,
  describeDuration,
  describeMark,
  describeSource,
  describeSources,
  joinWords,
  prose,
  sentence,
} from './source-words.mjs';

/** @typedef {import('../../src/shared/providers/define.ts').ProviderDefinition} ProviderDefinition */
/** @typedef {import('../../src/shared/providers/define.ts').HeaderMark} HeaderMark */
/** @typedef {import('../../src/shared/providers/define.ts').RetryPolicy} RetryPolicy */
/** @typedef {import('../../src/shared/providers/handshake.ts').HandshakeRule} HandshakeRule */
/** @typedef {import('../../src/shared/providers/handshake.ts').HandshakeAnswer} HandshakeAnswer */
/** @typedef {import('./scheme-words.mjs').DescribeRecipe} DescribeRecipe */

/** What is not checked, with the reason. Sorted by name. */
const leftOut = [
  [
    'Coinbase CDP',
    'Its `X-Hook0-Signature` signs a list of headers that the signature itself names. That is known from the documentation only: there is no library to compare with. The older Coinbase Commerce is here.',
  ],
  [
    'Datadog',
    'Its webhooks are not signed. What can be set are headers of one’s own and basic authentication.',
  ],
  [
    'HubSpot, journal (v4)',
    'The receiver asks for events; nothing is sent to it. Request signatures v1 to v3 are here.',
  ],
  [
    'Microsoft Graph, rich notifications',
    'The tokens in `validationTokens` and the `dataSignature` of encrypted content are not checked; `clientState` is.',
  ],
  ['Square, `x-square-signature`', 'The older HMAC-SHA1 header. Its successor is here.'],
];

/**
 * The whole page as Markdown. `describeRecipe` writes a recipe in words.
 * @param {readonly ProviderDefinition[]} providers in the order of the page
 * @param {DescribeRecipe} describeRecipe
 */
export function providerPage(providers, describeRecipe) {
  const schemes = new Set(providers.flatMap((provider) => provider.schemes.map(({ id }) => id))).size;
  const lines = [
    '# Providers',
    '',
    '<!-- Made by `npm run docs` from src/shared/providers. Changes belong there. -->',
    '',
    `Hookbench knows ${providers.length} providers and ${schemes} signature schemes. It checks and makes these signatures`,
    'with the same data, and this page is written from that data.',
    '',
    'In what is signed, `body` is the raw body, byte for byte as it was sent, and `+` joins with nothing between. “body’s',
    '`data.id`” is the member of the JSON body under that path; in “header `A` + `.` + body’s `b`” the second part is left',
    'out where a request does not have it.',
    '',
    '- [Overview](#overview)',
    '- [Left out](#left-out)',
    '- [Each provider](#each-provider)',
    '',
    '## Overview',
    '',
    'Age limits are those of the provider or of its library; an endpoint can set another one. **±** means that times',
    'from the future are refused as well, **not fixed** that the time is signed but no limit is published. **Choose it**',
    'means that the requests look like another provider’s: choose the provider in the endpoint.',
    '',
    row(['Provider', 'Id', 'Signature', 'Header, or place', 'Age limit', 'Handshake', 'Recognised by']),
    row(Array(7).fill('---')),
    ...providers.map(overviewRow),
    '',
    '## Left out',
    '',
    '| What | Why |',
    '| --- | --- |',
    ...leftOut.map((cells) => row(cells)),
    '',
    '## Each provider',
    ...providers.flatMap((provider) => providerSection(provider, providers, describeRecipe)),
  ];
  return `${lines.join('\n')}\n`;
}

/**
 * The provider's line of the overview.
 * @param {ProviderDefinition} provider
 */
export function overviewRow(provider) {
  const { schemes } = provider;
  return row([
    `[${prose(provider.name)}](#${headingAnchor(provider.name)})`,
    code(provider.id),
    distinct(schemes.map((scheme) => (scheme.kind === 'message-signature' ? 'by key' : describeAlgorithm(scheme)))),
    distinct(schemes.map(describePlace)).replaceAll(/\bheaders? (?=`)/g, ''),
    distinct(schemes.map(describeShortLimit)),
    provider.handshakes?.map(({ name }) => code(name)).join(', ') ?? '–',
    recognisedShortly(provider),
  ]);
}

/**
 * The anchor that GitHub gives a heading: lower case, blanks as dashes, only letters, digits, dashes and underscores.
 * @param {string} heading
 */
export function headingAnchor(heading) {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}\s_-]/gu, '')
    .replaceAll(/\s/g, '-');
}

/** @param {readonly string[]} words */
function distinct(words) {
  return [...new Set(words)].join('; ');
}

/**
 * A line of a table. GitHub wants every pipe escaped, also within code.
 * @param {readonly string[]} cells
 */
function row(cells) {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

/** @param {ProviderDefinition} provider */
function recognisedShortly({ detect, detectJson, looksLike }) {
  if (looksLike !== undefined) return 'choose it';
  const ways = [...(detect.length > 0 ? ['headers'] : []), ...(detectJson === undefined ? [] : ['JSON body'])];
  return ways.length === 0 ? 'choose it' : ways.join(', else ');
}

/**
 * @param {ProviderDefinition} provider
 * @param {readonly ProviderDefinition[]} providers
 * @param {DescribeRecipe} describeRecipe
 */
function providerSection(provider, providers, describeRecipe) {
  const { handshakes = [], notes = [] } = provider;
  const lines = [
    '',
    `### ${prose(provider.name)}`,
    '',
    `${code(provider.id)} · [documentation](${provider.docsUrl})`,
    '',
    ...schemeTable(provider, describeRecipe),
    '',
    `- **Recognised by:** ${recognised(provider, providers)}`,
    `- **Secret:** ${sentence(prose(provider.secretHint))} Hookbench makes ${describeSecretForm(provider.secretForm)}.`,
    `- **Delivery id:** ${sourcesOrNone(provider.deliveryId, 'none; duplicates are found by the same body')}`,
    `- **Event:** ${sourcesOrNone(provider.eventType, 'not told')}`,
    `- **Retries:** ${retries(provider.retry)}`,
    ...handshakes.map((rule) => `- **Handshake ${code(rule.name)}:** ${handshake(rule)}`),
    `- **Sample events:** ${provider.samples.map(({ name }) => code(name)).join(', ')}`,
  ];
  if (notes.length === 0) return lines;
  return [...lines, '', 'Good to know:', '', ...notes.map((note) => `- ${sentence(prose(note))}`)];
}

/**
 * A column for each scheme, a row for each property that one of them has.
 * @param {ProviderDefinition} provider
 * @param {DescribeRecipe} describeRecipe
 */
function schemeTable({ schemes }, describeRecipe) {
  /** @type {[string, (string | null)[]][]} */
  const rows = [
    ['Algorithm', schemes.map(describeAlgorithm)],
    ['Signed', schemes.map((scheme) => describeSigned(scheme, describeRecipe))],
    ['Encoding', schemes.map(describeEncoding)],
    ['Stands in', schemes.map(describePlace)],
    ['Written as', schemes.map(describeFormat)],
    ['Message id', schemes.map(describeSignedId)],
    ['Secret', schemes.map(describeSecret)],
    ['Time', schemes.map((scheme) => describeTime(scheme) ?? 'none')],
    ['Applies', schemes.map(describeConditions)],
    ['Not proved', schemes.map(({ caveat }) => (caveat === undefined ? null : prose(caveat)))],
  ];
  return [
    row(['Scheme', ...schemes.map(({ id }) => code(id))]),
    row(['---', ...schemes.map(() => '---')]),
    ...rows
      .filter(([, cells]) => cells.some((cell) => cell !== null))
      .map(([label, cells]) => row([`**${label}**`, ...cells.map((cell) => cell ?? '–')])),
  ];
}

/**
 * @param {ProviderDefinition} provider
 * @param {readonly ProviderDefinition[]} providers
 */
function recognised({ detect, detectJson, detectPriority = 0, looksLike }, providers) {
  if (looksLike !== undefined) {
    const name = providers.find(({ id }) => id === looksLike)?.name ?? looksLike;
    return `its requests look like those of [${prose(name)}](#${headingAnchor(name)}); choose it in the endpoint.`;
  }
  const isWeak = (/** @type {HeaderMark} */ mark) => typeof mark !== 'string' && mark.weak === true;
  const marks = detect.filter((mark) => !isWeak(mark)).map(describeMark);
  const weakMarks = detect.filter(isWeak).map(describeMark);
  const ways = [];
  if (marks.length > 0) ways.push(`${marks.length === 1 ? 'the header' : 'any of the headers'} ${joinWords(marks, 'or')}`);
  if (detectJson !== undefined) {
    const where = marks.length > 0 ? 'where no header tells, ' : '';
    ways.push(`${where}a JSON body with ${joinWords(detectJson.map(code))}`);
  }
  if (weakMarks.length > 0) ways.push(`where nothing else tells, the header ${joinWords(weakMarks, 'or')}`);
  if (ways.length === 0) return 'nothing in a request; choose it in the endpoint.';
  const rank = detectPriority < 0 ? ' Providers with more specific headers come first.' : '';
  return `${ways.join('; ')}.${rank}`;
}

/**
 * @param {ProviderDefinition['deliveryId']} sources
 * @param {string} none
 */
function sourcesOrNone(sources, none) {
  return `${sources.length === 0 ? none : describeSources(sources)}.`;
}

/** @param {RetryPolicy | null} retry */
function retries(retry) {
  if (retry === null) return 'none published.';
  const { summary, delaysSeconds, timeoutSeconds } = retry;
  const waits = delaysSeconds === undefined ? '' : ` Waits: ${delaysSeconds.map(describeDuration).join(', ')}.`;
  const answer = timeoutSeconds === undefined ? '' : ` An answer must come within ${describeDuration(timeoutSeconds)}.`;
  return `${sentence(prose(summary))}${waits}${answer}`;
}

/** @param {HandshakeRule} rule */
function handshake(rule) {
  const when = rule.conditions.length === 0 ? '' : ` ${joinWords(rule.conditions.map(describeCondition))}`;
  const refusal = rule.refusedStatus === undefined ? '' : ` (else status ${rule.refusedStatus})`;
  const checks = [];
  if (rule.signature === 'checked') {
    const where = rule.answer.kind === 'hmac-json' ? 'The' : 'Where a secret is set, the';
    checks.push(`${where} signature must be valid${refusal}.`);
  }
  if (rule.token !== undefined) {
    checks.push(`${capital(describeSource(rule.token))} must be one of the endpoint’s secrets${refusal}.`);
  }
  if (rule.signature === 'unsigned' && rule.token === undefined) checks.push('It is not signed.');
  if (rule.holdsSecret) checks.push('It holds a secret, which exports mask.');
  return `${rule.method}${when}. Answered with ${handshakeAnswer(rule.answer)}. ${checks.join(' ')}`;
}

/**
 * @param {HandshakeAnswer} answer
 * @returns {string}
 */
function handshakeAnswer(answer) {
  switch (answer.kind) {
    case 'echo':
      return `the value of ${describeSource(answer.source)}, as plain text`;
    case 'echo-header': {
      const more = answer.headers.map(([name, value]) => `, ${code(`${name}: ${value}`)}`).join('');
      return `status 200 and the value of ${code(answer.from)} in the header ${code(answer.to)}${more}`;
    }
    case 'fixed':
      return `status ${answer.status} and ${answer.body === '' ? 'no body' : `the body ${code(answer.body)}`}`;
    case 'hmac-json':
      return `JSON that holds the value of ${describeSource(answer.source)} as ${code(answer.plain)}, and its HMAC-SHA256 in hex as ${code(answer.hashed)}`;
    case 'hmac-token':
      return `JSON that holds ${code(answer.prefix)} and the HMAC-SHA256 of ${describeSource(answer.source)} in base64 as ${code(answer.name)}; only where the token is letters, digits and \`+/=_.-\``;
    case 'fetch':
      return `status 200; the address in ${describeSource(answer.source)} is called when you say so`;
  }
}

/** @param {string} text */
function capital(text) {
  return text.startsWith('`') ? `The value of ${text}` : `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
