// Folds duplicates in a list of requests: the newest of a group stands for the others, which lie below it when it is
// open. Two passes over the rows, and none of them is copied, so that 100,000 rows fold between two frames.

import type { ExchangeSummary } from '../../shared/exchange.ts';

/** How a row of a folded list stands in its group. */
export interface GroupPlace {
  /** Id of the first request of the group, shown or not. */
  readonly root: string;
  /** Members among the rows; only the head counts them. */
  readonly count: number;
  readonly isHead: boolean;
  readonly isOpen: boolean;
}

/** A list with its groups folded. */
export interface FoldedRows {
  readonly rows: readonly ExchangeSummary[];
  /** By id of the row; rows that belong to no group of two or more are absent. */
  readonly places: ReadonlyMap<string, GroupPlace>;
}

const noPlaces: ReadonlyMap<string, GroupPlace> = new Map();

/** The group that a request belongs to, as the id of its first. */
export function groupOf({ id, duplicate }: Pick<ExchangeSummary, 'id' | 'duplicate'>): string {
  return duplicate.of ?? id;
}

/** A list that is not folded. */
export function unfoldedRows(rows: readonly ExchangeSummary[]): FoldedRows {
  return { rows, places: noPlaces };
}

/** `rows` (newest first) with each group at the place of its newest member; the groups in `open` show all of theirs. */
export function foldRows(rows: readonly ExchangeSummary[], open: ReadonlySet<string>): FoldedRows {
  const groups = new Map<string, ExchangeSummary[]>();
  for (const row of rows) {
    if (row.duplicate.of !== null) groups.set(row.duplicate.of, []);
  }
  if (groups.size === 0) return unfoldedRows(rows);
  for (const row of rows) groups.get(groupOf(row))?.push(row);

  const places = new Map<string, GroupPlace>();
  const folded: ExchangeSummary[] = [];
  for (const row of rows) {
    const root = groupOf(row);
    const members = groups.get(root);
    if (members === undefined || members.length < 2) {
      folded.push(row);
      continue;
    }
    if (members[0] !== row) continue;
    const isOpen = open.has(root);
    for (const member of isOpen ? members : [row]) {
      folded.push(member);
      places.set(member.id, { root, count: members.length, isHead: member === row, isOpen });
    }
  }
  return { rows: folded, places };
}

/** The row of a folded list that shows the request, or stands for it; null where it is not among `all`. */
export function shownFor(id: string, all: readonly ExchangeSummary[], folded: FoldedRows): string | null {
  const row = all.find((one) => one.id === id);
  if (row === undefined) return null;
  const root = groupOf(row);
  for (const [shown, place] of folded.places) {
    if (place.root === root && place.isHead && !place.isOpen) return shown;
  }
  return id;
}

/** What is added to the name of a row: `, group of 3, folded`. */
export function groupWords(place: GroupPlace | undefined): string {
  if (place?.isHead !== true) return '';
  return `, group of ${place.count}, ${place.isOpen ? 'unfolded' : 'folded'}`;
}
