// The line in which words are looked for in a body.

import { ActionIcon, Button, TextInput } from '@mantine/core';
import { ChevronDown, ChevronUp, X } from 'lucide-react';
import type { KeyboardEvent } from 'react';
import { maxFound } from '../../lib/body-find.ts';
import { formatCount } from '../../lib/format.ts';
import { ProgressBar } from '../progress-bar.tsx';
import type { Find } from './use-find.ts';

interface FindBarProps {
  readonly words: string;
  readonly onWords: (words: string) => void;
  readonly find: Find;
  /** Bytes of the body. */
  readonly size: number;
  readonly onClose: () => void;
}

/** Enter goes on, Shift+Enter back, Escape closes. */
export function FindBar({ words, onWords, find, size, onClose }: FindBarProps) {
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') find.step(event.shiftKey ? -1 : 1);
    else if (event.key === 'Escape') onClose();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="find-bar" role="search" aria-label="Find in body">
      <TextInput
        size="xs"
        className="grow"
        aria-label="Find in body"
        placeholder="Find in body"
        value={words}
        autoFocus
        onChange={(event) => onWords(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <span role="status" aria-label="Matches" className="muted">
        {words === '' ? '' : countOf(find)}
      </span>
      {find.searched !== null && (
        <>
          <ProgressBar label="Searched" value={find.searched} of={size} />
          <Button size="compact-xs" variant="subtle" onClick={find.stop}>
            Stop
          </Button>
        </>
      )}
      <ActionIcon variant="subtle" color="gray" size="sm" aria-label="Previous match" onClick={() => find.step(-1)}>
        <ChevronUp size={14} aria-hidden="true" />
      </ActionIcon>
      <ActionIcon variant="subtle" color="gray" size="sm" aria-label="Next match" onClick={() => find.step(1)}>
        <ChevronDown size={14} aria-hidden="true" />
      </ActionIcon>
      <ActionIcon variant="subtle" color="gray" size="sm" aria-label="Close find" onClick={onClose}>
        <X size={14} aria-hidden="true" />
      </ActionIcon>
    </div>
  );
}

function countOf({ found, at, searched }: Find): string {
  if (found.length === 0) return searched === null ? 'no match' : 'searching…';
  const more = found.length >= maxFound || searched !== null ? '+' : '';
  return `${formatCount(at + 1)} of ${formatCount(found.length)}${more}`;
}
