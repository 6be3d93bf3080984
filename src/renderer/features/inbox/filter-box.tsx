// The query box. What is wrong with a query stands below it; the rows stay until it is right.

import { TextInput, Tooltip } from '@mantine/core';
import { useDebouncedCallback, useHotkeys } from '@mantine/hooks';
import { Search, X } from 'lucide-react';
import { useRef } from 'react';
import { queryKeys } from '../../../shared/query.ts';
import { useActions, useApp } from '../../state/use-app.ts';

/** The textbox "Filter requests". */
export function FilterBox() {
  const text = useApp((state) => state.inbox.text);
  const error = useApp((state) => state.inbox.queryError);
  const actions = useActions();
  const input = useRef<HTMLInputElement>(null);
  const apply = useDebouncedCallback((query: string) => void actions.applyQuery(query), 200);
  useHotkeys([['/', () => input.current?.focus()]]);

  const change = (query: string): void => {
    actions.typeQuery(query);
    apply(query);
  };
  return (
    <Tooltip label={`Words, or key:value with ${queryKeys.join(', ')}; - negates`} multiline w={340} openDelay={900}>
      <TextInput
        ref={input}
        className="grow mono-input"
        aria-label="Filter requests"
        placeholder="Filter, for example verdict:invalid"
        value={text}
        error={error ? `${error.message} ${error.details === undefined ? error.hint : ''}` : null}
        spellCheck={false}
        leftSection={<Search size={14} aria-hidden="true" />}
        rightSection={
          text === '' ? null : (
            <button type="button" className="clear-button" aria-label="Clear the filter" onClick={() => change('')}>
              <X size={14} aria-hidden="true" />
            </button>
          )
        }
        onKeyDown={(event) => event.key === 'Escape' && change('')}
        onChange={(event) => change(event.currentTarget.value)}
      />
    </Tooltip>
  );
}
