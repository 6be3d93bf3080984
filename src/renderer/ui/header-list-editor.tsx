// Edits a header list: order, case and repeats are the person's.

import { ActionIcon, Button, TextInput } from '@mantine/core';
import { Plus, X } from 'lucide-react';
import type { HeaderPair } from '../../shared/headers.ts';
import './header-list-editor.css';

interface HeaderListEditorProps {
  readonly headers: readonly HeaderPair[];
  readonly onChange: (headers: HeaderPair[]) => void;
  /** Lower-case names of fields that every send writes itself: shown, not edited. */
  readonly fixed?: ReadonlySet<string>;
  /** Field errors by row, if any. */
  readonly error?: string | null;
}

/** Rows of name and value, and a button for another one. */
export function HeaderListEditor({ headers, onChange, fixed, error = null }: HeaderListEditorProps) {
  const replace = (index: number, pair: HeaderPair): void =>
    onChange(headers.map((old, i) => (i === index ? pair : old)));
  return (
    <div className="header-list">
      {headers.map(([name, value], index) => {
        const isFixed = fixed?.has(name.trim().toLowerCase()) ?? false;
        const label = `Header ${index + 1}`;
        return (
          // Rows have no identity but their place.
          <div key={index} className="header-row">
            <TextInput
              className="mono-input"
              aria-label={`${label} name`}
              value={name}
              placeholder="Name"
              disabled={isFixed}
              onChange={(event) => replace(index, [event.currentTarget.value, value])}
            />
            <TextInput
              className="mono-input"
              aria-label={`${label} value`}
              value={isFixed ? 'written anew by the transport' : value}
              placeholder="Value"
              disabled={isFixed}
              onChange={(event) => replace(index, [name, event.currentTarget.value])}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`Remove header ${index + 1}`}
              disabled={isFixed}
              onClick={() => onChange(headers.filter((_, i) => i !== index))}
            >
              <X size={14} aria-hidden="true" />
            </ActionIcon>
          </div>
        );
      })}
      {error !== null && (
        <div className="tone-bad" data-problem>
          {error}
        </div>
      )}
      <Button
        className="header-add"
        variant="subtle"
        leftSection={<Plus size={14} aria-hidden="true" />}
        onClick={() => onChange([...headers, ['', '']])}
      >
        Add header
      </Button>
    </div>
  );
}
