// Looks the terms of a query up: what SQLite can decide from the slim rows becomes a condition with bound parameters,
// the rest (words, headers, bodies) is tested row by row, newest first, in pages.

import { parseQuery, wildcardMatches } from '../../shared/query.ts';
import type { QueryMatch, QueryTerm } from '../../shared/query.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import { bodyContains, bodyHas, bodyHeadBytes } from './body-search.ts';
import { selectRequest, selectRequests } from './history-rows.ts';
import { partsPerRequest } from './history-schema.ts';
import type { Connection, Row, SqlValue } from './sqlite.ts';

// Most rows that a scan holds at a time, without and with the beginnings of their bodies.
const plainPageRows = 256;
const testedPageRows = 64;
/** Numbers that SQLite goes through before a slow scan can be stopped: some ten milliseconds. */
const windowRows = 4_096;
/** What the tests look at: of the body, the first bytes. */
const selectTested =
  'SELECT seq, id, target, event, delivery_id, stored_size, headers, trailers, ' +
  `substr(body, 1, ${bodyHeadBytes}) AS head FROM requests LEFT JOIN parts ON parts.key = requests.seq * ${partsPerRequest}`;

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
      const likely = toPrefilter(term);
      if (likely) {
        where.push(likely.sql);
        values.push(...likely.values);
      }
    }
  }
  return { where: where.length > 0 ? where.join(' AND ') : '1', values, tests };
}

/**
 * Rows that match, newest first, with numbers below `belowSeq`; about `wanted` of them are read at a time. `onProgress`
 * is told how far down slow tests have looked, and stops the scan by returning false.
 */
export function scan(
  connection: Connection,
  filter: Filter,
  belowSeq: number,
  wanted: number,
  onProgress: (lowestSeq: number) => boolean,
): Generator<Row, void, undefined> {
  return filter.tests.length === 0
    ? scanPlain(connection, filter, belowSeq, Math.min(wanted, plainPageRows))
    : scanTested(connection, filter, belowSeq, onProgress);
}

function* scanPlain(
  connection: Connection,
  filter: Filter,
  belowSeq: number,
  pageRows: number,
): Generator<Row, void, undefined> {
  const sql = `${selectRequests} WHERE seq < ? AND ${filter.where} ORDER BY seq DESC LIMIT ${pageRows}`;
  let below = belowSeq;
  for (;;) {
    const page = connection.allOnce(sql, [below, ...filter.values]);
    yield* page;
    if (page.length < pageRows) return;
    below = page.at(-1)?.['seq'] as number;
  }
}

/** Goes down in windows of numbers, so that it can be stopped even where nothing matches. */
function* scanTested(
  connection: Connection,
  filter: Filter,
  belowSeq: number,
  onProgress: (lowestSeq: number) => boolean,
): Generator<Row, void, undefined> {
  const sql = `${selectTested} WHERE seq < ? AND seq >= ? AND ${filter.where} ORDER BY seq DESC LIMIT ${testedPageRows}`;
  const ends = connection.get('SELECT min(seq) AS lowest, max(seq) AS highest FROM requests');
  const lowest = Number(ends?.['lowest'] ?? 0);
  let below = Math.min(belowSeq, Number(ends?.['highest'] ?? 0) + 1);
  while (below > lowest) {
    const floor = Math.max(lowest, below - windowRows);
    const page = connection.allOnce(sql, [below, floor, ...filter.values]);
    for (const row of page) {
      below = row['seq'] as number;
      const found = filter.tests.every((test) => test(row)) ? connection.get(selectRequest, below) : undefined;
      if (found) yield found;
      if (!onProgress(below)) return;
    }
    if (page.length < testedPageRows) {
      below = floor;
      if (!onProgress(below)) return;
    }
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
/** The mark's place in a row's `rest`, see history-rows.ts. What is no JSON counts as not pulled, and stops no search. */
const pulledMark = "CASE WHEN json_valid(rest) THEN ifnull(json_extract(rest, '$[8]'), 0) = 1 ELSE 0 END";
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
      return { sql: `seq ${term.value ? '' : 'NOT '}IN (SELECT seq FROM marks WHERE pinned = 1)`, values: [] };
    case 'pulled':
      return { sql: term.value ? pulledMark : `NOT (${pulledMark})`, values: [] };
    case 'note':
      return {
        sql: `seq IN (SELECT seq FROM marks WHERE folded LIKE ? ESCAPE '\\')`,
        values: [likePattern(term.text, '%')],
      };
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

/** A condition that holds for all rows that a word can match, and for few others: it spares them the way to here. */
function toPrefilter(term: QueryTerm): Condition | null {
  // Plain ASCII stands in JSON as it is; a colon may stand between a header's name and its value, where JSON has more.
  if (term.kind !== 'word' || term.negated || !/^[ -~]+$/.test(term.text) || /["\\:]/.test(term.text)) return null;
  const texts = ['target', 'event', 'delivery_id', 'id', 'headers', 'trailers', 'head'];
  const conditions = texts.map((text) => `instr(lower(ifnull(${text}, '')), ?)`);
  return { sql: `(stored_size > ${bodyHeadBytes} OR ${conditions.join(' OR ')})`, values: texts.map(() => term.text) };
}

function toTest(connection: Connection, term: QueryTerm): (row: Row) => boolean {
  switch (term.kind) {
    case 'word':
      return (row) => rowContains(connection, row, term.text);
    case 'header':
      return (row) =>
        headersOf(row).some(
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
  if (headersOf(row).some(([name, value]) => `${name}: ${value}`.toLowerCase().includes(text))) return true;
  return bodyContains(connection, row, text);
}

function headersOf(row: Row): HeaderPair[] {
  return ['headers', 'trailers'].flatMap(
    (column) => JSON.parse((row[column] as string | null) ?? '[]') as HeaderPair[],
  );
}
