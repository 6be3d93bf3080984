// The formats in which requests leave Hookbench: one table for the window, the command line and the help.

/** What is known about a format. */
export interface FormatInfo {
  readonly id: string;
  readonly label: string;
  /** Of the file, without the dot. */
  readonly extension: string;
  /** What it is for and what it leaves out, one or two sentences. */
  readonly about: string;
}

/** Every format that can be written, in the order of menus. */
export const exportFormats = [
  {
    id: 'hookbench',
    label: 'Hookbench collection',
    extension: 'hookbench.jsonl',
    about: 'Everything as it was kept: bytes, headers, verdicts, answers, notes. For another Hookbench.',
  },
  {
    id: 'har',
    label: 'HAR 1.2',
    extension: 'har',
    about: 'For browsers and HTTP tools. Bodies that are not text are base64, marked as such.',
  },
  {
    id: 'postman',
    label: 'Postman collection 2.1',
    extension: 'postman_collection.json',
    about: 'For Postman. Bodies that are not text are base64 text there, since Postman keeps no bytes.',
  },
  {
    id: 'opencollection',
    label: 'OpenCollection (Bruno)',
    extension: 'opencollection.json',
    about: 'For Bruno. Repeated headers stay; bodies that are not text are base64 text, marked by a tag.',
  },
  { id: 'curl', label: 'cURL commands', extension: 'sh', about: 'A shell script that sends the same bytes again.' },
  {
    id: 'http',
    label: 'HTTP file',
    extension: 'http',
    about: 'For editors. Bodies that the format cannot hold byte for byte stand in comments, as base64.',
  },
  {
    id: 'openapi',
    label: 'OpenAPI 3.1 webhooks',
    extension: 'openapi.json',
    about: 'A description of each kind of event with a schema found from the captured ones and one example.',
  },
  {
    id: 'csv',
    label: 'CSV table',
    extension: 'csv',
    about: 'One row a request, for spreadsheets; cells that a spreadsheet would run begin with an apostrophe.',
  },
  {
    id: 'jsonl',
    label: 'JSON lines',
    extension: 'jsonl',
    about: 'One JSON object a line, as the command line prints them. For scripts.',
  },
] as const satisfies readonly FormatInfo[];

/** Name of a format. */
export type ExportFormat = (typeof exportFormats)[number]['id'];

/** The names alone. */
export const exportFormatIds: readonly ExportFormat[] = exportFormats.map(({ id }) => id);

/** What is known about one. */
export function formatInfo(format: ExportFormat): FormatInfo {
  const info = exportFormats.find(({ id }) => id === format);
  if (!info) throw new Error(`no format ${format}`);
  return info;
}
