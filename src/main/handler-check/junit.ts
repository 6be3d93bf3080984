// A report as JUnit XML, which build servers read. Names and sentences may hold anything: everything is escaped, and
// characters that XML 1.0 forbids, or that could move a terminal's cursor, are written as visible escapes.

import type { CaseResult, CheckReport } from './result.ts';

/** The report as an XML document with one suite. Skipped cases are `skipped`, failed ones `failure` with the fault as type. */
export function toJUnit(report: CheckReport, suiteName: string): string {
  const { results, failed, skipped } = report;
  const name = attribute('name', suiteName);
  const counts = `tests="${results.length}" failures="${failed}" errors="0" skipped="${skipped}"`;
  const time = `time="${seconds(results.reduce((sum, { ms }) => sum + ms, 0))}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${name} ${counts} ${time}>`,
    `  <testsuite ${name} ${counts} ${time}>`,
    ...results.map((result) => testCase(result, suiteName)),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function testCase(result: CaseResult, suiteName: string): string {
  const { name, ms, pass, skipped } = result;
  const head = `    <testcase ${attribute('classname', suiteName)} ${attribute('name', name)} time="${seconds(ms)}"`;
  if (pass) return `${head}/>`;
  const inner =
    skipped === undefined
      ? `<failure ${attribute('message', result.message)} ${attribute('type', result.fault ?? 'failed')}>${escape(details(result))}</failure>`
      : `<skipped ${attribute('message', skipped)}/>`;
  return `${head}>\n      ${inner}\n    </testcase>`;
}

function details({ title, sent, expected, status, message }: CaseResult): string {
  return `${title}. Sent: ${sent} Expected: ${expected}. Status: ${status ?? 'none'}. ${message}`;
}

function attribute(name: string, value: string): string {
  return `${name}="${escape(value)}"`;
}

const named: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Control characters, bidirectional controls, halves of surrogate pairs and non-characters. */
const unfit =
  /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

function escape(text: string): string {
  return text
    .replace(unfit, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replace(/[&<>"']/g, (character) => named[character] as string);
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(3);
}
