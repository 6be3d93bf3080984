// A signature scheme that a person describes with the same parts as the built-in ones. As data it can be checked,
// kept in the workspace, written to a file and read from one; as a provider it works everywhere that a provider does.

import * as v from 'valibot';
import { defineProvider } from './providers/define.ts';
import type { ProviderDefinition, RecipePart, RecipeScheme } from './providers/define.ts';
import type { ValueSource } from './providers/sources.ts';
import { headerName, name } from './schema-parts.ts';

const path = v.pipe(v.string(), v.minLength(1, 'must not be empty'), v.maxLength(200));

/** Schema of one part of what is signed. */
export const customPartSchema = v.variant('kind', [
  v.object({ kind: v.literal('literal'), text: v.pipe(v.string(), v.maxLength(200)) }),
  v.object({ kind: v.picklist(['body', 'timestamp', 'id', 'method', 'url', 'path', 'form']) }),
  v.object({ kind: v.literal('header'), name: headerName }),
  v.object({ kind: v.literal('json'), path }),
  v.object({
    kind: v.literal('body-hash'),
    hash: v.picklist(['sha256', 'sha1', 'sha512', 'md5']),
    encoding: v.picklist(['hex', 'base64', 'base64url']),
  }),
]);
/** One part of what is signed. */
export type CustomPart = v.InferOutput<typeof customPartSchema>;

/** Schema of a person's own scheme. */
export const customSchemeSchema = v.object({
  /** Also the provider id: `custom-` and letters, digits or dashes. */
  id: v.pipe(v.string(), v.regex(/^custom-[a-z0-9-]{1,50}$/, 'must be custom- and small letters, digits or dashes')),
  name,
  algorithm: v.picklist(['hmac-sha256', 'hmac-sha1', 'hmac-sha512', 'ed25519', 'ecdsa-p256', 'rsa-sha256']),
  encoding: v.picklist(['hex', 'base64', 'base64url']),
  /** How a shared secret becomes a key; key pairs are always PEM. */
  secretType: v.picklist(['utf8', 'hex', 'whsec', 'base64']),
  parts: v.pipe(
    v.array(customPartSchema),
    v.minLength(1, 'must have at least one part'),
    v.maxLength(20, 'must have at most 20 parts'),
  ),
  signatureHeader: headerName,
  /** How the header is written: `value` with a prefix, or `pairs` (`t=...,v1=...`) that also carry the time. */
  format: v.variant('kind', [
    v.object({ kind: v.literal('value'), prefix: v.pipe(v.string(), v.maxLength(50)) }),
    v.object({
      kind: v.literal('pairs'),
      separator: v.pipe(v.string(), v.minLength(1, 'must not be empty'), v.maxLength(5)),
      timestampKey: v.pipe(v.string(), v.minLength(1, 'must not be empty'), v.maxLength(20)),
      signatureKey: v.pipe(v.string(), v.minLength(1, 'must not be empty'), v.maxLength(20)),
    }),
  ]),
  /** Null: no time. Without a header the signature's own `pairs` carry it. */
  timestamp: v.nullable(
    v.object({
      header: v.nullable(headerName),
      unit: v.picklist(['seconds', 'milliseconds', 'iso']),
      /** Seconds; null for no limit. */
      toleranceSeconds: v.nullable(v.pipe(v.number(), v.minValue(0), v.maxValue(31_536_000))),
    }),
  ),
  /** Header of the message id, which the part `id` stands for and duplicates are found by; null when there is none. */
  idHeader: v.nullable(headerName),
  /** Dotted path of the delivery id in a JSON body, where no header carries it. */
  idPath: v.nullable(path),
  eventHeader: v.nullable(headerName),
  eventPath: v.nullable(path),
});
/** A person's own scheme. */
export type CustomScheme = v.InferOutput<typeof customSchemeSchema>;

/** Schema of the file in which a scheme travels. */
export const customSchemeFileSchema = v.object({
  format: v.literal('hookbench-scheme'),
  version: v.literal(1),
  scheme: customSchemeSchema,
});

/** A scheme to begin with: an HMAC of the body in one header. */
export const newCustomScheme: CustomScheme = {
  id: 'custom-scheme',
  name: 'My scheme',
  algorithm: 'hmac-sha256',
  encoding: 'hex',
  secretType: 'utf8',
  parts: [{ kind: 'body' }],
  signatureHeader: 'X-Signature',
  format: { kind: 'value', prefix: '' },
  timestamp: null,
  idHeader: null,
  idPath: null,
  eventHeader: null,
  eventPath: null,
};

/** Why the parts do not fit together, a sentence that names the field; null when they do. */
export function schemeProblem(scheme: CustomScheme): { readonly field: string; readonly message: string } | null {
  const uses = (kind: CustomPart['kind']): boolean => scheme.parts.some((part) => part.kind === kind);
  if (scheme.parts.every((part) => part.kind === 'literal')) {
    return {
      field: 'parts',
      message: 'The recipe signs only fixed text, so every request would have the same signature.',
    };
  }
  if (uses('timestamp') && scheme.timestamp === null) {
    return { field: 'timestamp', message: 'The recipe signs a timestamp, so say where the timestamp stands.' };
  }
  if (scheme.timestamp !== null && scheme.timestamp.header === null && scheme.format.kind !== 'pairs') {
    return { field: 'timestamp', message: 'Name the header of the timestamp, or choose key=value pairs that hold it.' };
  }
  if (scheme.format.kind === 'pairs' && scheme.timestamp === null) {
    return { field: 'timestamp', message: 'Key=value pairs hold a timestamp, so say which unit it has.' };
  }
  if (uses('id') && scheme.idHeader === null) {
    return { field: 'idHeader', message: 'The recipe signs the message id, so name the header that carries it.' };
  }
  return null;
}

const byScheme = new WeakMap<CustomScheme, ProviderDefinition>();

/** The scheme as a provider. The same object gives the same provider, so that what is derived from it is found again. */
export function customProvider(scheme: CustomScheme): ProviderDefinition {
  let provider = byScheme.get(scheme);
  if (provider === undefined) byScheme.set(scheme, (provider = toProvider(scheme)));
  return provider;
}

function toProvider(scheme: CustomScheme): ProviderDefinition {
  const isPair = !scheme.algorithm.startsWith('hmac-');
  return defineProvider({
    id: scheme.id,
    name: scheme.name,
    docsUrl: '',
    detect: [],
    schemes: [recipeScheme(scheme, isPair)],
    deliveryId: [...headerSource(scheme.idHeader), ...jsonSource(scheme.idPath)],
    eventType: [...headerSource(scheme.eventHeader), ...jsonSource(scheme.eventPath)],
    headers: [
      ['Content-Type', 'application/json'],
      ...(scheme.eventHeader === null ? [] : [[scheme.eventHeader, '{{event}}'] as const]),
      ...(scheme.idHeader === null ? [] : [[scheme.idHeader, '{{id}}'] as const]),
    ],
    secretForm: isPair
      ? { kind: 'key-pair', pair: pairs[scheme.algorithm] ?? 'ed25519' }
      : { prefix: '', encoding: 'hex' },
    secretHint: isPair ? 'The public key in PEM; a private key in PEM also signs' : hints[scheme.secretType],
    samples: [
      {
        name: 'test.event',
        contentType: 'application/json',
        body: '{\n  "type": "test.event",\n  "id": "{{uuid}}",\n  "createdAt": "{{now}}"\n}',
      },
    ],
    retry: null,
  });
}

const pairs: Readonly<Partial<Record<CustomScheme['algorithm'], 'ed25519' | 'ec-p256' | 'rsa-2048'>>> = {
  ed25519: 'ed25519',
  'ecdsa-p256': 'ec-p256',
  'rsa-sha256': 'rsa-2048',
};

const hints: Readonly<Record<CustomScheme['secretType'], string>> = {
  utf8: 'The shared secret, as text',
  hex: 'The shared key in hexadecimal digits',
  whsec: 'whsec_ and the shared key in base64',
  base64: 'The shared key in base64',
};

const algorithms: Readonly<Record<CustomScheme['algorithm'], RecipeScheme['algorithm']>> = {
  'hmac-sha256': { kind: 'hmac', hash: 'sha256' },
  'hmac-sha1': { kind: 'hmac', hash: 'sha1' },
  'hmac-sha512': { kind: 'hmac', hash: 'sha512' },
  ed25519: { kind: 'ed25519' },
  'ecdsa-p256': { kind: 'ecdsa' },
  'rsa-sha256': { kind: 'rsa', hash: 'sha256' },
};

function recipeScheme(scheme: CustomScheme, isPair: boolean): RecipeScheme {
  const { timestamp, idHeader } = scheme;
  return {
    id: scheme.id,
    algorithm: algorithms[scheme.algorithm],
    encoding: scheme.encoding,
    secretType: isPair ? 'spki-pem' : scheme.secretType === 'base64' ? 'hmac-base64' : scheme.secretType,
    recipe: scheme.parts satisfies readonly RecipePart[],
    ...caveatOf(scheme),
    signatureHeaders: [scheme.signatureHeader],
    format: scheme.format,
    ...(idHeader === null ? {} : { idHeaders: [idHeader] }),
    ...(timestamp === null
      ? {}
      : {
          timestamp: {
            ...(timestamp.header === null ? {} : { headers: [timestamp.header] }),
            unit: timestamp.unit,
            toleranceSeconds: timestamp.toleranceSeconds,
            direction: 'both' as const,
            signed: scheme.parts.some(({ kind }) => kind === 'timestamp'),
          },
        }),
  };
}

/** What the recipe leaves open to change. */
function caveatOf({ parts }: CustomScheme): { readonly caveat?: string } {
  if (parts.some(({ kind }) => kind === 'body' || kind === 'body-hash' || kind === 'form')) return {};
  const values = parts.flatMap((part) => (part.kind === 'json' ? [part.path] : []));
  return {
    caveat:
      values.length > 0
        ? `Of the body only ${values.join(', ')} is signed: everything else in it can be changed unseen.`
        : 'The body is not signed: it can be changed unseen.',
  };
}

function headerSource(header: string | null): ValueSource[] {
  return header === null ? [] : [{ from: 'header', name: header }];
}

function jsonSource(at: string | null): ValueSource[] {
  return at === null ? [] : [{ from: 'json', path: at }];
}
