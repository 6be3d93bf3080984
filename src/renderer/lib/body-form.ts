// Fields of a form body (application/x-www-form-urlencoded, WHATWG URL section 5.1), in order: repeated and empty ones
// stay, and what was sent is kept beside what it means.

/** One field. */
export interface FormField {
  readonly name: string;
  readonly value: string;
  /** As sent, the name included. */
  readonly raw: string;
  /** The value is a JSON object or array, as GitHub and Slack send their events. */
  readonly json: boolean;
}

/** The fields that are shown. */
export interface FormFields {
  readonly fields: readonly FormField[];
  /** How many more there are. */
  readonly more: number;
}

const maxFields = 1_000;

/** Reads a form body. */
export function readForm(text: string): FormFields {
  const fields: FormField[] = [];
  let more = 0;
  for (let start = 0; start <= text.length;) {
    const next = text.indexOf('&', start);
    const end = next < 0 ? text.length : next;
    if (end > start) {
      if (fields.length < maxFields) fields.push(readField(text.slice(start, end)));
      else more += 1;
    }
    start = end + 1;
  }
  return { fields, more };
}

function readField(raw: string): FormField {
  const equals = raw.indexOf('=');
  const name = decodePart(equals < 0 ? raw : raw.slice(0, equals));
  const value = equals < 0 ? '' : decodePart(raw.slice(equals + 1));
  return { name, value, raw, json: /^\s*(?:\{[\s\S]*\}|\[[\s\S]*\])\s*$/.test(value) };
}

/** What a part means; a broken escape stays as it was sent. */
function decodePart(part: string): string {
  const spaced = part.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}
