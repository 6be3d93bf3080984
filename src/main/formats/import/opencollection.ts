// Reads OpenCollection documents (JSON or YAML, one file) and the JSON that Bruno exports. Scripts, credentials and
// assertions are left out.

import type { HeaderPair } from '../../../shared/headers.ts';
import { base64Tag } from '../opencollection.ts';
import { pairsOf } from './har.ts';
import type { Finds } from './plan.ts';
import { addRequest, utf8 } from './request-parts.ts';
import { base64Bytes, fieldsOf, listOf, member, textOf } from './untrusted.ts';

/** Whether the document is an OpenCollection. */
export function isOpenCollection(document: unknown): boolean {
  return textOf(document, 'opencollection') !== undefined && Array.isArray(member(document, 'items'));
}

/** Whether the document is a collection as Bruno exports it. */
export function isBruno(document: unknown): boolean {
  return (
    textOf(document, 'name') !== undefined &&
    listOf(document, 'items').some((item) => /^(http-request|folder)$/.test(textOf(item, 'type') ?? ''))
  );
}

/** Reads all requests of either. */
export function readBruno(document: unknown, finds: Finds): void {
  const open = withPlaces(listOf(document, 'items'), '').reverse();
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { item, place } = next;
    const inner = member(item, 'items');
    const request = member(item, 'http') ?? member(item, 'request');
    noteDropped(item, place, finds);
    if (Array.isArray(inner)) open.push(...withPlaces(inner, `${place}, `).reverse());
    else if (fieldsOf(request) !== null) readItem(item, request, place, finds);
    else finds.leftOut.push({ place, message: 'It is no HTTP request.' });
  }
}

function withPlaces(items: readonly unknown[], before: string): { item: unknown; place: string }[] {
  return items.map((item, n) => ({ item, place: `${before}item ${n + 1}` }));
}

function noteDropped(item: unknown, place: string, finds: Finds): void {
  const request = member(item, 'request');
  const runtime = member(item, 'runtime');
  const hasScript = [member(runtime, 'scripts'), member(request, 'script')].some((script) => isFilled(script));
  if (hasScript) finds.leftOut.push({ place, message: 'Its scripts were dropped.' });
  const auth = member(member(item, 'http'), 'auth') ?? member(request, 'auth');
  const mode = textOf(auth, 'mode');
  if (fieldsOf(auth) !== null && mode !== 'none' && mode !== 'inherit')
    finds.leftOut.push({ place, message: 'Its credentials were dropped.' });
}

function isFilled(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return fieldsOf(value) !== null && Object.values(value as object).some((one) => one !== null && one !== '');
}

function readItem(item: unknown, request: unknown, place: string, finds: Finds): void {
  const tags = listOf(member(item, 'info'), 'tags');
  const ours = tags.includes(base64Tag);
  const url = textOf(request, 'url');
  if (url === undefined) {
    finds.leftOut.push({ place, message: 'It has no URL.' });
    return;
  }
  const body = bodyOf(member(request, 'body'), ours);
  if (typeof body === 'string') {
    finds.leftOut.push({ place, message: body });
    return;
  }
  addRequest(finds, { place, method: textOf(request, 'method') ?? 'GET', url, headers: fields(request), body });
}

function fields(request: unknown): HeaderPair[] {
  // What a client writes itself is switched off in our files and was on the wire all the same.
  return pairsOf(
    listOf(request, 'headers').filter((one) => {
      if (member(one, 'enabled') === false) return false;
      return (
        member(one, 'disabled') !== true || /^(host|content-length|transfer-encoding)$/i.test(textOf(one, 'name') ?? '')
      );
    }),
  );
}

/** The bytes, or a sentence on why they are not in the file. */
function bodyOf(given: unknown, isBase64: boolean): Uint8Array | string {
  const variants: readonly unknown[] | null = Array.isArray(given) ? given : null;
  const body = variants
    ? member(variants.find((one) => member(one, 'selected') === true) ?? variants[0], 'body')
    : given;
  const kind = textOf(body, 'type') ?? textOf(body, 'mode') ?? 'none';
  if (kind === 'none') return new Uint8Array(0);
  if (['json', 'text', 'xml', 'sparql'].includes(kind)) {
    const text = textOf(body, 'data') ?? textOf(body, kind) ?? '';
    return isBase64 ? (base64Bytes(text) ?? 'Its body says that it is base64 and is not.') : utf8(text);
  }
  if (kind === 'form-urlencoded' || kind === 'formUrlEncoded') {
    const list = listOf(body, 'data').length > 0 ? listOf(body, 'data') : listOf(body, 'formUrlEncoded');
    const on = list.filter((one) => member(one, 'disabled') !== true && member(one, 'enabled') !== false);
    return utf8(new URLSearchParams(pairsOf(on).map(([name, value]): [string, string] => [name, value])).toString());
  }
  return 'Its body is a form or a file that the collection does not hold.';
}
