// What a handler snippet is, and the facts about a scheme that every language needs. Pure data: the languages write it.

import type { ProviderDefinition, RecipePart, RecipeScheme, SchemeDefinition } from '../providers/define.ts';
import type { HandshakeRule } from '../providers/handshake.ts';
import type { ValueSource } from '../providers/sources.ts';

/** Ids of the languages in which handlers are written, in the order in which they are shown. */
export const snippetLanguages = ['express', 'fastify', 'next', 'flask', 'go'] as const;
/** Id of a language or framework. */
export type SnippetLanguage = (typeof snippetLanguages)[number];

/** Names of the languages as people know them. */
export const languageNames: Readonly<Record<SnippetLanguage, string>> = {
  express: 'Express',
  fastify: 'Fastify',
  next: 'Next.js',
  flask: 'Flask',
  go: 'Go',
};

/** A handler that verifies, or the reason why there is none in this language. */
export type Snippet =
  | { readonly kind: 'code'; readonly text: string; readonly scheme: string }
  | { readonly kind: 'reason'; readonly text: string; readonly scheme: string };

/** What a snippet is made from. */
export interface SnippetOptions {
  /** Id of the scheme; the provider's first when absent. */
  readonly scheme?: string | undefined;
  /** Path of the handler's route; `/webhooks/<provider>` when absent. */
  readonly path?: string | undefined;
}

/** Everything that a language needs to write one handler. */
export interface Plan {
  readonly provider: ProviderDefinition;
  readonly scheme: SchemeDefinition;
  readonly path: string;
  /** Environment variable of the secret, token or public key. */
  readonly env: string;
  /** Environment variable of the text beside the key (PayPal's webhook id), or of the handshake's token (Meta). */
  readonly secondEnv: string;
  /** Methods that the route takes. */
  readonly methods: readonly string[];
  /** Handshakes that are answered before, and after, the signature is checked. */
  readonly unsigned: readonly HandshakeRule[];
  readonly checked: readonly HandshakeRule[];
  /** The secret comes in a handshake, so that the handler starts without one. */
  readonly startsWithoutSecret: boolean;
  /** Sentence on repeated deliveries. */
  readonly repeats: string;
  /** First lines of the file. */
  readonly heading: readonly string[];
}

/** Providers that also call with other methods than POST. */
const moreMethods: Readonly<Record<string, readonly string[]>> = {
  twilio: ['GET'],
  zendesk: ['GET', 'PUT', 'PATCH', 'DELETE'],
};

/** The plan for a provider's scheme. */
export function planFor(provider: ProviderDefinition, scheme: SchemeDefinition, options: SnippetOptions = {}): Plan {
  const base = provider.id.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_');
  const rules = (provider.handshakes ?? []).filter((rule) => !isPlainOk(rule));
  const methods = new Set(['POST', ...(moreMethods[provider.id] ?? []), ...rules.map(({ method }) => method)]);
  return {
    provider,
    scheme,
    path: options.path ?? `/webhooks/${provider.id.replaceAll(/[^a-z0-9]+/g, '-')}`,
    env: `${base}_${envEnding(scheme)}`,
    secondEnv: isRecipe(scheme) && scheme.companion !== undefined ? `${base}_WEBHOOK_ID` : `${base}_VERIFY_TOKEN`,
    methods: [...methods],
    unsigned: rules.filter(({ signature }) => signature === 'unsigned'),
    checked: rules.filter(({ signature }) => signature === 'checked'),
    startsWithoutSecret: rules.some(({ brings }) => brings !== undefined),
    repeats: repeatsOf(provider),
    heading: headingOf(provider, scheme),
  };
}

/** A handshake for which verifying and answering 200 is all. */
function isPlainOk(rule: HandshakeRule): boolean {
  return (
    rule.signature === 'checked' && rule.answer.kind === 'fixed' && rule.answer.status === 200 && !rule.answer.body
  );
}

/** Whether the scheme signs with a recipe. */
export function isRecipe(scheme: SchemeDefinition): scheme is RecipeScheme {
  return scheme.kind === undefined || scheme.kind === 'recipe';
}

/** Whether the scheme's key is public. */
export function isAsymmetric(scheme: RecipeScheme): boolean {
  return scheme.algorithm.kind !== 'hmac' && scheme.algorithm.kind !== 'hash';
}

function envEnding(scheme: SchemeDefinition): string {
  if (scheme.kind === 'token') return 'WEBHOOK_TOKEN';
  if (isRecipe(scheme) && isAsymmetric(scheme)) return 'PUBLIC_KEY';
  return scheme.kind === 'message-signature' ? 'SHARED_KEY' : 'WEBHOOK_SECRET';
}

function headingOf(provider: ProviderDefinition, scheme: SchemeDefinition): readonly string[] {
  const heading = [`Verifies webhooks of ${provider.name} (${scheme.id}). See ${provider.docsUrl}`];
  if (scheme.caveat !== undefined) heading.push(scheme.caveat);
  if (isRecipe(scheme) && scheme.timestamp === undefined) {
    heading.push('The signature covers no time: an old request can be sent again, so remember the ids that you took.');
  } else if (isRecipe(scheme) && scheme.timestamp?.toleranceSeconds === null) {
    heading.push('The provider names no age limit: remember the ids that you took, so that none counts twice.');
  }
  return heading;
}

function repeatsOf({ deliveryId }: ProviderDefinition): string {
  const [first] = deliveryId;
  if (first === undefined) return 'Deliveries repeat and carry no id: make the work safe to do twice.';
  const names = namesOf(first).map((name) => name.split('.').at(-1) ?? name);
  const place =
    first.from === 'header' ? `the header ${namesOf(first)[0] ?? ''}` : `${names.join(' with ')} in the body`;
  return `Deliveries repeat: store the id (${place}) and skip one that you have.`;
}

function namesOf(source: ValueSource): readonly string[] {
  const own = source.from === 'json' || source.from === 'present' ? source.path : source.name;
  const more = 'suffix' in source ? source.suffix?.[0] : undefined;
  return more === undefined ? [own] : [own, ...namesOf(more)];
}

/** Parts of the recipe without the form, which stands apart (Twilio). */
export function textParts(scheme: RecipeScheme): readonly RecipePart[] {
  return scheme.recipe.filter(({ kind }) => kind !== 'form');
}

/** Members of a dotted path, with numbers for places in lists. */
export function pathMembers(path: string): readonly (string | number)[] {
  return path.split('.').map((member) => (/^\d+$/.test(member) ? Number(member) : member));
}

/** The parts of the code that are used in `text`, each followed by those that it uses itself, in the given order. */
export function usedHelpers(text: string, helpers: readonly (readonly [name: string, code: string])[]): string[] {
  const used = new Set<string>();
  let known = text;
  for (let grew = true; grew;) {
    grew = false;
    for (const [name, code] of helpers) {
      if (used.has(name) || !new RegExp(`\\b${name}\\(`).test(known)) continue;
      used.add(name);
      known += code;
      grew = true;
    }
  }
  return helpers.filter(([name]) => used.has(name)).map(([, code]) => code);
}

/** Lines moved to the right by `depth` spaces; empty ones stay empty. */
export function indent(lines: readonly string[], depth: number): string[] {
  return lines.flatMap((line) => line.split('\n')).map((line) => (line === '' ? '' : ' '.repeat(depth) + line));
}
