// Where a draft goes: addresses given by hand, targets given by id or name, or every active target whose filter
// matches the event. Each leg has its own address, signer and schedule; all carry the same message. When an event goes to
// whoever takes it, a target that is badly set up does not keep it from the others.

import type { Draft } from '../../shared/delivery.ts';
import { AppError } from '../../shared/errors.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import { eventMatches } from '../../shared/workspace.ts';
import type { Target } from '../../shared/workspace.ts';
import { checkTarget } from './check.ts';

/** One destination of a draft. */
export interface Leg {
  readonly targetId: string | null;
  readonly url: string;
  readonly provider: string;
  readonly scheme: string | undefined;
  /** Name of a stored secret, the draft's own new value, or null for unsigned. */
  readonly secret: Draft['secret'];
  /** Names of further stored secrets that sign as well. */
  readonly alsoSecretNames: readonly string[];
  readonly schedule: string;
  /** Fields that the target adds where the draft has none of the name. */
  readonly headers: readonly HeaderPair[];
}

/** Whether nobody named where `draft` goes: then what is wrong with one target concerns only that one. */
export function isDispatched({ urls, targetIds }: Draft): boolean {
  return urls.length === 0 && targetIds.length === 0;
}

/**
 * The legs of `draft`. A stored target signs with its own provider and secret unless the draft brings a secret; an
 * empty `schedule` means the target's own, `quick` for an address given by hand. Throws SEND_NO_TARGET (lists the
 * filters where none matches), and SEND_INVALID_URL for what was given by hand or named.
 */
export function fanOut(draft: Draft, targets: readonly Target[]): Leg[] {
  const named = draft.targetIds.map((wanted) => {
    const target = targets.find(({ id }) => id === wanted) ?? targets.find(({ name }) => name === wanted);
    if (target) return target;
    throw new AppError('SEND_NO_TARGET', `There is no target “${wanted}”`);
  });
  const direct = draft.urls.map((url): Leg => {
    const { provider, scheme, secret } = draft;
    const schedule = draft.schedule === '' ? 'quick' : draft.schedule;
    const { href } = checkTarget(url.trim());
    return { targetId: null, url: href, provider, scheme, secret, alsoSecretNames: [], schedule, headers: [] };
  });
  const dispatched = isDispatched(draft);
  const chosen = dispatched ? matching(draft.event, targets) : [...new Set(named)];
  return [...direct, ...chosen.map((target) => legOf(draft, target))];
}

function legOf(draft: Draft, target: Target): Leg {
  const own = draft.secret === null;
  const url = target.url.trim();
  return {
    targetId: target.id,
    // The attempt checks it again and parks the delivery with the reason.
    url: isDispatched(draft) && !canSendTo(url) ? url : checkTarget(url).href,
    provider: own ? target.provider : draft.provider,
    scheme: own ? undefined : draft.scheme,
    secret: own && target.secretName !== null ? { name: target.secretName } : draft.secret,
    alsoSecretNames: own ? target.alsoSecretNames : [],
    schedule: draft.schedule === '' ? target.schedule : draft.schedule,
    headers: target.headers,
  };
}

function canSendTo(url: string): boolean {
  try {
    checkTarget(url);
    return true;
  } catch {
    return false;
  }
}

function matching(event: string | null, targets: readonly Target[]): readonly Target[] {
  const found = targets.filter(({ state, events }) => state === 'active' && eventMatches(events, event));
  if (found.length > 0) return found;
  const what = event === null ? 'a message without an event' : `the event “${event}”`;
  const filters = targets.map(({ name, events, state }) => `${name}: ${events.join(', ')} (${state})`);
  throw new AppError(
    'SEND_NO_TARGET',
    filters.length === 0
      ? 'No address is given, and there are no targets'
      : `No active target takes ${what}. Filters: ${filters.join('; ')}`,
  );
}
