// The secret of `send` and `replay`: it must outlive the command, because a later attempt signs again.

import type { Draft } from '../../shared/delivery.ts';
import type { ProviderDefinition } from '../../shared/providers/define.ts';
import { storableSecret } from '../host-offline.ts';
import { text } from './context.ts';
import type { CommandRun } from './context.ts';
import { naming, readSecrets } from './inputs.ts';

/**
 * The secret that signs, as the text that is kept, or null when none is given. Throws SECRET_MALFORMED for one that
 * cannot sign, and CONFIG_INVALID for one that its text alone does not give; both name the option.
 */
export function readKeptSecret(run: CommandRun, provider: ProviderDefinition): Draft['secret'] {
  const secrets = readSecrets(run.options, run.env);
  if (secrets.length === 0) return null;
  const kept = naming(run.options, () => storableSecret(secrets, provider, text(run, 'scheme')));
  run.output.note(
    'The secret is kept in the data folder (secrets.json, readable only by you) until the last delivery that needs it is done.',
  );
  if (kept.note !== undefined) run.output.note(kept.note);
  return { value: kept.text };
}
