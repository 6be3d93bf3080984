// A delivery as a person edits it before it is queued again, and what of it was changed.

import type { CommandInput } from '../../shared/contract.ts';
import type { Delivery } from '../../shared/delivery.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import { sameBytes } from './body-text.ts';
import { bodyBytes, formBody } from './message-form.ts';
import type { FormBody } from './message-form.ts';

/** The form "Edit and requeue". */
export interface EditForm {
  readonly url: string;
  readonly headers: readonly HeaderPair[];
  /** Null when the bytes are no longer kept. */
  readonly body: FormBody | null;
  readonly schedule: string;
  readonly speed: number;
  /** Empty for unsigned. */
  readonly secretName: string;
}

/** The form of a delivery whose body is `bytes`. */
export function editFormOf(delivery: Delivery, bytes: Uint8Array | null): EditForm {
  return {
    url: delivery.url,
    headers: delivery.message.headers,
    body: bytes === null ? null : formBody(bytes),
    schedule: delivery.schedule,
    speed: delivery.speed,
    secretName: delivery.secretName ?? '',
  };
}

/** The input of `deliveries.edit`: only what differs from the delivery and its body `bytes`. */
export function toEdit(form: EditForm, delivery: Delivery, bytes: Uint8Array | null): CommandInput<'deliveries.edit'> {
  const url = form.url.trim();
  const headers = form.headers.filter(([name, value]) => name.trim() !== '' || value !== '');
  const body = form.body === null ? null : bodyBytes(form.body);
  const secretName = form.secretName === '' ? null : form.secretName;
  return {
    id: delivery.id,
    ...(url === delivery.url ? {} : { url }),
    ...(JSON.stringify(headers) === JSON.stringify(delivery.message.headers) ? {} : { headers }),
    ...(body === null || (bytes !== null && sameBytes(body, bytes)) ? {} : { body }),
    ...(form.schedule === delivery.schedule ? {} : { schedule: form.schedule }),
    ...(form.speed === delivery.speed ? {} : { speed: form.speed }),
    ...(secretName === delivery.secretName ? {} : { secretName }),
  };
}
