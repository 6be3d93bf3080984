// Every provider, scheme and language: code that parses, or a reason. Go is not compiled here, so its imports are judged.

import { goLanguage } from '@codemirror/lang-go';
import { javascriptLanguage } from '@codemirror/lang-javascript';
import { pythonLanguage } from '@codemirror/lang-python';
import { describe, expect, it } from 'vitest';
import { providers } from '../../../../src/shared/providers/index.ts';
import { addressPlaces } from '../../../../src/shared/snippets/places.ts';
import { setupSteps } from '../../../../src/shared/snippets/setup-steps.ts';
import { snippetLanguages } from '../../../../src/shared/snippets/snippet.ts';
import { handlerSnippet } from '../../../../src/shared/snippets/snippets.ts';

const parsers = {
  express: javascriptLanguage,
  fastify: javascriptLanguage,
  next: javascriptLanguage,
  flask: pythonLanguage,
  go: goLanguage,
} as const;

const all = providers.flatMap((provider) =>
  provider.schemes.flatMap(({ id: scheme }) =>
    snippetLanguages.map((language) => ({
      name: `${provider.id} ${scheme} ${language}`,
      language,
      provider,
      snippet: handlerSnippet(provider, language, { scheme }),
    })),
  ),
);

function syntaxErrors(language: keyof typeof parsers, text: string): string[] {
  const errors: string[] = [];
  parsers[language].parser.parse(text).iterate({
    enter({ type, from }) {
      if (type.isError) errors.push(text.slice(Math.max(0, from - 40), from + 20));
    },
  });
  return errors;
}

describe('handler snippets', () => {
  it('exist for every provider, scheme and language, or say why not', () => {
    const reasons = all.filter(({ snippet }) => snippet.kind === 'reason').map(({ name }) => name);
    expect(reasons).toEqual(['rfc9421 http-message-signatures flask', 'rfc9421 http-message-signatures go']);
    for (const { snippet } of all) expect(snippet.text.length).toBeGreaterThan(100);
  });

  it('parse as what they are', () => {
    const wrong = all.flatMap(({ name, language, snippet }) =>
      snippet.kind === 'reason' ? [] : syntaxErrors(language, snippet.text).map((place) => `${name}: ${place}`),
    );
    expect(wrong).toEqual([]);
  });

  it('hold no hole of the generator', () => {
    const holes = /\bundefined\(|\[object|= NaN|\$\{[^}]*\$\{/;
    expect(all.filter(({ snippet }) => holes.test(snippet.text)).map(({ name }) => name)).toEqual([]);
  });

  it('bound the body, compare in constant time, and refuse with 401', () => {
    const bounds = {
      express: "limit: '1mb'",
      fastify: 'bodyLimit',
      next: '1024 * 1024',
      flask: 'MAX_CONTENT_LENGTH',
      go: 'MaxBytesReader',
    };
    for (const { name, language, snippet } of all) {
      if (snippet.kind === 'reason') continue;
      expect(snippet.text, name).toContain(bounds[language]);
      expect(snippet.text, name).toMatch(/timingSafeEqual|compare_digest|ConstantTimeCompare|[vV]erify/);
      expect(snippet.text, name).toMatch(/401|StatusUnauthorized/);
    }
  });

  it('import in Go exactly what is used, and use every local that is declared', () => {
    const wrong: string[] = [];
    for (const { name, language, snippet } of all) {
      if (language !== 'go' || snippet.kind === 'reason') continue;
      const [head = '', ...rest] = snippet.text.split('\n)\n');
      const code = rest.join('\n)\n').replaceAll(/^\s*\/\/.*$/gm, '');
      const imported = [...head.matchAll(/^\t"(?:.*\/)?([a-z0-9]+)"$/gm)].map((match) => match[1] ?? '');
      for (const item of imported) {
        if (!new RegExp(`\\b${item}\\.[A-Z]`).test(code)) wrong.push(`${name}: ${item} is not used`);
      }
      for (const [, item = ''] of code.matchAll(
        /(?<![\w.)\]"])\b(base64|hex|hmac|json|sha1|sha256|subtle|http|strings|strconv|regexp|time|sort|io|log|os|x509|pem|fmt|big|sync|rsa|ecdsa|ed25519)\.[A-Z]/g,
      )) {
        if (!imported.includes(item)) wrong.push(`${name}: ${item} is not imported`);
      }
      for (const body of code.split(/^func /m).slice(1)) {
        for (const [, names = ''] of body.matchAll(/^\s*(?:if |for |switch )?([\w, ]+) := /gm)) {
          for (const local of names.split(', ')) {
            const uses = body.match(new RegExp(`\\b${local}\\b`, 'g'))?.length ?? 0;
            if (local !== '_' && uses < 2) wrong.push(`${name}: ${local} is not used`);
          }
        }
      }
    }
    expect([...new Set(wrong)]).toEqual([]);
  });

  it('name the place for the address of every provider, and no other', () => {
    expect(Object.keys(addressPlaces).toSorted()).toEqual(providers.map(({ id }) => id).toSorted());
    for (const provider of providers) expect(setupSteps(provider).secret.length).toBeGreaterThan(10);
  });
});
