// Decides what is told while the window is not in front: which news, in which words, and not too often. Words of senders
// are cut and stripped of what a desktop might take for markup; bodies and secrets are never among them. No Electron.

import type { Change } from '../../shared/news.ts';
import type { ExchangeSummary } from '../../shared/exchange.ts';

/** What a person wants to be told. */
export type NoticeMode = 'off' | 'failures' | 'all';

/** A message of the desktop. */
export interface Notice {
  readonly title: string;
  readonly body: string;
  /** Where a click leads, as the address behind `#`. */
  readonly place: string;
}

/** What the decision is given. */
export interface NoticeOptions {
  readonly mode: () => NoticeMode;
  /** The person sees the window: nothing need be told. */
  readonly inFront: () => boolean;
  /** Name of a provider or endpoint, from its id. */
  readonly providerName: (id: string) => string;
  readonly after: (ms: number, run: () => void) => () => void;
  readonly show: (notice: Notice) => void;
}

/** Takes the news. */
export interface Notices {
  add(change: Change): void;
  stop(): void;
}

interface Item {
  readonly failed: boolean;
  readonly notice: Notice;
}

/** News that comes within this time is told together, ms. */
const gatherMs = 700;
/** Between two messages, ms. */
const restMs = 5_000;
/** Ids of dead letters that were told, so that an edit or a restart does not tell them again. */
const mostKnown = 1_000;

/** Creates it. */
export function createNotices({ mode, inFront, providerName, after, show }: NoticeOptions): Notices {
  let waiting: Item[] = [];
  let cancel: (() => void) | null = null;
  let resting = false;
  const told = new Set<string>();

  function tell(): void {
    cancel = null;
    const items = waiting;
    waiting = [];
    const [first] = items;
    resting = false;
    if (first === undefined || inFront()) return;
    show(items.length === 1 ? first.notice : together(items));
    resting = true;
    cancel = after(restMs, tell);
  }

  return {
    add(change) {
      const wanted = mode();
      if (wanted === 'off' || inFront()) return;
      const item = itemOf(change, providerName, told);
      if (item === null || (wanted === 'failures' && !item.failed)) return;
      waiting.push(item);
      if (cancel === null && !resting) cancel = after(gatherMs, tell);
    },
    stop() {
      cancel?.();
      waiting = [];
    },
  };
}

function itemOf(change: Change, providerName: (id: string) => string, told: Set<string>): Item | null {
  if (change.type === 'request') return requestItem(change.summary, providerName);
  if (change.type !== 'delivery' || change.delivery.state !== 'dead' || told.has(change.delivery.id)) return null;
  if (told.size >= mostKnown) told.clear();
  const { id, message, attempts } = change.delivery;
  told.add(id);
  const tries = attempts.length === 1 ? '1 attempt' : `${attempts.length} attempts`;
  return {
    failed: true,
    notice: {
      title: `Delivery failed: ${plain(message.event ?? 'event')}`,
      body: `It is a dead letter after ${tries}.`,
      place: `#/dead-letters/${encodeURIComponent(id)}`,
    },
  };
}

const failures: Partial<Record<ExchangeSummary['verdict']['status'], string>> = {
  invalid: 'Signature invalid',
  missing: 'Signature missing',
  expired: 'Signature expired',
  future: 'Signed in the future',
  malformed: 'Signature malformed',
};

function requestItem(summary: ExchangeSummary, providerName: (id: string) => string): Item {
  const { verdict, provider, event, target, id } = summary;
  const failure = failures[verdict.status];
  const words = failure ?? (verdict.status === 'valid' ? 'Signature valid' : 'Signature not verified');
  const path = target.split('?', 1)[0] ?? '';
  return {
    failed: failure !== undefined,
    notice: {
      title: plain(event ?? path),
      body: provider === null ? words : `${plain(providerName(provider))} · ${words}`,
      place: `#/inbox/${encodeURIComponent(id)}`,
    },
  };
}

function together(items: readonly Item[]): Notice {
  const failed = items.filter((item) => item.failed).length;
  const last = items.at(-1) as Item;
  const letters = items.filter(({ notice }) => notice.place.startsWith('#/dead-letters/')).length;
  const requests = items.length - letters;
  const parts = [
    ...(requests > 0 ? [`${requests} ${requests === 1 ? 'request' : 'requests'}`] : []),
    ...(letters > 0 ? [`${letters} failed ${letters === 1 ? 'delivery' : 'deliveries'}`] : []),
  ];
  const bad = failed - letters;
  return {
    title: parts.join(', '),
    body: bad > 0 ? `${bad} with a signature that does not hold` : last.notice.body,
    place: requests > 0 ? '#/inbox' : '#/dead-letters',
  };
}

/** Without control, bidirectional and zero-width characters and without the signs of markup; at most 80 characters. */
function plain(text: string): string {
  const clean = text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ')
    .replaceAll('<', '‹')
    .replaceAll('>', '›')
    .replaceAll('&', '＆');
  const letters = Array.from(clean);
  return letters.length > 80 ? `${letters.slice(0, 79).join('')}…` : clean;
}
