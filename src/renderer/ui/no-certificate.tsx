// The mark of a target whose certificates are not checked. Dangerous, so it stands wherever the target does.

import { VisuallyHidden } from '@mantine/core';

/** The words, for places that take text only. */
export const noCertificateWords = 'certificates not checked';

/** A red badge; `short` where there is little room. */
export function NoCertificate({ short = false }: { readonly short?: boolean }) {
  return (
    <span className="badge bad" title={noCertificateWords}>
      {short ? (
        <>
          unsafe<VisuallyHidden component="span">: {noCertificateWords}</VisuallyHidden>
        </>
      ) : (
        noCertificateWords
      )}
    </span>
  );
}
