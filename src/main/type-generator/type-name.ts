// What the type of an event is called. The event's name comes from a stranger, the result is always a plain identifier.

const longestName = 80;

/** `invoice.paid` becomes `InvoicePaid`; what holds no letter or digit becomes `Event`. Only A-Z, a-z and 0-9 remain. */
export function typeName(given: string): string {
  const words = given.slice(0, 1_000).match(/[A-Za-z]+|[0-9]+/g) ?? [];
  const name = words
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
    .slice(0, longestName);
  if (name === '') return 'Event';
  // Names that the language gives another meaning, and names that cannot begin with a digit.
  return /^[0-9]/.test(name) || taken.has(name) ? `Event${name}` : name;
}

const taken = new Set(['Array', 'Date', 'Object', 'String', 'Number', 'Boolean', 'Function', 'Symbol', 'Record']);
