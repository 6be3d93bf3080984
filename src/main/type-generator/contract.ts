// What goes into the type generator. Plain data, since it crosses to a thread of its own.

import type { TypeLanguage } from '../../shared/generated-types.ts';

/** Bodies of one event. */
export interface TypeJob {
  readonly language: TypeLanguage;
  /** An identifier. */
  readonly name: string;
  readonly samples: readonly { readonly id: string; readonly body: Uint8Array }[];
}
