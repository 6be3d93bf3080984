// The handlers for own signature schemes and for test key pairs.

import * as v from 'valibot';
import type { CommandHandlers } from '../shared/contract.ts';
import { customProvider, customSchemeFileSchema, schemeProblem } from '../shared/custom-scheme.ts';
import type { CustomScheme } from '../shared/custom-scheme.ts';
import { AppError } from '../shared/errors.ts';
import type { ProviderDefinition } from '../shared/providers/define.ts';
import { findDefinition } from '../shared/providers/index.ts';
import type { Parts } from './host-parts.ts';
import { checkInput } from './pipeline/check-input.ts';
import { newKeyPair, publicFormOf } from './signatures/key-pair.ts';
import { explain, verify } from './signatures/verify.ts';
import type { SecretValue } from './signatures/verify.ts';

/** What the handlers work on. */
interface SchemeHandlerContext {
  readonly parts: Parts;
  readonly workspaceChanged: () => void;
  readonly secretsChanged: () => void;
}

type SchemeCommand =
  'schemes.save' | 'schemes.remove' | 'schemes.test' | 'schemes.import' | 'secrets.makeKeyPair' | 'secrets.publicKey';

/** Builds the handlers. They throw AppError for operational errors. */
export function createSchemeHandlers({
  parts,
  workspaceChanged,
  secretsChanged,
}: SchemeHandlerContext): Pick<CommandHandlers, SchemeCommand> {
  async function save(scheme: CustomScheme): Promise<void> {
    await parts.workspace.update((data) => ({
      ...data,
      schemes: [...data.schemes.filter(({ id }) => id !== scheme.id), scheme].toSorted((a, b) =>
        a.name.localeCompare(b.name, 'en'),
      ),
    }));
    workspaceChanged();
  }

  return {
    async 'schemes.save'(scheme) {
      checkScheme(scheme);
      await save(scheme);
      return null;
    },
    async 'schemes.remove'({ id }) {
      const { endpoints, targets } = parts.workspace.data;
      const user = [...endpoints, ...targets].find(({ provider }) => provider === id);
      if (user) {
        throw new AppError('CONFIG_INVALID', `"${user.name}" uses this scheme; choose another one there first.`);
      }
      await parts.workspace.update((data) => ({ ...data, schemes: data.schemes.filter((other) => other.id !== id) }));
      workspaceChanged();
      return null;
    },
    'schemes.test'({ scheme, requestId, secretNames }) {
      checkScheme(scheme);
      const stored = parts.history.get(requestId);
      if (!stored) throw new AppError('STORE_NOT_FOUND', `There is no request ${requestId}.`);
      const body = parts.history.readBody(requestId) ?? new Uint8Array();
      const input = checkInput(
        { ...stored, body },
        {
          endpoint: parts.endpoint(stored.endpoint),
          provider: scheme.id,
          definition: customProvider(scheme),
          secrets: secretNames.map((name) => secretNamed(parts, name)),
          now: stored.receivedAt,
        },
      );
      // The endpoint's tolerance belongs to its own scheme.
      const own = { ...input, toleranceSeconds: undefined };
      return { verdict: verify(own), signature: explain(own) };
    },
    async 'schemes.import'({ text }) {
      const scheme = withFreeId(readSchemeFile(text), parts.workspace.data.schemes);
      await save(scheme);
      return scheme;
    },
    async 'secrets.makeKeyPair'({ name, provider }) {
      const definition = definitionOf(parts, provider);
      const secret = await newKeyPair(definition, parts.clock.now());
      if (secret === null) {
        const message = `${definition.name} signs with a shared secret, not with a key pair.`;
        throw new AppError('CONFIG_INVALID', message, { field: 'provider' });
      }
      if (parts.secrets.has(name)) {
        throw new AppError('CONFIG_INVALID', `There is a secret named "${name}" already.`, { field: 'name' });
      }
      await parts.setSecret(name, secret, provider);
      secretsChanged();
      const form = publicForm(definition, secret);
      if (form === null) throw new Error('a new key pair has no public half');
      return form;
    },
    'secrets.publicKey': ({ name, provider }) =>
      publicForm(definitionOf(parts, provider), secretNamed(parts, name).value),
  };
}

function publicForm(definition: ProviderDefinition, secret: string): ReturnType<typeof publicFormOf> {
  return publicFormOf(secret, definition.schemes[0]?.secretType ?? 'spki-pem');
}

function definitionOf(parts: Parts, provider: string): ProviderDefinition {
  const definition = findDefinition(provider, parts.definition);
  if (definition) return definition;
  throw new AppError('CONFIG_UNKNOWN_PROVIDER', `"${provider}" is not a known provider.`, { field: 'provider' });
}

function secretNamed(parts: Parts, name: string): SecretValue {
  const secret = parts.secretValue(name);
  if (secret) return secret;
  throw new AppError('SECRET_UNAVAILABLE', `There is no secret named "${name}", or it cannot be opened here.`);
}

function checkScheme(scheme: CustomScheme): void {
  const problem = schemeProblem(scheme);
  if (problem) throw new AppError('CONFIG_INVALID', problem.message, { field: problem.field });
}

/** The scheme in the text of a scheme file. Throws IMPORT_INVALID that names the place. */
export function readSchemeFile(text: string): CustomScheme {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new AppError('IMPORT_INVALID', `This is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const parsed = v.safeParse(customSchemeFileSchema, json);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new AppError('IMPORT_INVALID', `${v.getDotPath(issue) ?? 'The file'}: ${issue.message}`);
  }
  checkScheme(parsed.output.scheme);
  return parsed.output.scheme;
}

/** The scheme under an id that no other scheme has; the same scheme again keeps its id. */
function withFreeId(scheme: CustomScheme, others: readonly CustomScheme[]): CustomScheme {
  const taken = (id: string): boolean =>
    others.some((other) => other.id === id && JSON.stringify(other) !== JSON.stringify(scheme));
  if (!taken(scheme.id)) return scheme;
  for (let n = 2; ; n += 1) {
    const id = `${scheme.id.slice(0, 52)}-${n}`;
    if (!others.some((other) => other.id === id)) return { ...scheme, id };
  }
}
