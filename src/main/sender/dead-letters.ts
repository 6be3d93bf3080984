// Dead letters: which of them a person means, and which are too many or too old to be kept. Pure.

import type { DeadLetterChoice } from '../../shared/contract.ts';
import type { Delivery } from '../../shared/delivery.ts';
import { AppError } from '../../shared/errors.ts';
import { eventMatches } from '../../shared/workspace.ts';

/** Most dead letters that are kept. */
export const maxDeadLetters = 10_000;
/** How long dead letters are kept, ms. */
export const maxDeadLetterAgeMs = 90 * 86_400_000;

/** When a delivery ended: the end of its last attempt, epoch ms. */
export function endedAt({ attempts, createdAt }: Pick<Delivery, 'attempts' | 'createdAt'>): number {
  const last = attempts.at(-1);
  return last ? last.at + last.ms : createdAt;
}

/**
 * The letters that `choice` means. `event` is a name or a pattern as in a target's filter. Throws SEND_NOT_FOUND for an
 * id that is not among them.
 */
export function chooseDead(letters: readonly Delivery[], choice: DeadLetterChoice): readonly Delivery[] {
  if (choice === 'all') return letters;
  if (isIds(choice)) {
    const byId = new Map(letters.map((letter) => [letter.id, letter]));
    return [...new Set(choice)].map((id) => {
      const letter = byId.get(id);
      if (letter) return letter;
      throw new AppError('SEND_NOT_FOUND', `There is no dead letter ${id}`);
    });
  }
  const { targetId, event, diedBeforeAt } = choice;
  return letters.filter(
    (letter) =>
      (targetId === undefined || letter.targetId === targetId) &&
      (event === undefined || eventMatches([event], letter.message.event)) &&
      (diedBeforeAt === undefined || endedAt(letter) < diedBeforeAt),
  );
}

/** Whether `choice` is a list of ids. */
export function isIds(choice: DeadLetterChoice): choice is string[] {
  return Array.isArray(choice);
}

/** The letters, oldest first in the list, that are over the limits at `now` (epoch ms). */
export function overLimits(
  letters: readonly Delivery[],
  now: number,
): { readonly tooOld: readonly Delivery[]; readonly tooMany: readonly Delivery[] } {
  const tooOld = letters.filter((letter) => now - endedAt(letter) > maxDeadLetterAgeMs);
  const rest = tooOld.length === 0 ? letters : letters.filter((letter) => now - endedAt(letter) <= maxDeadLetterAgeMs);
  return { tooOld, tooMany: rest.slice(0, Math.max(0, rest.length - maxDeadLetters)) };
}
