// The name under which a piece of a request is offered for saving. It comes from whoever sent the request, so that it is
// a name and never a place: no folders, no drives, no devices, nothing that hides or that a shell reads.

/** Characters that a file name must not have on some system, or that do not show. */
const unsafe = /[\u0000-\u001f\u007f-\u009f"*/:<>?\\|%$`;&!'(){}[\]~^#=+@,]|[\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu;
/** Names that Windows takes for devices, with any ending. */
const device = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i;
const maxLength = 100;

/** A plain file name made from `wanted`; `fallback` when nothing of it can be kept. */
export function safeFileName(wanted: string, fallback: string): string {
  // Whatever stands before a separator is somebody else's folder. Separators may come percent-encoded.
  const decoded = wanted.replace(/%2f/gi, '/').replace(/%5c/gi, '\\');
  const last = decoded.split(/[/\\:]/).findLast((part) => part.trim() !== '') ?? '';
  const plain = last
    .normalize('NFC')
    .replace(unsafe, '_')
    .replace(/\s+/g, ' ')
    .replace(/^[.\s_-]+/, '')
    .slice(-maxLength)
    .replace(/[.\s]+$/, '');
  if (plain === '' || !/[\p{L}\p{N}]/u.test(plain)) return fallback;
  return device.test(plain) ? `file-${plain}` : plain;
}
