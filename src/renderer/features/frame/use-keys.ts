// The keys that work everywhere. Who handles a key in its place comes first; while a person types, or a dialog asks, only
// keys with a modifier are ours.

import { useEffect } from 'react';
import { actionOf, actionTable, isEnabled } from '../../../shared/actions.ts';
import { isMac } from '../../lib/shortcut.ts';
import { createKeyFinder } from '../../lib/keys.ts';
import { factsOf } from '../../state/facts.ts';
import { useServices } from '../../state/use-app.ts';

/** Listens for as long as the frame stands. */
export function useKeys(): void {
  const { app, run } = useServices();
  useEffect(() => {
    const find = createKeyFinder(actionTable, isMac);
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing) return;
      const modified = event.ctrlKey || event.metaKey;
      const typing = isTyping(event.target);
      if (!modified && (typing || isAsked(event.target))) return;
      const facts = factsOf(app.store.getState());
      const id = find(event).find((action) => isEnabled(actionOf(action), facts));
      // Taking back what was typed is the field's own matter.
      if (id === undefined || (typing && id === 'undo')) return;
      if (document.querySelector('[aria-modal="true"]') !== null && id !== 'palette') return;
      event.preventDefault();
      run(id);
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [app, run]);
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return target.type !== 'checkbox' && target.type !== 'radio';
  return target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

/** A small window, a menu or a list of choices has the focus. */
function isAsked(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('[role="dialog"], [role="menu"], [role="listbox"]') !== null;
}
