// Where a value stands in a request, in words: sources, conditions and marks of a provider's definition as Markdown.
// Pure, so that the tests make the page in their own process. Knows the data's form, and no provider.

/** @typedef {import('../../src/shared/providers/sources.ts').ValueSource} ValueSource */
/** @typedef {import('../../src/shared/providers/sources.ts').RequestCondition} RequestCondition */
/** @typedef {import('../../src/shared/providers/define.ts').HeaderMark} HeaderMark */

/**
 * A code span. Text with backticks in it gets a longer fence.
 * @param {string | number} text
 */
export function code(text) {
  const inner = String(text);
  const longest = Math.max(0, ...[...inner.matchAll(/`+/g)].map(([run]) => run.length));
  if (longest === 0) return `\`${inner}\``;
  const fence = '`'.repeat(longest + 1);
  return `${fence} ${inner} ${fence}`;
}

/**
 * Prose from a definition in one line, with the characters escaped that Markdown or HTML would take for their own.
 * Code spans in it are left as they are. An underscore inside or after a word means nothing in GitHub's Markdown.
 * @param {string} text
 */
export function prose(text) {
  return text
    .replaceAll(/\s+/g, ' ')
    .split(/(`[^`]*`)/)
    .map((part, index) => (index % 2 === 1 ? part : part.replaceAll(/[\\*<>[`]|(?<![\p{L}\p{N}])_/gu, '\\$&')))
    .join('');
}

/**
 * `a`, `a and b`, `a, b and c`.
 * @param {readonly string[]} parts
 * @param {string} word stands before the last one
 */
export function joinWords(parts, word = 'and') {
  if (parts.length < 2) return parts[0] ?? '';
  return `${parts.slice(0, -1).join(', ')} ${word} ${parts.at(-1)}`;
}

/**
 * The sources of one value, in the order in which they are tried.
 * @param {readonly ValueSource[]} sources
 */
export function describeSources(sources) {
  /** @type {string[]} */
  const words = [];
  /** @type {string[]} */
  let members = [];
  const endMembers = () => {
    if (members.length === 0) return;
    words.push(members.length === 1 ? `${members[0]} where the body has it` : `which of ${joinWords(members, 'or')} the body has`); // prettier-ignore
    members = [];
  };
  for (const source of sources) {
    if (source.from === 'present' && source.value === source.path) {
      members.push(code(source.value));
      continue;
    }
    endMembers();
    words.push(describeSource(source));
  }
  endMembers();
  return words.join(', else ');
}

/**
 * One source.
 * @param {ValueSource} source
 * @returns {string}
 */
export function describeSource(source) {
  switch (source.from) {
    case 'header':
      return `header ${code(source.name)}${describeSuffix(source.suffix)}`;
    case 'json':
      return `body’s ${code(source.path)}${describeSuffix(source.suffix)}`;
    case 'form':
      return source.path === undefined
        ? `form field ${code(source.name)}`
        : `${code(source.path)} in the JSON of form field ${code(source.name)}`;
    case 'query':
      return `query parameter ${code(source.name)}`;
    case 'present':
      return `${code(source.value)} where the body has ${code(source.path)}`;
  }
}

/** @param {readonly ValueSource[] | undefined} suffix */
function describeSuffix(suffix) {
  if (suffix === undefined) return '';
  const words = describeSources(suffix);
  return ` + ${code('.')} + ${suffix.length > 1 ? `(${words})` : words}`;
}

/**
 * What a request must have, or must not have.
 * @param {RequestCondition} condition
 * @returns {string}
 */
export function describeCondition(condition) {
  const { value } = condition;
  if (condition.absent) return `without ${describePlace(condition)}`;
  const place = describePlace(condition);
  return value === undefined ? `with ${place}` : `with ${place} = ${code(value)}`;
}

/**
 * @param {RequestCondition} condition
 * @returns {string}
 */
function describePlace(condition) {
  switch (condition.from) {
    case 'header':
      return `header ${code(condition.name)}`;
    case 'query':
      return `query parameter ${code(condition.name)}`;
    case 'json':
      return `body’s ${code(condition.path)}`;
  }
}

/**
 * A header that tells the provider.
 * @param {HeaderMark} mark
 */
export function describeMark(mark) {
  if (typeof mark === 'string') return code(mark);
  return mark.prefix === '' ? code(mark.name) : `${code(mark.name)} that begins with ${code(mark.prefix)}`;
}

/**
 * A span of time: `5 s`, `2 h 8 min`. Days are written as hours up to 48.
 * @param {number} seconds
 */
export function describeDuration(seconds) {
  if (seconds === 0) return 'at once';
  const parts = [
    [Math.floor(seconds / 3_600), 'h'],
    [Math.floor((seconds % 3_600) / 60), 'min'],
    [seconds % 60, 's'],
  ];
  return parts
    .filter(([count]) => count !== 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}

/**
 * A sentence with its full stop.
 * @param {string} text
 */
export function sentence(text) {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
