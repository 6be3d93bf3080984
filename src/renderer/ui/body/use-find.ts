// The search inside a body: in a text that is there at once, in bytes that are fetched slice by slice with progress.

import { useCallback, useEffect, useMemo, useState } from 'react';
import { findInText, maxFound, searchBytes } from '../../lib/body-find.ts';
import type { Found } from '../../lib/body-find.ts';
import { sliceSize } from './body-source.ts';
import type { BodySource } from './body-source.ts';

/** Where words are looked for. */
export type FindPlace =
  | { readonly kind: 'text'; readonly text: string }
  /** Offsets are bytes. */
  | { readonly kind: 'source'; readonly source: BodySource };

/** What was found so far. */
export interface Find {
  readonly found: readonly Found[];
  /** Index of the place that is shown; -1 before the first. */
  readonly at: number;
  /** Bytes that were looked through, while a search goes on. */
  readonly searched: number | null;
  readonly step: (by: number) => void;
  readonly stop: () => void;
}

interface Search {
  readonly words: string;
  readonly source: BodySource;
  readonly found: readonly Found[];
  readonly searched: number | null;
}

/** Looks for `words` in `place`, which must be memoised. */
export function useFind(place: FindPlace, words: string): Find {
  const inText = useMemo(() => (place.kind === 'text' ? findInText(place.text, words) : []), [place, words]);
  const [search, setSearch] = useState<Search | null>(null);
  const [position, setPosition] = useState<{ readonly key: unknown; readonly at: number }>({ key: null, at: -1 });
  const [stopped, setStopped] = useState('');
  const source = place.kind === 'source' ? place.source : null;

  useEffect(() => {
    if (source === null || words === '' || stopped === words) return undefined;
    let stale = false;
    void searchSource(source, words, (found, searched) => {
      if (!stale) setSearch({ words, source, found, searched });
      return !stale;
    });
    return () => {
      stale = true;
    };
  }, [source, words, stopped]);

  const current = search !== null && search.source === source && search.words === words ? search : null;
  const found = source === null ? inText : (current?.found ?? none);
  const key = source === null ? inText : `${source.key} ${words}`;
  const at = position.key === key ? position.at : found.length > 0 ? 0 : -1;
  const step = (by: number): void => {
    if (found.length > 0) setPosition({ key, at: (at + by + found.length) % found.length });
  };
  const stop = useCallback(() => setStopped(words), [words]);
  const searching = source !== null && words !== '' && stopped !== words;
  return { found, at, searched: searching ? (current === null ? 0 : current.searched) : null, step, stop };
}

const none: readonly Found[] = [];

/** Tells what was found after each slice; ends when `tell` says so, at the end, or with enough places. */
async function searchSource(
  source: BodySource,
  words: string,
  tell: (found: readonly Found[], searched: number | null) => boolean,
): Promise<void> {
  const search = searchBytes(words);
  let found: readonly Found[] = [];
  for (let offset = 0; offset < source.size && found.length < maxFound;) {
    const slice = await source.read(offset, sliceSize);
    if (!slice.ok || slice.value.length === 0) break;
    offset += slice.value.length;
    found = [...found, ...search.next(slice.value)].slice(0, maxFound);
    if (!tell(found, offset)) return;
  }
  tell(found, null);
}
