// Where the values of a request stand, and what a request must have: data, read by read-value.ts.

/** Where a value stands in a request. Sources are tried in order. */
export type ValueSource =
  /** A header's value; what `suffix` gives, if anything, is added after a dot (`issues` and `opened`: `issues.opened`). */
  | { readonly from: 'header'; readonly name: string; readonly suffix?: readonly ValueSource[] }
  /** Dotted path into a JSON body (`entry.0.id` reaches into lists), `suffix` as above. */
  | { readonly from: 'json'; readonly path: string; readonly suffix?: readonly ValueSource[] }
  /** Field of a form body; with `path`, the field holds JSON and the value stands there. */
  | { readonly from: 'form'; readonly name: string; readonly path?: string }
  /** Decoded parameter of the URL's query. */
  | { readonly from: 'query'; readonly name: string }
  /** A fixed text where the member at `path` is there (Telegram: `message`, `callback_query`...). */
  | { readonly from: 'present'; readonly path: string; readonly value: string };

/** Something that a request has, or has not. Text is compared exactly; without `value` it only has to be there. */
export type RequestCondition =
  | { readonly from: 'header'; readonly name: string; readonly value?: string; readonly absent?: true }
  | { readonly from: 'query'; readonly name: string; readonly value?: string; readonly absent?: true }
  | { readonly from: 'json'; readonly path: string; readonly value?: string | number; readonly absent?: true };
