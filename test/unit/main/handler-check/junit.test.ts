// JUnit files are read by an XML grammar that this project did not write, and by a strict look at what XML 1.0 allows.

import { xmlLanguage } from '@codemirror/lang-xml';
import { describe, expect, it } from 'vitest';
import { toJUnit } from '../../../../src/main/handler-check/junit.ts';
import type { CaseResult, CheckReport } from '../../../../src/main/handler-check/result.ts';

const row: CaseResult = {
  name: 'valid',
  title: 'Valid request',
  sent: 'A new event, rightly signed.',
  expected: 'accept',
  status: 200,
  ms: 12,
  pass: true,
  message: 'HTTP 200: accepted.',
};
const reportOf = (...results: CaseResult[]): CheckReport => ({
  results,
  passed: results.filter(({ pass }) => pass).length,
  failed: results.filter(({ pass, skipped }) => !pass && skipped === undefined).length,
  skipped: results.filter(({ skipped }) => skipped !== undefined).length,
});

interface Element {
  readonly name: string;
  readonly attributes: Record<string, string>;
  text: string;
  readonly children: Element[];
}

const entities: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&apos;': "'" };
const decode = (text: string): string => text.replace(/&\w+;/g, (entity) => entities[entity] ?? '?');

/** The document as a tree; throws for anything that is not well-formed. */
function parse(xml: string): Element {
  if (/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(xml)) throw new Error('not an XML character');
  const root: Element = { name: '', attributes: {}, text: '', children: [] };
  const open = [root];
  let attribute = '';
  xmlLanguage.parser.parse(xml).iterate({
    enter({ name, type, from, to, node }) {
      const text = xml.slice(from, to);
      const top = open.at(-1) as Element;
      if (type.isError || name.startsWith('Mismatched') || name === 'MissingCloseTag') throw new Error(`${name} at ${from}`); // prettier-ignore
      if (name === 'Element') open.push({ name: '', attributes: {}, text: '', children: [] });
      else if (name === 'TagName') Object.assign(top, { name: text });
      else if (name === 'AttributeName') attribute = text;
      else if (name === 'AttributeValue') {
        if (/[<\n\t]/.test(text) || attribute in top.attributes) throw new Error(`attribute ${attribute}`);
        top.attributes[attribute] = decode(text.slice(1, -1));
      } else if (name === 'Text' || (name === 'EntityReference' && node.parent?.name === 'Element')) {
        top.text += decode(text);
      }
    },
    leave({ name }) {
      if (name === 'Element') open.at(-2)?.children.push(open.pop() as Element);
    },
  });
  expect(open).toHaveLength(1);
  expect(root.children).toHaveLength(1);
  return root.children[0] as Element;
}

describe('a report as JUnit', () => {
  it('has one suite with counts, times and every case', () => {
    const failure: CaseResult = { ...row, name: 'no-signature', expected: 'reject', pass: false, fault: 'no-signature-check', message: 'HTTP 200: accepted where it should be refused.' }; // prettier-ignore
    const skip: CaseResult = { ...row, name: 'old-timestamp', status: null, ms: 0, pass: false, skipped: 'No time stamp.', message: 'No time stamp.' }; // prettier-ignore
    const suites = parse(toJUnit(reportOf(row, failure, { ...failure, name: 'x' }, skip), 'my handler'));
    const counts = { name: 'my handler', tests: '4', failures: '2', errors: '0', skipped: '1', time: '0.036' };
    expect(suites).toMatchObject({ name: 'testsuites', attributes: counts });
    const suite = suites.children[0] as Element;
    expect(suite).toMatchObject({ name: 'testsuite', attributes: counts });
    expect(suite.children.map(({ name, attributes }) => [name, attributes['name']])).toEqual([
      ['testcase', 'valid'],
      ['testcase', 'no-signature'],
      ['testcase', 'x'],
      ['testcase', 'old-timestamp'],
    ]);
    expect(suite.children[0]).toMatchObject({ children: [], attributes: { classname: 'my handler', time: '0.012' } });
    const [first] = suite.children[1]?.children ?? [];
    expect(first).toMatchObject({
      name: 'failure',
      attributes: { type: 'no-signature-check', message: 'HTTP 200: accepted where it should be refused.' },
    });
    expect(first?.text).toContain('Sent: A new event, rightly signed. Expected: reject. Status: 200.');
    expect(suite.children[3]?.children).toMatchObject([{ name: 'skipped', attributes: { message: 'No time stamp.' } }]);
  });

  it('escapes whatever stands in names and sentences', () => {
    const bad = `<a b="c">&amp;]]>'--\u0000\u0007\u001b[2J\u009b\r\n\t\u202e\ud800 \udc00\ufffe 😀 ü <!DOCTYPE x>`;
    const shown = `<a b="c">&amp;]]>'--\\u0000\\u0007\\u001b[2J\\u009b\\u000d\\u000a\\u0009\\u202e\\ud800 \\udc00\\ufffe 😀 ü <!DOCTYPE x>`;
    const xml = toJUnit(reportOf({ ...row, name: bad, title: bad, sent: bad, message: bad, pass: false }), bad);
    const suites = parse(xml);
    const one = suites.children[0]?.children[0];
    expect(suites.attributes['name']).toBe(shown);
    expect(one?.attributes).toMatchObject({ name: shown, classname: shown });
    expect(one?.children[0]?.attributes).toEqual({ message: shown, type: 'failed' });
    expect(one?.children[0]?.text).toContain(shown);
    expect(xml).not.toContain('<!DOCTYPE');
  });

  it('may be empty', () => {
    expect(parse(toJUnit(reportOf(), '')).attributes).toMatchObject({ tests: '0', name: '' });
  });
});

it('the reader of this test sees what is wrong', () => {
  for (const xml of ['<a>', '<a></b>', '<a b="<"/>', '<a b="1" b="2"/>', '<a>\u0001</a>', '<a>&</a>']) {
    expect(() => parse(xml), xml).toThrow(/ at \d|attribute|not an XML character/);
  }
});
