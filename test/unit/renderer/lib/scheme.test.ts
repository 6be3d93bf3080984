import { describe, expect, it } from 'vitest';
import { readEscapes, writeEscapes } from '../../../../src/renderer/lib/escapes.ts';
import { messageAt } from '../../../../src/renderer/lib/field-error.ts';
import { schemeFileProblem, writeSchemeFile } from '../../../../src/renderer/lib/scheme-file.ts';
import {
  formOfScheme,
  newPart,
  newSchemeForm,
  schemeId,
  schemeOfForm,
  schemeProblems,
} from '../../../../src/renderer/lib/scheme-form.ts';
import type { SchemeForm } from '../../../../src/renderer/lib/scheme-form.ts';
import { schemeUsers } from '../../../../src/renderer/lib/scheme-users.ts';
import { exampleHeaders, partsInWords } from '../../../../src/renderer/lib/scheme-words.ts';
import type { CustomScheme } from '../../../../src/shared/custom-scheme.ts';
import { scheme } from '../samples.ts';

const everyPart: CustomScheme['parts'] = [
  { kind: 'method' },
  { kind: 'literal', text: '\n' },
  { kind: 'url' },
  { kind: 'path' },
  { kind: 'timestamp' },
  { kind: 'id' },
  { kind: 'header', name: 'X-A' },
  { kind: 'json', path: 'data.id' },
  { kind: 'form' },
  { kind: 'body-hash', hash: 'md5', encoding: 'base64' },
  { kind: 'body' },
];
const full = scheme('custom-full', {
  algorithm: 'hmac-sha512',
  encoding: 'base64',
  secretType: 'hex',
  parts: everyPart,
  format: { kind: 'value', prefix: 'sha512=' },
  timestamp: { header: 'X-Time', unit: 'iso', toleranceSeconds: null },
  idHeader: 'X-Id',
  idPath: 'id',
  eventHeader: 'X-Event',
  eventPath: 'type',
});

describe('the form of a scheme', () => {
  it.each([scheme('custom-a'), full])('gives $id back as it was', (given) => {
    expect(schemeProblems(given)).toEqual([]);
    expect(schemeOfForm(formOfScheme(given), given.id)).toEqual(given);
  });

  it('keeps what another choice hides', () => {
    const form: SchemeForm = { ...formOfScheme(full), format: 'pairs', timestampPlace: 'pairs' };
    expect(schemeOfForm(form, full.id)).toMatchObject({
      format: { kind: 'pairs', separator: ',', timestampKey: 't', signatureKey: 'v1' },
      timestamp: { header: null },
    });
    expect(schemeOfForm({ ...form, format: 'value', timestampPlace: 'header' }, full.id)).toEqual(full);
  });

  it('needs only a name at first', () => {
    const fields = (form: SchemeForm) => schemeProblems(schemeOfForm(form, 'custom-x')).map(({ field }) => field);
    expect(fields(newSchemeForm)).toEqual(['name']);
    expect(fields({ ...newSchemeForm, name: 'Acme' })).toEqual([]);
  });

  it('names the field that is wrong', () => {
    const form: SchemeForm = {
      ...newSchemeForm,
      name: 'Acme',
      signatureHeader: 'X Acme',
      parts: [newPart, { ...newPart, kind: 'header', name: '' }, { ...newPart, kind: 'timestamp' }],
      timestampPlace: 'header',
      timestampHeader: '',
    };
    const problems = schemeProblems(schemeOfForm(form, 'custom-x'));
    expect(messageAt(problems, 'signatureHeader')).toMatch(/^Must be a header name/);
    expect(messageAt(problems, 'parts.1.name')).toMatch(/^Must be a header name/);
    expect(messageAt(problems, 'timestamp.header')).toMatch(/^Must be a header name/);
    expect(messageAt(problems, 'parts')).toBeNull();
    const empty = schemeProblems(schemeOfForm({ ...form, parts: [], signatureHeader: 'X-A' }, 'custom-x'));
    expect(messageAt(empty, 'parts')).toBe('Must have at least one part');
  });

  it('says what does not fit together beside the field that mends it', () => {
    const signsTime = { ...newSchemeForm, name: 'A', parts: [{ ...newPart, kind: 'timestamp' as const }] };
    expect(schemeProblems(schemeOfForm(signsTime, 'custom-x')).map(({ field }) => field)).toEqual(['timestamp']);
    const signsId = { ...newSchemeForm, name: 'A', parts: [{ ...newPart, kind: 'id' as const }] };
    expect(schemeProblems(schemeOfForm(signsId, 'custom-x')).map(({ field }) => field)).toEqual(['idHeader']);
  });

  it('finds a free id', () => {
    expect(schemeId('Acme Pay!', [])).toBe('custom-acme-pay');
    expect(schemeId('Acme', ['custom-acme', 'custom-acme-2'])).toBe('custom-acme-3');
    expect(schemeId('', [])).toBe('custom-scheme');
    expect(schemeProblems(scheme(schemeId('x'.repeat(100), [])))).toEqual([]);
  });
});

describe('escapes', () => {
  it.each(['.', '\n', 'a\tb\r\n', '\\n', 'C:\\x', '\\'])('come back from the field: %j', (text) => {
    expect(readEscapes(writeEscapes(text))).toBe(text);
  });

  it('leave a backslash alone that begins none', () => expect(readEscapes('\\d\\')).toBe('\\d\\'));
});

describe('a scheme in words', () => {
  it('says what is joined', () => {
    expect(partsInWords(scheme('custom-a').parts)).toBe('timestamp + "." + body');
    expect(partsInWords(everyPart)).toBe(
      'method + "\\n" + url + path and query + timestamp + id + header X-A + body’s data.id + form fields, sorted + ' +
        'MD5 of body in base64 + body',
    );
    expect(partsInWords([])).toBe('nothing yet');
  });

  it('shows the headers of a request', () => {
    expect(exampleHeaders(scheme('custom-a'))).toEqual([['X-Acme-Signature', 't=1767225600,v1=9f86d081…']]);
    expect(exampleHeaders(full)).toEqual([
      ['X-Event', 'order.created'],
      ['X-Id', 'msg_1'],
      ['X-Time', '2026-01-01T00:00:00.000Z'],
      ['X-Acme-Signature', 'sha512=n4bQgYhM…='],
    ]);
  });
});

describe('the file of a scheme', () => {
  it('is what can be imported', () => {
    const text = writeSchemeFile(full);
    expect(JSON.parse(text)).toEqual({ format: 'hookbench-scheme', version: 1, scheme: full });
    expect(schemeFileProblem(text)).toBeNull();
  });

  it.each([
    ['', /Paste/],
    ['{\n  "format": hookbench\n}', /line 2, column 13/],
    ['{"format":"other"}', /^format: /],
    [writeSchemeFile(scheme('custom-a', { parts: [{ kind: 'header', name: 'a b' }] })), /^scheme\.parts\.0\.name: /],
    [writeSchemeFile(scheme('custom-a', { timestamp: null })), /^scheme\.timestamp: /],
    ['[]', /./],
  ])('says where it is wrong: %j', (text, words) => expect(schemeFileProblem(text)).toMatch(words));
});

describe('schemeUsers', () => {
  it('lists endpoints and targets', () => {
    const user = (id: string, provider: string | null) => ({ id, name: id.toUpperCase(), provider });
    expect(
      schemeUsers(
        'custom-a',
        [user('e', 'custom-a'), user('f', null)],
        [{ ...user('t', 'custom-a'), provider: 'custom-a' }],
      ),
    ).toEqual([
      { view: 'endpoint', id: 'e', name: 'E' },
      { view: 'target', id: 't', name: 'T' },
    ]);
  });
});
