// The scheme of the Standard Webhooks specification (standard-webhooks/standard-webhooks, spec/standard-webhooks.md),
// which many services send under its own header names or the older svix-* ones.

import type { RecipeScheme } from './define.ts';

/**
 * Version 1 (HMAC-SHA256) with these header families, the first of which is written; `changes` say what a service does
 * otherwise.
 */
export function standardWebhooksScheme(
  families: readonly ('webhook' | 'svix')[],
  changes: Partial<RecipeScheme> = {},
): RecipeScheme {
  const headers = (name: string): readonly string[] => families.map((family) => `${family}-${name}`);
  return {
    id: 'standard-webhooks-v1',
    algorithm: { kind: 'hmac', hash: 'sha256' },
    encoding: 'base64',
    secretType: 'whsec',
    recipe: [
      { kind: 'id' },
      { kind: 'literal', text: '.' },
      { kind: 'timestamp' },
      { kind: 'literal', text: '.' },
      { kind: 'body' },
    ],
    signatureHeaders: headers('signature'),
    format: { kind: 'versions', version: 'v1' },
    idHeaders: headers('id'),
    timestamp: {
      headers: headers('timestamp'),
      unit: 'seconds',
      toleranceSeconds: 300,
      direction: 'both',
      signed: true,
    },
    ...changes,
  };
}
