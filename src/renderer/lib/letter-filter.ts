// Which dead letters are meant: by target and by event, as the host filters them.

import type { Delivery } from '../../shared/delivery.ts';
import type { Target } from '../../shared/workspace.ts';
import type { Choice } from './choices.ts';
import { visibleText } from './visible-text.ts';

/** Empty texts take everything. */
export interface LetterFilter {
  readonly targetId: string;
  readonly event: string;
}

/** Takes everything. */
export const everyLetter: LetterFilter = { targetId: '', event: '' };

/** The dead letters that the filter takes. */
export function filterLetters(letters: readonly Delivery[], { targetId, event }: LetterFilter): readonly Delivery[] {
  if (targetId === '' && event === '') return letters;
  return letters.filter(
    (letter) => (targetId === '' || letter.targetId === targetId) && (event === '' || letter.message.event === event),
  );
}

/** The filter as commands take it. */
export function letterChoice({ targetId, event }: LetterFilter): { targetId?: string; event?: string } {
  return { ...(targetId === '' ? {} : { targetId }), ...(event === '' ? {} : { event }) };
}

/** Targets that dead letters were for, for a picker. */
export function letterTargets(letters: readonly Delivery[], targets: readonly Target[]): readonly Choice[] {
  const ids = new Set(letters.flatMap(({ targetId }) => (targetId === null ? [] : [targetId])));
  const named = [...ids].map((id) => {
    const name = targets.find((target) => target.id === id)?.name;
    return { value: id, label: name === undefined ? `${id} (removed)` : visibleText(name) };
  });
  return [{ value: '', label: 'Any target' }, ...named];
}

/** Events of dead letters, for a picker. */
export function letterEvents(letters: readonly Delivery[]): readonly Choice[] {
  const events = new Set(letters.flatMap(({ message }) => (message.event === null ? [] : [message.event])));
  return [
    { value: '', label: 'Any event' },
    ...[...events].toSorted().map((event) => ({ value: event, label: visibleText(event) })),
  ];
}
