// Copies a text and says so for a moment, in place.

import { ActionIcon, Tooltip } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { Check, Copy } from 'lucide-react';

interface CopyButtonProps {
  readonly text: string;
  /** What is copied, for example `Copy URL`. */
  readonly label: string;
}

/** A small button that copies `text`. */
export function CopyButton({ text, label }: CopyButtonProps) {
  const { copied, copy } = useClipboard({ timeout: 1_500 });
  return (
    <Tooltip label={copied ? 'Copied' : label}>
      <ActionIcon variant="subtle" color="gray" size="sm" aria-label={label} onClick={() => copy(text)}>
        {copied ? <Check size={14} aria-hidden="true" /> : <Copy size={14} aria-hidden="true" />}
      </ActionIcon>
    </Tooltip>
  );
}
