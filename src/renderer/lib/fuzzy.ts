// Ranks what the palette offers: a match at the start of a word counts more than one inside, letters in a row more than
// scattered ones. Pure.

/** How well `text` answers `query`; 0 for not at all, larger is better. Every word of the query must be found. */
export function fuzzyScore(query: string, text: string): number {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const low = text.toLowerCase();
  let total = 0;
  for (const word of words) {
    const score = scoreWord(word, low);
    if (score === 0) return 0;
    total += score;
  }
  return words.length === 0 ? 1 : total / words.length;
}

function scoreWord(word: string, text: string): number {
  if (text === word) return 100;
  if (text.startsWith(word)) return 90;
  const at = text.indexOf(word);
  if (at > 0) {
    const starts = [...text.matchAll(/[a-z0-9]+/g)].some((match) => text.startsWith(word, match.index));
    return starts ? 75 : 50;
  }
  return word.length < 2 || word.length > 40 ? 0 : scatteredScore(word, text);
}

/** Letters in order, but not together: `dl` finds `Dead letters`. Only starts of words may follow a gap. */
function scatteredScore(word: string, text: string): number {
  let at = 0;
  let inRow = false;
  for (const letter of word) {
    if (inRow && text[at] === letter) {
      at += 1;
      continue;
    }
    const next = startOfWord(letter, text, at);
    if (next < 0) return 0;
    at = next + 1;
    inRow = true;
  }
  return 30;
}

function startOfWord(letter: string, text: string, from: number): number {
  for (let at = text.indexOf(letter, from); at >= 0; at = text.indexOf(letter, at + 1)) {
    if (at === 0 || !/[a-z0-9]/.test(text[at - 1] ?? '')) return at;
  }
  return -1;
}

/** Something that can be looked for. */
export interface Findable {
  readonly label: string;
  /** Other words it is found by; they count half. */
  readonly also: string;
}

/** The best `limit` of `items` for `query`, best first; equals keep their order. */
export function rank<T extends Findable>(query: string, items: readonly T[], limit: number): readonly T[] {
  return items
    .map((item, index) => {
      const label = fuzzyScore(query, item.label);
      const also = item.also === '' ? 0 : fuzzyScore(query, `${item.label} ${item.also}`) / 2;
      return { item, index, score: Math.max(label, also) };
    })
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score || a.index - b.index)
    .slice(0, limit)
    .map(({ item }) => item);
}
