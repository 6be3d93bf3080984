// Signs by RFC 9421: adds Content-Digest, and one labelled signature for each key over the scheme's components.

import type { HeaderPair } from '../../shared/headers.ts';
import { withoutHeaders } from '../../shared/headers.ts';
import type { MessageSignatureScheme } from '../../shared/providers/define.ts';
import type { SignContext, SignedParts } from './engine.ts';
import { wrongKey } from './keys.ts';
import type { Key } from './keys.ts';
import { algorithmsOf, makeSignature } from './message-signature-algorithms.ts';
import type { Algorithm } from './message-signature-algorithms.ts';
import { createComponentReader } from './message-signature-components.ts';
import type { ComponentReader } from './message-signature-components.ts';
import { digestField } from './message-signature-digest.ts';
import { newEntry, signatureBase } from './message-signature-entries.ts';
import { parseItem, writeString } from './message-signature-fields.ts';
import type { BareItem, FieldItem } from './message-signature-fields.ts';
import { createMessage } from './message.ts';

/** How long after `created` a signature made to be expired was good, seconds. */
const lifeSeconds = 300;

/**
 * Content-Digest, Signature-Input and Signature; without keys the digest alone. Components that the message does not
 * have are left out. The labels are sig1, sig2 and so on, in the order of the keys.
 */
export function signMessage(context: SignContext<MessageSignatureScheme>): SignedParts {
  const { scheme, message, keys } = context;
  const digest = digestField(message.body);
  const signed = createMessage({
    method: message.method,
    // The sender writes the request line from the parsed URL.
    url: URL.canParse(message.url) ? new URL(message.url).href : message.url,
    headers: [...withoutHeaders(message.headers, new Set(['content-digest'])), digest],
    body: message.body,
  });
  const read = createComponentReader(signed);
  const components = scheme.components.flatMap((text) => {
    const component = parseComponent(text);
    return component !== null && typeof read(component) === 'string' ? [component] : [];
  });
  const made = keys.flatMap((key, n) => signOne(context, key, `sig${n + 1}`, components, read) ?? []);
  const fields: HeaderPair[] = [digest];
  if (made.length > 0) {
    fields.push(['Signature-Input', made.map(({ input }) => input).join(', ')]);
    fields.push(['Signature', made.map(({ signature }) => signature).join(', ')]);
  }
  const unnamed = keys.find(({ name }) => writeString(name) === null);
  const note = unnamed && `The name of secret “${unnamed.name}” cannot stand in keyid, so the signature names no key.`;
  return { fields, body: message.body, url: message.url, ...(note === undefined ? {} : { note }) };
}

function signOne(
  { messageId, at, mode }: SignContext<MessageSignatureScheme>,
  key: Key,
  label: string,
  components: readonly FieldItem[],
  read: ComponentReader,
): { readonly input: string; readonly signature: string } | null {
  const wrong = mode === 'wrong-secret';
  const created = Math.floor(at / 1_000);
  for (const algorithm of algorithmsOf(key)) {
    const expires = mode === 'expired' ? created + lifeSeconds : undefined;
    const entry = newEntry(
      label,
      components,
      parametersOf({ created, expires, keyid: key.name, algorithm, messageId }),
    );
    const base = signatureBase(entry, read);
    if ('status' in base) return null;
    // With a key pair, the signature of other bytes looks to the receiver like that of another key.
    const bytes = wrong && key.kind === 'pair' ? Buffer.concat([base, Buffer.from('.')]) : base;
    const signature = makeSignature(algorithm, wrong && key.kind === 'shared' ? wrongKey(key) : key, bytes);
    if (signature === null) continue;
    return {
      input: `${label}=${entry.input}`,
      signature: `${label}=:${Buffer.from(signature).toString('base64')}:`,
    };
  }
  return null;
}

function parametersOf(values: {
  readonly created: number;
  readonly expires: number | undefined;
  readonly keyid: string;
  readonly algorithm: Algorithm;
  readonly messageId: string;
}): ReadonlyMap<string, BareItem> {
  const parameters = new Map<string, BareItem>();
  const number = (name: string, value: number): void => {
    parameters.set(name, { kind: 'integer', text: String(value), value: String(value) });
  };
  const string = (name: string, value: string): void => {
    const text = writeString(value);
    if (text !== null) parameters.set(name, { kind: 'string', text, value });
  };
  number('created', values.created);
  if (values.expires !== undefined) number('expires', values.expires);
  string('keyid', values.keyid);
  string('alg', values.algorithm);
  string('nonce', values.messageId);
  return parameters;
}

/** A component as a scheme names it: `@path`, `content-type`, `example-dict;key="a"`. */
function parseComponent(text: string): FieldItem | null {
  const end = text.includes(';') ? text.indexOf(';') : text.length;
  return parseItem(`"${text.slice(0, end)}"${text.slice(end)}`);
}
