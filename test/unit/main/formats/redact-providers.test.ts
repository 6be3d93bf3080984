// What a provider sends as a shared secret never leaves in a default export, whether it is stored here or not.

import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../../../src/main/formats/redact.ts';
import type { HeaderPair } from '../../../../src/shared/headers.ts';
import { allVectors } from '../../../support/vectors.ts';
import { schemeCases, signCase } from '../signatures/cases.ts';

const redactor = createRedactor({ secrets: [], key: Buffer.alloc(32, 1) });

function exported(headers: readonly HeaderPair[], body: Uint8Array, target: string): string {
  return [
    JSON.stringify(redactor.headers(headers)),
    Buffer.from(redactor.body(body, headers)).toString(),
    redactor.text(target),
  ].join('\n');
}

describe('default exports', () => {
  it.each(schemeCases.filter(({ scheme }) => scheme.kind === 'token'))('mask the token of $title', (item) => {
    const request = signCase(item);
    const shown = exported(request.headers, request.body, new URL(request.url).pathname + new URL(request.url).search);
    expect(shown).not.toContain(item.signing.value);
  });

  it.each(allVectors.filter(({ kind, provider }) => kind === 'challenge' && ['asana', 'meta'].includes(provider)))(
    'mask the secret of the handshake $id',
    ({ headers, bodyBase64, url }) => {
      const secrets = headers.filter(([name]) => /secret/i.test(name)).map(([, value]) => value);
      const token = new URL(url).searchParams.get('hub.verify_token');
      if (token !== null && token !== 'wrong') secrets.push(token);
      const shown = exported(headers, Buffer.from(bodyBase64, 'base64'), url.replace('https://hooks.example.test', ''));
      for (const secret of secrets) expect(shown).not.toContain(secret);
    },
  );
});
