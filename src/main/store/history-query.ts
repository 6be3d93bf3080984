// Looks the terms of a query up: what SQLite can decide from the slim rows becomes a condition with bound parameters,
// the rest (words, headers, bodies) is tested row by row, newest first, in pages.

import { parseQuery, wildcardMatches } from '../../shared/query.ts';
import type { QueryMatch, QueryTerm } from '../../shared/query.ts';
import { bodyContains, bodyHas } from './body-search.ts';
import { readHeaders, selectRequests } from './history-rows.ts';
import type { Connection, Row, SqlValue } from './sqlite.ts';

/** Most rows that a scan holds at a time. */
const maxPageRows = 256;

/** A query, ready to be run. */
export interface Filter {
  /** Conditions joined by AND; made of fixed pieces only. */
  readonly where: string;
  readonly values: readonly SqlValue[];
  /** What is left to test for each row; empty when SQLite decides alone. */
  readonly tests: readonly ((row: Row) => boolean)[];
}

/** Parses and translates a query. `now` in epoch ms. Throws AppError CONFIG_QUERY. */
export function compileFilter(connection: Connection, query: string, now: number): Filter {
  const where: string[] = [];
  const values: SqlValue[] = [];
  const tests: ((row: Row) => boolean)[] = [];
  for (const term of parseQuery(query, now)) {
    const condition = toCondition(term);
    if (condition) {
      where.push(term.negated ? `NOT (${condition.sql})` : condition.sql);
      values.push(...condition.values);
    } else {
      const test = toTest(connection, term);
      tests.push((row) => test(row) !== term.negated);
    }
  }
  return { where: where.length > 0 ? where.join(' AND ') : '1', values, tests };
}

/**
 * Rows that match, newest first, with numbers below `belowSeq`; about `wanted` of them are read at a time. `onRow` is
 * told each number that was looked at by slow tests, and stops the scan by returning false.
 */
export function* scan(
  connection: Connection,
  filter: Filter,
  belowSeq: number,
  wanted: number,
  onRow: (seq: number) => boolean,
): Generator<Row, void, undefined> {
  const pageRows = Math.min(wanted, maxPageRows);
  const sql = `${selectRequests} WHERE seq < ? AND ${filter.where} ORDER BY seq DESC LIMIT ${pageRows}`;
  let below = belowSeq;
  for (;;) {
    const page = connection.allOnce(sql, [below, ...filter.values]);
    for (const row of page) {
      below = row['seq'] as number;
      if (filter.tests.every((test) => test(row))) yield row;
      if (filter.tests.length > 0 && !onRow(below)) return;
    }
    if (page.length < pageRows) return;
  }
}

interface Condition {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

const textColumns = {
  endpoint: ['endpoint'],
  provider: ['provider'],
  event: ['event'],
  method: ['method'],
  id: ['id', 'delivery_id'],
} as const;
const enumColumns = { verdict: 'verdict_status', duplicate: 'duplicate_kind' } as const;
const rangeColumns = { status: 'reply_status', size: 'size', receivedAt: 'received_at' } as const;

/** Null when SQLite cannot decide it. An absent value counts as empty text, so that negation holds for it too. */
function toCondition(term: QueryMatch): Condition | null {
  switch (term.kind) {
    case 'text': {
      const pattern = likePattern(term.pattern, '');
      const columns = textColumns[term.field];
      return { sql: `(${columns.map((column) => like(column)).join(' OR ')})`, values: columns.map(() => pattern) };
    }
    case 'path':
      return { sql: like('target'), values: [likePattern(term.text, '%')] };
    case 'oneOf':
      return { sql: `${enumColumns[term.field]} IN (${term.values.map(() => '?').join(', ')})`, values: term.values };
    case 'range':
      return { sql: `ifnull(${rangeColumns[term.field]}, -1) BETWEEN ? AND ?`, values: [term.min, term.max] };
    case 'pinned':
      // Nothing can be pinned or annotated yet.
      return { sql: term.value ? '0' : '1', values: [] };
    case 'note':
      return { sql: '0', values: [] };
    default:
      return null;
  }
}

function like(column: string): string {
  return `ifnull(${column}, '') LIKE ? ESCAPE '\\'`;
}

/** A LIKE pattern in which only `*` is special, with `around` on both sides. */
function likePattern(text: string, around: string): string {
  return around + text.replace(/[\\%_]/g, '\\$&').replaceAll('*', '%') + around;
}

function toTest(connection: Connection, term: QueryTerm): (row: Row) => boolean {
  switch (term.kind) {
    case 'word':
      return (row) => rowContains(connection, row, term.text);
    case 'header':
      return (row) =>
        readHeaders(connection, row['seq'] as number).headers.some(
          ([name, value]) => name.toLowerCase() === term.name && value.toLowerCase().includes(term.text),
        );
    case 'body':
      return (row) =>
        bodyHas(connection, row, term.path, (value) => term.pattern === '' || wildcardMatches(term.pattern, value));
    default:
      return () => false;
  }
}

/** Substring of target, event, delivery id, id, headers or body, case ignored; `text` is lower-case. */
function rowContains(connection: Connection, row: Row, text: string): boolean {
  for (const column of ['target', 'event', 'delivery_id', 'id']) {
    const value = row[column];
    if (typeof value === 'string' && value.toLowerCase().includes(text)) return true;
  }
  const { headers, trailers } = readHeaders(connection, row['seq'] as number);
  for (const [name, value] of [...headers, ...trailers])
    if (`${name}: ${value}`.toLowerCase().includes(text)) return true;
  return bodyContains(connection, row, text);
}
