// What a provider must have to be complete: the rules that every definition, vector file and row of the page are held
// to, written once. The registry's providers and the worked example of CONTRIBUTING.md go through the same rules.

import type { HeaderPair } from '../../../../src/shared/headers.ts';
import type {
  HeaderMark,
  ProviderDefinition,
  RecipePart,
  RecipeScheme,
  SampleEvent,
  SchemeDefinition,
} from '../../../../src/shared/providers/define.ts';
import { lookAt, parseJson, valueReader } from '../../../../src/shared/providers/read-value.ts';

/** What a provider is judged beside. */
export interface Surroundings {
  /** Every other provider. */
  readonly others: readonly ProviderDefinition[];
  /** The provider's vector file; null when there is none. */
  readonly vectors: readonly VectorFacts[] | null;
  /** Text of docs/providers.md. */
  readonly page: string;
  /** `detectProvider` of a registry that holds the provider. */
  readonly detect: (headers: readonly HeaderPair[], json?: () => unknown) => string | null;
}

/** What the rules look at in a vector. */
export interface VectorFacts {
  readonly id: string;
  readonly kind?: string;
  readonly provider: string;
  readonly scheme: string;
  readonly expected: string;
}

const bodyVariables: ReadonlySet<string> = new Set(['uuid', 'now', 'unix', 'unixMs']);
const headerVariables: ReadonlySet<string> = new Set(['id', 'event', 'eventBase', 'now']);

/** What is missing or wrong, a sentence each that names the provider's field; empty when it is complete. */
export function problemsOf(provider: ProviderDefinition, around: Surroundings): readonly string[] {
  return [
    ...identityProblems(provider, around),
    ...provider.schemes.flatMap(schemeProblems),
    ...markProblems(provider, around),
    ...sampleProblems(provider),
    ...vectorProblems(provider, around),
    ...pageProblems(provider, around),
  ];
}

function identityProblems(provider: ProviderDefinition, { others }: Surroundings): string[] {
  const problems: string[] = [];
  if (!/^[a-z0-9]+(?:[.-][a-z0-9]+)*$/.test(provider.id)) problems.push('id: must be small letters, digits and dashes');
  if (others.some(({ id }) => id === provider.id)) problems.push(`id: another provider is called ${provider.id}`);
  if (others.some(({ name }) => name === provider.name)) problems.push(`name: taken by another provider`);
  if (provider.name.trim() === '') problems.push('name: is empty');
  if (!/^https:\/\/[^/\s]+\.[^\s]*$/.test(provider.docsUrl)) problems.push('docsUrl: must be an https address');
  if (provider.schemes.length === 0) problems.push('schemes: there is none');
  if (new Set(provider.schemes.map(({ id }) => id)).size !== provider.schemes.length) {
    problems.push('schemes: two have the same id');
  }
  if (provider.eventType.length === 0) problems.push('eventType: nothing tells the event');
  if (provider.secretHint.trim() === '') problems.push('secretHint: is empty');
  // A definition that was written without a type check may lack it.
  if ((provider.retry as unknown) === undefined) {
    problems.push('retry: say how the provider repeats, or null where it publishes nothing');
  }
  const { delaysSeconds = [], timeoutSeconds = 1, summary = 'none' } = provider.retry ?? {};
  if (summary.trim() === '') problems.push('retry: the summary is empty');
  if (delaysSeconds.some((delay) => !(delay >= 0)) || !(timeoutSeconds > 0)) {
    problems.push('retry: times are seconds, 0 or more');
  }
  for (const [name, value] of provider.headers) {
    for (const variable of variablesIn(value)) {
      if (!headerVariables.has(variable)) problems.push(`headers: ${name} uses {{${variable}}}, which nothing fills`);
    }
  }
  return problems;
}

function schemeProblems(scheme: SchemeDefinition): string[] {
  if (scheme.kind === 'token') return scheme.places.length === 0 ? [`${scheme.id}: no place for the token`] : [];
  if (scheme.kind === 'jwt' || scheme.kind === 'message-signature') return [];
  const problems: string[] = [];
  const uses = (kind: RecipePart['kind']): boolean => scheme.recipe.some((part) => part.kind === kind);
  if (scheme.recipe.length === 0) problems.push('the recipe has no parts');
  if (uses('id') !== (scheme.idHeaders !== undefined))
    problems.push('the recipe’s part id and idHeaders belong together');
  if (uses('companion') !== (scheme.companion !== undefined)) {
    problems.push('the recipe’s part companion and the field companion belong together');
  }
  if (uses('secret') !== (scheme.algorithm.kind === 'hash')) {
    problems.push('the recipe’s part secret and the algorithm hash belong together');
  }
  if (uses('timestamp') && scheme.timestamp === undefined) problems.push('signs a timestamp, but none is described');
  if (scheme.signatureHeaders.length === 0 && scheme.signaturePath === undefined) {
    problems.push('no place for the signature');
  }
  problems.push(...familyProblems(scheme));
  return problems.map((problem) => `${scheme.id}: ${problem}`);
}

/** Entry i of the signature headers, the id headers and the timestamp headers are one family. */
function familyProblems({ signatureHeaders, idHeaders, timestamp, format }: RecipeScheme): string[] {
  const problems: string[] = [];
  const families = Math.max(1, signatureHeaders.length);
  if (idHeaders !== undefined && idHeaders.length !== families)
    problems.push('idHeaders has another number of families');
  if (timestamp === undefined) {
    return format.kind === 'pairs' ? [...problems, 'its pairs hold a time, but none is described'] : problems;
  }
  if (timestamp.headers !== undefined && timestamp.headers.length !== families) {
    problems.push('timestamp.headers has another number of families');
  }
  const places = [timestamp.headers, timestamp.path, format.kind === 'pairs' ? '' : undefined];
  if (places.filter((place) => place !== undefined).length !== 1)
    problems.push('the timestamp needs exactly one place');
  return problems;
}

function markProblems(provider: ProviderDefinition, { others, detect }: Surroundings): string[] {
  const problems: string[] = [];
  const { looksLike, detectJson } = provider;
  if (looksLike !== undefined) {
    if (!others.some(({ id }) => id === looksLike)) problems.push(`looksLike: there is no provider ${looksLike}`);
    if (provider.detect.length > 0 || detectJson !== undefined) {
      problems.push('looksLike: a provider that has marks of its own needs none');
    }
    return problems;
  }
  if (provider.detect.length === 0 && detectJson === undefined) {
    problems.push('detect: nothing marks its requests; name marks, or the provider they look like');
  }
  for (const mark of provider.detect.map(fullMark)) {
    if (mark.name !== mark.name.toLowerCase()) problems.push(`detect: ${mark.name} must be in lower case`);
    for (const other of others) {
      if (other.detect.map(fullMark).some((theirs) => clash(provider, mark, other, theirs))) {
        problems.push(`detect: ${mark.name} marks ${other.id} as well, with the same priority`);
      }
    }
    if (
      detect([
        ['Host', 'x'],
        [mark.name.toUpperCase(), `${mark.prefix}x`],
      ]) !== provider.id &&
      !outranked(mark, provider, others)
    ) {
      problems.push(`detect: ${mark.name} does not lead to the provider; is its line in registry.ts?`);
    }
  }
  for (const other of others) {
    if (detectJson === undefined || other.detectJson === undefined) continue;
    if (includesAll(detectJson, other.detectJson) || includesAll(other.detectJson, detectJson)) {
      problems.push(`detectJson: every body that has the marks of one also has those of ${other.id}`);
    }
  }
  return problems;
}

interface FullMark {
  readonly name: string;
  readonly prefix: string;
  readonly weak: boolean;
}

function fullMark(mark: HeaderMark): FullMark {
  return typeof mark === 'string' ? { name: mark, prefix: '', weak: false } : { weak: false, ...mark };
}

function rank(provider: ProviderDefinition, mark: FullMark): number {
  return mark.weak ? -Infinity : (provider.detectPriority ?? 0);
}

function clash(provider: ProviderDefinition, mark: FullMark, other: ProviderDefinition, theirs: FullMark): boolean {
  return overlap(mark, theirs) && rank(provider, mark) === rank(other, theirs);
}

/** Whether one header can be both. */
function overlap(a: FullMark, b: FullMark): boolean {
  return a.name === b.name && (a.prefix.startsWith(b.prefix) || b.prefix.startsWith(a.prefix));
}

function outranked(mark: FullMark, provider: ProviderDefinition, others: readonly ProviderDefinition[]): boolean {
  return others.some((other) =>
    other.detect
      .map(fullMark)
      .some(
        (theirs) =>
          overlap(mark, theirs) && mark.prefix.startsWith(theirs.prefix) && rank(other, theirs) > rank(provider, mark),
      ),
  );
}

function includesAll(all: readonly string[], some: readonly string[]): boolean {
  return some.every((path) => all.includes(path));
}

function sampleProblems(provider: ProviderDefinition): string[] {
  const { samples } = provider;
  const problems = samples.flatMap((sample) => oneSampleProblems(provider, sample));
  if (samples.length < 2) problems.push(`samples: there must be two at the least, not ${samples.length}`);
  if (new Set(samples.map(({ name }) => name)).size !== samples.length)
    problems.push('samples: two have the same name');
  return problems;
}

function oneSampleProblems(provider: ProviderDefinition, sample: SampleEvent): string[] {
  const problems: string[] = [];
  for (const variable of variablesIn(sample.body)) {
    if (!bodyVariables.has(variable)) problems.push(`uses {{${variable}}}, which nothing fills`);
  }
  const body = filled(sample.body);
  const json = parseJson(body);
  if (/json/i.test(sample.contentType) && (typeof json !== 'object' || json === null)) problems.push('is not JSON');
  const reader = valueReader(lookAt(sampleHeaders(provider, sample), 'https://hooks.example.test/in', () => body));
  const event = reader(provider.eventType);
  if (event !== sample.name) problems.push(`eventType reads “${event}” from it`);
  return problems.map((problem) => `samples: ${sample.name} ${problem}`);
}

/** What the headers say of a sample, as they are filled in when it is signed. */
function sampleHeaders(provider: ProviderDefinition, sample: SampleEvent): HeaderPair[] {
  const own: HeaderPair[] = [['Content-Type', sample.contentType], ...(sample.headers ?? [])];
  const others = provider.headers.map(([name, value]): HeaderPair => [
    name,
    filled(value)
      .replaceAll('{{eventBase}}', sample.name.split('.', 1)[0] ?? '')
      .replaceAll('{{event}}', sample.name)
      .replaceAll('{{id}}', 'id-1'),
  ]);
  return [...own, ...others];
}

function filled(text: string): string {
  return text
    .replaceAll('{{uuid}}', '00000000-0000-4000-8000-000000000001')
    .replaceAll('{{now}}', '2026-03-14T09:26:54.321Z')
    .replaceAll('{{unixMs}}', '1773480414321')
    .replaceAll('{{unix}}', '1773480414');
}

function variablesIn(text: string): string[] {
  return [...text.matchAll(/\{\{(.*?)\}\}/g)].flatMap(([, name]) => (name === undefined ? [] : [name]));
}

function vectorProblems({ id, schemes }: ProviderDefinition, { vectors }: Surroundings): string[] {
  const file = `test/fixtures/vectors/${id}.json`;
  if (vectors === null) return [`${file}: there is no such file`];
  const problems: string[] = [];
  for (const scheme of schemes) {
    const verdicts = vectors
      .filter((vector) => vector.scheme === scheme.id && vector.kind !== 'challenge')
      .map(({ expected }) => expected);
    for (const wanted of ['valid', 'invalid', 'missing']) {
      if (!verdicts.includes(wanted)) problems.push(`${file}: ${scheme.id} has no vector that is expected ${wanted}`);
    }
  }
  for (const vector of vectors) {
    if (vector.provider !== id) problems.push(`${file}: ${vector.id} is of provider ${vector.provider}`);
    if (vector.kind !== 'challenge' && !schemes.some((scheme) => scheme.id === vector.scheme)) {
      problems.push(`${file}: ${vector.id} is of scheme ${vector.scheme}, which the provider does not have`);
    }
  }
  if (new Set(vectors.map((vector) => vector.id)).size !== vectors.length)
    problems.push(`${file}: two have the same id`);
  return problems;
}

function pageProblems({ id, name }: ProviderDefinition, { page }: Surroundings): string[] {
  const lines = page.split('\n');
  const problems: string[] = [];
  if (!lines.some((line) => line.startsWith('| [') && line.includes(`) | \`${id}\` | `))) problems.push('has no row');
  if (!lines.includes(`### ${name}`)) problems.push('has no section');
  return problems.map((problem) => `docs/providers.md: ${id} ${problem}; run npm run docs`);
}
