// Whether a target's request is signed rightly, by the Standard Webhooks project's own library: the product must not be
// its own judge.

import { Webhook } from 'standardwebhooks';

/**
 * @param {string} secret
 * @returns {(body: Buffer, headers: import('node:http').IncomingHttpHeaders) => boolean}
 */
export function createSignatureCheck(secret) {
  const webhook = new Webhook(secret);
  return (body, headers) => {
    try {
      webhook.verify(body, /** @type {Record<string, string>} */ (headers));
      return true;
    } catch {
      return false;
    }
  };
}
