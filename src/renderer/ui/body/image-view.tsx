// An image, decoded only when its header says that it is small enough. It comes from the loaded bytes, never from an
// address.

import { useEffect, useRef, useState } from 'react';
import { maxImagePixels, maxImageSize } from '../../lib/body-image.ts';
import type { ImageHead } from '../../lib/body-image.ts';
import { formatCount, formatSize } from '../../lib/format.ts';
import type { LoadedSlices } from './use-slices.ts';

interface ImageViewProps {
  readonly head: ImageHead;
  readonly slices: LoadedSlices;
  /** Bytes of the whole image. */
  readonly size: number;
}

/** The view "Image". */
export function ImageView({ head, slices, size }: ImageViewProps) {
  const { more, complete, bytes } = slices;
  const refused = refusal(head, size);
  const image = useRef<HTMLImageElement>(null);
  const [broken, setBroken] = useState(false);

  useEffect(() => {
    if (refused === null) more(maxImageSize);
  }, [refused, more]);
  useEffect(() => {
    if (image.current === null || !complete) return undefined;
    const url = URL.createObjectURL(new Blob([new Uint8Array(bytes)], { type: head.type }));
    image.current.src = url;
    return () => URL.revokeObjectURL(url);
  }, [complete, bytes, head.type]);

  const what = `${head.type.slice(6)}, ${head.width} x ${head.height}`;
  if (refused !== null) return <div className="empty">{refused}</div>;
  if (broken) return <div className="empty">The image is damaged: it cannot be shown.</div>;
  if (!complete) return <div className="empty">Loading…</div>;
  return (
    <div className="image-view" role="region" aria-label="Image" tabIndex={0}>
      <img ref={image} alt={`Body as an image: ${what}`} onError={() => setBroken(true)} />
      <div className="muted">
        {what}, {formatSize(size)}
      </div>
    </div>
  );
}

function refusal({ width, height }: ImageHead, size: number): string | null {
  if (size > maxImageSize)
    return `The image is ${formatSize(size)}; up to ${formatSize(maxImageSize)} are shown. Save it instead.`;
  if (width === 0 || height === 0) return 'The header does not say how large the image is, so it is not shown.';
  if (width * height <= maxImagePixels) return null;
  return `The image has ${formatCount(width)} x ${formatCount(height)} pixels; up to 40 million are shown. Save it instead.`;
}
