// Says how a body is compressed, decodes it when asked, and goes back and forth between both.

import { Button } from '@mantine/core';
import { formatSize } from '../../lib/format.ts';
import { visibleText } from '../../lib/visible-text.ts';
import type { Decoding } from './use-decoded-body.ts';

interface BodyDecodingProps {
  readonly decoding: Decoding;
  /** The decoded body is what is shown. */
  readonly shown: boolean;
  /** Bytes as stored. */
  readonly storedSize: number;
  /** The first bytes are those of a coding that no header names. */
  readonly sniffed: string | null;
  readonly onShow: (decoded: boolean) => void;
}

/** The state of the encoding, and its button. */
export function BodyDecoding({ decoding, shown, storedSize, sniffed, onShow }: BodyDecodingProps) {
  const { named, result, source, busy, decode } = decoding;
  const coding = named ?? sniffed;
  if (coding === null && result === null) return null;
  if (result === null) {
    return (
      <span className="row-line">
        {visibleText(coding ?? '').slice(0, 60)}, {formatSize(storedSize)}
        <Button size="compact-xs" loading={busy} onClick={decode}>
          Decode
        </Button>
      </span>
    );
  }
  return (
    <span className="row-line wrap" role="status" aria-label="Encoding">
      {source !== null && (
        <>
          <span>
            {result.encodings.join(', ')}, {formatSize(storedSize)} to {formatSize(result.size)}
          </span>
          {result.cut && <span className="tone-warn">preview cut at {formatSize(result.size)}</span>}
        </>
      )}
      {result.problem !== null && <span className="tone-warn">{visibleText(result.problem)}</span>}
      {source !== null && (
        <Button size="compact-xs" variant="subtle" onClick={() => onShow(!shown)}>
          {shown ? 'Show as stored' : 'Show decoded'}
        </Button>
      )}
    </span>
  );
}
