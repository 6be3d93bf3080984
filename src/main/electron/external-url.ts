// Which addresses may leave the app for the browser, and how they are shown before they do.

import { AppError } from '../../shared/errors.ts';

/**
 * The address in normal form. Only http and https, no user name or password, at most 8,192 characters.
 * Throws AppError SEND_INVALID_URL.
 */
export function checkExternalUrl(text: string): string {
  // The URL parser drops blanks and line breaks; an address that needs that is not one a person would recognise.
  const clean = text.length <= 8_192 && !/[\s\p{Cc}\p{Cf}]/u.test(text) && URL.canParse(text);
  const url = clean ? new URL(text) : null;
  const allowed =
    url !== null &&
    (url.protocol === 'http:' || url.protocol === 'https:') &&
    url.username === '' &&
    url.password === '';
  if (!allowed) throw new AppError('SEND_INVALID_URL', 'Only full http and https addresses are opened in the browser.');
  return url.href;
}
