// Retry schedules as components need them: entries of a picker, the person's own ones among them.

import { useMemo } from 'react';
import { schedules } from '../../shared/schedules.ts';
import type { OwnSchedule } from '../../shared/schedules.ts';
import type { Choice, ChoiceGroup } from '../lib/choices.ts';
import { useApp } from './use-app.ts';

const builtIn: readonly Choice[] = schedules.map(({ id, name }) => ({ value: id, label: name }));

/** Entries for a schedule picker; `more` stand at the end. */
export function useScheduleChoices(more: readonly Choice[] = none): readonly (Choice | ChoiceGroup)[] {
  const own = useApp((state) => state.mirror.schedules);
  return useMemo(() => scheduleChoices(own, more), [own, more]);
}

const none: readonly Choice[] = [];

/** Built-in schedules, the person's own, and `more`. */
export function scheduleChoices(
  own: readonly OwnSchedule[],
  more: readonly Choice[],
): readonly (Choice | ChoiceGroup)[] {
  if (own.length === 0) return [...builtIn, ...more];
  return [
    { group: 'Own schedules', items: own.map(({ id, name }) => ({ value: id, label: name })) },
    { group: 'Built in', items: builtIn },
    ...more,
  ];
}
