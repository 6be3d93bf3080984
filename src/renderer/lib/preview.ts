// What is known of a message that is not sent yet. Between the hook that asks the host and the card that shows it.

import type { CommandOutput } from '../../shared/contract.ts';
import type { ErrorValue } from '../../shared/errors.ts';

/** State of a preview. */
export type Preview =
  | { readonly kind: 'waiting'; readonly why: string }
  | { readonly kind: 'ready'; readonly value: CommandOutput<'compose.preview'> }
  | { readonly kind: 'failed'; readonly error: ErrorValue };
