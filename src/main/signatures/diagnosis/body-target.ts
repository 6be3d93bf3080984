// Schemes whose signature names the hash of the body: there a body is compared with that hash, and the signature, which
// is right already, is not checked again.

import { parseJson, valueAt } from '../../../shared/providers/read-value.ts';
import { equalText } from '../compare.ts';
import { checkDigest } from '../message-signature-digest.ts';
import { createMessage } from '../message.ts';
import type { Session, Subject } from './subject.ts';

/** Whether the signed hash is that of this body; null where the subject's scheme names none. */
export type BodyTarget = (body: Uint8Array) => Generator<void, boolean>;

/** How bodies of this subject are judged by a hash; null where they are judged by the signature. */
export function bodyTarget(session: Session, { scheme, message }: Subject): BodyTarget | null {
  const { ledger, budget } = session;
  if (scheme.kind === 'jwt') {
    const payload = (message.header(scheme.header) ?? '').split('.')[1] ?? '';
    const claimed = valueAt(parseJson(Buffer.from(payload, 'base64url').toString('utf8')), scheme.bodyHashClaim);
    if (typeof claimed !== 'string') return null;
    return function* (body) {
      const digest = yield* ledger.bodyHash('sha256', body);
      return digest !== null && equalText(digest.toString('hex'), claimed);
    };
  }
  if (scheme.kind !== 'message-signature') return null;
  const { method, url, headers } = message;
  return function* (body) {
    if (!budget.allows(body.length)) return false;
    budget.begin();
    budget.hashed(body.length);
    if (budget.isStepOver()) yield;
    return checkDigest(createMessage({ method, url, headers, body })).status === 'fits';
  };
}
