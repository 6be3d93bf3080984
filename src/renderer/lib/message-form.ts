// The form that Compose and Replay share, and how it becomes the draft that the host is given.

import type { CommandInput } from '../../shared/contract.ts';
import type { SignatureMode } from '../../shared/delivery.ts';
import type { ExchangeDetail } from '../../shared/exchange.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import type { ProviderDefinition, SampleEvent } from '../../shared/providers/define.ts';
import type { SecretInfo } from '../../shared/workspace.ts';
import { readBodyText, typedText, writeBodyText } from './body-text.ts';
import type { BodyText } from './body-text.ts';

/** What a person chooses under "Signature". `good` is Compose's, `keep`, `same-id` and `new-id` are Replay's. */
export type SignatureChoice = 'good' | 'keep' | 'same-id' | 'new-id' | 'tampered' | 'expired' | 'wrong-secret' | 'none';

/** Body of a form: text in the editor, or bytes that are sent as they are. */
export type FormBody =
  | { readonly kind: 'text'; readonly body: BodyText }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly why: 'binary' | 'large' };

/** A message as a person edits it. */
export interface MessageForm {
  readonly method: string;
  readonly url: string;
  readonly targetIds: readonly string[];
  /** Goes to every active target whose filter takes the event, and nowhere else. */
  readonly toMatching: boolean;
  readonly provider: string;
  /** Name of the sample that the body came from; null once there is none. */
  readonly sample: string | null;
  readonly event: string;
  /** Name of a stored secret, or a new value. */
  readonly secret: string;
  readonly headers: readonly HeaderPair[];
  readonly body: FormBody;
  readonly schedule: string;
  readonly speed: number;
  /** Time that attempts are signed with: the real one, or that of a clock that runs `speed` times as fast. */
  readonly time: 'real' | 'simulated';
  /** Empty for a new one. */
  readonly deliveryId: string;
  readonly signature: SignatureChoice;
}

/** Largest body that is edited, bytes; larger ones are sent as they are. */
const maxEditedBody = 2_000_000;

/** Compose as it opens: the provider's first sample and the quick schedule, so that URL and secret are enough. */
export function newMessage(provider: ProviderDefinition): MessageForm {
  const form: MessageForm = {
    method: 'POST',
    url: '',
    targetIds: [],
    toMatching: false,
    provider: provider.id,
    sample: null,
    event: '',
    secret: '',
    headers: [],
    body: { kind: 'text', body: typedText('') },
    schedule: 'quick',
    speed: 1,
    time: 'real',
    deliveryId: '',
    signature: 'good',
  };
  const sample = provider.samples[0];
  return sample ? withSample(form, sample) : form;
}

/** The form with a sample's event, headers and body. */
export function withSample(form: MessageForm, sample: SampleEvent): MessageForm {
  return {
    ...form,
    sample: sample.name,
    event: sample.name,
    headers: [['Content-Type', sample.contentType], ...(sample.headers ?? [])],
    body: { kind: 'text', body: typedText(sample.body) },
  };
}

/** Replay as it opens: the captured request, signed as captured. `base` is where the request arrived, without path. */
export function replayMessage(request: ExchangeDetail, body: Uint8Array, base: string, secret: string): MessageForm {
  const absolute = /^https?:\/\//i.test(request.target);
  return {
    method: request.method,
    url: absolute ? request.target : `${base}${request.target.startsWith('/') ? request.target : '/'}`,
    targetIds: [],
    toMatching: false,
    provider: request.provider ?? 'generic',
    sample: null,
    event: request.event ?? '',
    secret,
    headers: request.headers,
    body: formBody(body),
    schedule: 'quick',
    speed: 1,
    time: 'real',
    deliveryId: '',
    signature: 'keep',
  };
}

/** A body for the editor: text where it is some that can be edited. */
export function formBody(bytes: Uint8Array): FormBody {
  if (bytes.length > maxEditedBody) return { kind: 'bytes', bytes, why: 'large' };
  const body = readBodyText(bytes);
  return body === null ? { kind: 'bytes', bytes, why: 'binary' } : { kind: 'text', body };
}

/** Bytes of a form's body, with variables still in it. */
export function bodyBytes(body: FormBody): Uint8Array {
  return body.kind === 'bytes' ? body.bytes : writeBodyText(body.body);
}

const modes: Readonly<Record<SignatureChoice, SignatureMode>> = {
  good: 'fresh',
  'same-id': 'fresh',
  'new-id': 'fresh',
  keep: 'keep',
  tampered: 'tampered',
  expired: 'expired',
  'wrong-secret': 'wrong-secret',
  none: 'none',
};

/**
 * The draft of a form. A secret that is the name of a stored one is meant by name, any other text is used as the secret
 * itself. `replayOf` is the captured request's id.
 */
export function toDraft(
  form: MessageForm,
  secrets: readonly SecretInfo[],
  replayOf: string | null,
): CommandInput<'compose.send'> {
  const mode = modes[form.signature];
  const unsigned = mode === 'keep' || mode === 'none';
  const url = form.url.trim();
  const deliveryId = form.deliveryId.trim();
  return {
    method: form.method.trim(),
    // A draft that names nobody goes to whoever takes its event.
    urls: url === '' || form.toMatching ? [] : [url],
    targetIds: form.toMatching ? [] : [...form.targetIds],
    provider: form.provider,
    event: form.event.trim() || null,
    headers: form.headers.filter(([name, value]) => name.trim() !== '' || value !== ''),
    body: bodyBytes(form.body),
    variables: replayOf === null && form.body.kind === 'text',
    secret: unsigned ? null : secretChoice(form.secret, secrets),
    ...(deliveryId !== '' && mode !== 'keep' ? { messageId: deliveryId } : {}),
    signature: mode,
    schedule: form.schedule,
    speed: form.speed,
    ...(form.time === 'simulated' ? { time: form.time } : {}),
    ...(replayOf === null ? {} : { replayOf }),
  };
}

function secretChoice(text: string, secrets: readonly SecretInfo[]): CommandInput<'compose.send'>['secret'] {
  if (text === '') return null;
  const name = text.trim();
  return secrets.some((secret) => secret.name === name) ? { name } : { value: text };
}

/** Why a form cannot be sent yet, or null. */
export function missingIn(form: MessageForm): string | null {
  const goesNowhere = form.url.trim() === '' && form.targetIds.length === 0 && !form.toMatching;
  if (goesNowhere) return 'Give a URL, or tick a target.';
  return form.method.trim() === '' ? 'Give a method.' : null;
}
