// The query box. It offers keys and values while a query is typed; what is wrong with a query stands below it, and the
// rows stay until it is right. It is a text box with a list, not a combobox: any query may be typed.

import { TextInput, VisuallyHidden } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { Search, X } from 'lucide-react';
import { useEffect, useId, useRef, useState } from 'react';
import type { KeyboardEvent } from 'react';
import { plural } from '../../lib/format.ts';
import { suggestTerms, withSuggestion } from '../../lib/query-suggestions.ts';
import type { Suggestion, Suggestions } from '../../lib/query-suggestions.ts';
import { querySources } from '../../state/query-sources.ts';
import { useActions, useApp, useServices } from '../../state/use-app.ts';

/** Wait for another key before a query is put in force, ms. */
const typingPauseMs = 150;

interface Offer extends Suggestions {
  /** Place of the marked one; -1 for none. */
  readonly active: number;
}

/** The textbox "Filter requests". */
export function FilterBox() {
  const text = useApp((state) => state.inbox.text);
  const error = useApp((state) => state.inbox.queryError);
  const { app } = useServices();
  const actions = useActions();
  const input = useRef<HTMLInputElement>(null);
  const [offer, setOffer] = useState<Offer | null>(null);
  const listId = useId();
  const apply = useDebouncedCallback((query: string) => void actions.applyQuery(query), typingPauseMs);

  /** An empty term is met with all keys only when they are asked for: they would cover the rows. */
  const look = (query: string, caret: number, asked: boolean): void => {
    const found = suggestTerms(query, caret, querySources(app.store.getState()));
    const isOpen = found.items.length > 0 && (asked || caret > found.from);
    setOffer(isOpen ? { ...found, active: asked ? 0 : -1 } : null);
  };
  const change = (query: string): void => {
    actions.typeQuery(query);
    apply(query);
  };
  const clear = (): void => {
    setOffer(null);
    change('');
  };
  const accept = (chosen: Suggestion): void => {
    if (offer === null) return;
    const next = withSuggestion(text, offer, chosen);
    change(next.text);
    // The caret is set once the new text is in the box.
    requestAnimationFrame(() => input.current?.setSelectionRange(next.caret, next.caret));
    if (chosen.isKey) look(next.text, next.caret, false);
    else setOffer(null);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    const count = offer?.items.length ?? 0;
    const marked = offer?.items[offer.active];
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (offer === null) {
        if (event.key === 'ArrowUp') return;
        look(text, event.currentTarget.selectionStart ?? text.length, true);
      } else {
        const step = event.key === 'ArrowDown' ? 1 : offer.active < 0 ? 0 : -1;
        setOffer({ ...offer, active: (offer.active + step + count) % count });
      }
    } else if (event.key === 'Escape') {
      if (offer === null) clear();
      else setOffer(null);
    } else if ((event.key === 'Enter' || event.key === 'Tab') && marked !== undefined) accept(marked);
    else if (event.key === 'Enter') setOffer(null);
    else if (event.key === 'Tab') {
      // The list is gone before the focus moves on, and does not catch it.
      setOffer(null);
      return;
    } else return;
    event.preventDefault();
  };

  const active = offer?.active ?? -1;
  return (
    <div className="filter-box grow">
      <TextInput
        ref={input}
        className="mono-input"
        aria-label="Filter requests"
        aria-autocomplete="list"
        aria-controls={offer === null ? undefined : listId}
        aria-activedescendant={active >= 0 ? `${listId}-${active}` : undefined}
        placeholder="Filter"
        value={text}
        // Half a term is not wrong yet.
        error={error && offer === null ? `${error.message} ${error.details === undefined ? error.hint : ''}` : null}
        spellCheck={false}
        autoComplete="off"
        leftSection={<Search size={14} aria-hidden="true" />}
        rightSection={
          text === '' ? null : (
            <button type="button" className="clear-button" aria-label="Clear the filter" onClick={clear}>
              <X size={14} aria-hidden="true" />
            </button>
          )
        }
        onKeyDown={onKeyDown}
        onBlur={() => setOffer(null)}
        onChange={(event) => {
          const { value, selectionStart } = event.currentTarget;
          change(value);
          look(value, selectionStart ?? value.length, false);
        }}
      />
      {offer !== null && <OfferList id={listId} items={offer.items} active={active} onChoose={accept} />}
      <VisuallyHidden role="status">
        {offer === null ? '' : `${plural(offer.items.length, 'suggestion')}, arrow down to choose`}
      </VisuallyHidden>
    </div>
  );
}

interface OfferListProps {
  readonly id: string;
  readonly items: readonly Suggestion[];
  readonly active: number;
  readonly onChoose: (chosen: Suggestion) => void;
}

function OfferList({ id, items, active, onChoose }: OfferListProps) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (active >= 0) list.current?.children[active]?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  return (
    <div ref={list} id={id} role="listbox" aria-label="Suggestions" className="offer-list" tabIndex={0}>
      {items.map((item, index) => (
        // The box keeps the focus and has the keys.
        <div
          key={item.insert}
          id={`${id}-${index}`}
          role="option"
          className="offer"
          aria-selected={index === active}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onChoose(item)}
        >
          <span className="offer-label">{item.label}</span>
          <span className="offer-about cut" title={item.about}>
            {item.about}
          </span>
        </div>
      ))}
    </div>
  );
}
