// Looks the terms of a query up: what SQLite can decide from the slim rows becomes a condition with bound parameters,
// the rest (words, headers, bodies) is tested row by row, newest first, in pages; where there is a full-text index it
// says which rows are worth a test.

import { parseQuery, wildcardMatches } from '../../shared/query.ts';
import type { QueryMatch, QueryTerm } from '../../shared/query.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import { bodyContains, bodyHas, bodyHeadBytes } from './body-search.ts';
import { selectRequest, selectRequests } from './history-rows.ts';
import { partsPerRequest } from './history-schema.ts';
import type { SearchIndex, SearchState } from './search-index.ts';
import { matchExpression } from './search-text.ts';
import type { Connection, Row, SqlValue } from './sqlite.ts';

// Most rows that a scan holds at a time, without and with the beginnings of their bodies.
const plainPageRows = 256;
const testedPageRows = 64;
/** Numbers that SQLite goes through before a slow scan can be stopped: some ten milliseconds. */
const windowRows = 4_096;
/** Rows that the index proposes at a time. */
const proposedRows = 512;
/** What the tests look at: of the body, the first bytes. */
const selectTested =
  'SELECT seq, id, target, event, delivery_id, stored_size, headers, trailers, ' +
  `substr(body, 1, ${bodyHeadBytes}) AS head FROM requests LEFT JOIN parts ON parts.key = requests.seq * ${partsPerRequest}`;

/** The condition of a query that takes every row. */
const everything = '1';

/** A query, ready to be run. */
export interface Filter {
  /** Conditions joined by AND; made of fixed pieces only. */
  readonly where: string;
  readonly values: readonly SqlValue[];
  /** What is left to test for each row; empty when SQLite decides alone. */
  readonly tests: readonly ((row: Row) => boolean)[];
  /** What to ask a full-text index; null where it cannot help. */
  readonly match: string | null;
}

/** Where a scan goes. */
export interface ScanOptions {
  /** Only rows with smaller numbers. */
  readonly belowSeq: number;
  /** About as many are read at a time. */
  readonly wanted: number;
  /** Is told how far down the scan has looked, and stops it by returning false. */
  readonly onProgress: (lowestSeq: number) => boolean;
  readonly index?: SearchIndex | null | undefined;
}

/** Parses and translates a query. `now` in epoch ms. Throws AppError CONFIG_QUERY. */
export function compileFilter(connection: Connection, query: string, now: number): Filter {
  const where: string[] = [];
  const values: SqlValue[] = [];
  const tests: ((row: Row) => boolean)[] = [];
  const terms = parseQuery(query, now);
  for (const term of terms) {
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
  return { where: where.length > 0 ? where.join(' AND ') : everything, values, tests, match: matchExpression(terms) };
}

/** Rows that match, newest first. The same with and without an index, but for the time it takes. */
export function scan(connection: Connection, filter: Filter, options: ScanOptions): Generator<Row, void, undefined> {
  if (filter.tests.length === 0) return scanPlain(connection, filter, options);
  return filter.match === null || !options.index
    ? scanTested(connection, filter, options)
    : scanProposed(connection, filter, filter.match, options.index, options);
}

/** Goes down in windows of numbers, so that it can be stopped even where nothing matches. */
function* scanPlain(
  connection: Connection,
  filter: Filter,
  { belowSeq, wanted, onProgress }: ScanOptions,
): Generator<Row, void, undefined> {
  const pageRows = Math.min(wanted, plainPageRows);
  const sql = `${selectRequests} WHERE seq < ? AND seq >= ? AND ${filter.where} ORDER BY seq DESC LIMIT ${pageRows}`;
  const { lowest, highest } = endsOf(connection);
  const isSwift = filter.where === everything;
  let below = Math.min(belowSeq, highest + 1);
  while (below > lowest) {
    const floor = isSwift ? lowest : Math.max(lowest, below - windowRows);
    const page = connection.allOnce(sql, [below, floor, ...filter.values]);
    yield* page;
    below = page.length < pageRows ? floor : (page.at(-1)?.['seq'] as number);
    if (below > lowest && !onProgress(below)) return;
  }
}

/** Goes down in windows of numbers from `belowSeq` to `floor`. */
function* scanTested(
  connection: Connection,
  filter: Filter,
  { belowSeq, onProgress }: Pick<ScanOptions, 'belowSeq' | 'onProgress'>,
  floor = 0,
): Generator<Row, void, undefined> {
  const sql = `${selectTested} WHERE seq < ? AND seq >= ? AND ${filter.where} ORDER BY seq DESC LIMIT ${testedPageRows}`;
  const ends = endsOf(connection);
  const lowest = Math.max(ends.lowest, floor);
  let below = Math.min(belowSeq, ends.highest + 1);
  while (below > lowest) {
    const from = Math.max(lowest, below - windowRows);
    const page = connection.allOnce(sql, [below, from, ...filter.values]);
    for (const row of page) {
      below = row['seq'] as number;
      const found = passing(connection, filter, row);
      if (found) yield found;
      if (!onProgress(below)) return;
    }
    if (page.length < testedPageRows) {
      below = from;
      if (!onProgress(below)) return;
    }
  }
}

/** Tests what the index proposes, and all that it does not cover. */
function* scanProposed(
  connection: Connection,
  filter: Filter,
  match: string,
  index: SearchIndex,
  options: ScanOptions,
): Generator<Row, void, undefined> {
  const { belowSeq } = options;
  let stopped = false;
  const onProgress = (lowest: number): boolean => {
    stopped = !options.onProgress(lowest);
    return !stopped;
  };
  const state = ignoringFaults(() => index.stateFor(connection));
  if (state === null) return yield* scanTested(connection, filter, options);
  if (belowSeq > state.watermark + 1) {
    yield* scanTested(connection, filter, { belowSeq, onProgress }, state.watermark + 1);
    if (stopped) return;
  }
  const sql = `${selectTested} WHERE seq IN (SELECT value FROM json_each(?)) AND ${filter.where} ORDER BY seq DESC`;
  let below = Math.min(belowSeq, state.watermark + 1);
  for (let wanted = testedPageRows; ; wanted = proposedRows) {
    const proposed = ignoringFaults(() => propose(connection, index, state, match, below, wanted));
    if (proposed === null) return yield* scanTested(connection, filter, { belowSeq: below, onProgress });
    for (let at = 0; at < proposed.seqs.length; at += testedPageRows) {
      const seqs = proposed.seqs.slice(at, at + testedPageRows);
      for (const row of connection.allOnce(sql, [JSON.stringify(seqs), ...filter.values])) {
        below = row['seq'] as number;
        const found = passing(connection, filter, row);
        if (found) yield found;
        if (!onProgress(below)) return;
      }
      below = seqs.at(-1) ?? below;
      if (!onProgress(below)) return;
    }
    if (proposed.ended) return;
  }
}

/** What the index proposes below a number, and what it does not cover, greatest first. */
function propose(
  connection: Connection,
  index: SearchIndex,
  state: SearchState,
  match: string,
  below: number,
  wanted: number,
): { readonly seqs: readonly number[]; readonly ended: boolean } | null {
  // Asked first: what leaves the gaps meanwhile is then found below.
  const uncovered = index.uncovered(connection, state).filter((seq) => seq < below);
  const found = index.candidates(state, match, below, wanted);
  if (found === null) return null;
  const floor = found.ended ? 0 : (found.seqs.at(-1) ?? 0);
  const seqs = new Set([...found.seqs, ...uncovered.filter((seq) => seq >= floor)]);
  return { seqs: [...seqs].sort((a, b) => b - a), ended: found.ended };
}

/** A broken index is no reason to fail: what it would propose is looked for without it. */
function ignoringFaults<T>(run: () => T): T | null {
  try {
    return run();
  } catch {
    return null;
  }
}

/** The whole row where it passes the tests. */
function passing(connection: Connection, filter: Filter, row: Row): Row | undefined {
  return filter.tests.every((test) => test(row)) ? connection.get(selectRequest, row['seq'] as number) : undefined;
}

function endsOf(connection: Connection): { readonly lowest: number; readonly highest: number } {
  // Two at once in one SELECT would look at every row; each alone looks at one.
  const ends = connection.get(
    'SELECT (SELECT min(seq) FROM requests) AS lowest, (SELECT max(seq) FROM requests) AS highest',
  );
  return { lowest: Number(ends?.['lowest'] ?? 0), highest: Number(ends?.['highest'] ?? 0) };
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
/** The mark's place in a row's `rest`, see history-rows.ts. What is no JSON counts as arrived, and stops no search. */
const origin = "CASE WHEN json_valid(rest) THEN ifnull(json_extract(rest, '$[8]'), 0) ELSE 0 END";
const originMarks = { pulled: 1, imported: 2 } as const;
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
    case 'imported':
      return { sql: `${origin} ${term.value ? '=' : '<>'} ?`, values: [originMarks[term.kind]] };
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
