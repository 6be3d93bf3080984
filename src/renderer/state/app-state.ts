// The shape of the window's one store: the mirror of the host, and slices that belong to the window.

import type { ErrorValue } from '../../shared/errors.ts';
import type { ExchangeDetail, ExchangeSummary } from '../../shared/exchange.ts';
import type { ImportPreview } from '../../shared/imports.ts';
import type { BodyKind, BodyViewName } from '../lib/body-view.ts';
import type { CheckForm } from '../lib/check-form.ts';
import type { Mirror } from './mirror.ts';
import type { MessageForm } from '../lib/message-form.ts';
import type { Route } from './route.ts';
import type { RowWindow } from './row-window.ts';

/** A search that takes its time. */
export interface RowSearch {
  /** Lowest seq that was looked at. */
  readonly scannedTo: number;
  /** The person ended it; it can go on from there. */
  readonly isStopped: boolean;
}

/** The Inbox's filter. */
export interface InboxSlice {
  /** What stands in the filter box. */
  readonly text: string;
  /** The query in force. */
  readonly query: string;
  /** What matches the query, or a stretch further back; null stands for the mirror's own rows, the newest of all. */
  readonly stretch: RowWindow | null;
  /** Requests that match the query; null while that is not known. */
  readonly matches: number | null;
  /** The history is being looked through; null when not. */
  readonly search: RowSearch | null;
  /** What is wrong with the query. */
  readonly queryError: ErrorValue | null;
  /** Rows are being fetched for another place of the list. */
  readonly isMoving: boolean;
}

/** The request that is open. */
export interface DetailSlice {
  readonly id: string | null;
  readonly value: ExchangeDetail | null;
  readonly error: ErrorValue | null;
}

/** A replay that is being edited. */
export interface ReplayDraft {
  readonly request: ExchangeDetail;
  readonly original: Uint8Array;
  readonly form: MessageForm;
}

/** What was sent last from a form. */
export interface LastSend {
  /** Epoch ms. */
  readonly at: number;
  readonly deliveryIds: readonly string[];
}

/** Forms in progress: they survive a look at another view. */
export interface ComposeSlice {
  readonly compose: MessageForm;
  readonly composeSent: LastSend | null;
  readonly replay: ReplayDraft | null;
  readonly replayError: ErrorValue | null;
  readonly replaySent: LastSend | null;
  /** URL that a replay went to last, offered again. */
  readonly lastReplayUrl: string | null;
}

/** How many deliveries are sent, and how fast. */
export interface VolumeForm {
  readonly count: number;
  readonly ratePerSecond: number;
  /** Hosts outside this network that the person said may be loaded, with commas between. */
  readonly confirmedFor: string;
}

/** Runs that this window started. What they found is in the mirror. */
export interface TrialSlice {
  readonly check: CheckForm;
  /** Id of the last check; null before the first. */
  readonly checkId: string | null;
  readonly checkError: ErrorValue | null;
  readonly volume: VolumeForm;
  readonly volumeId: string | null;
  readonly volumeError: ErrorValue | null;
}

/** A file on its way into the history. */
export type ImportSlice =
  | { readonly step: 'empty' }
  | { readonly step: 'reading' | 'storing'; readonly name: string }
  | { readonly step: 'refused'; readonly name: string; readonly error: ErrorValue }
  | { readonly step: 'read'; readonly name: string; readonly preview: ImportPreview }
  | { readonly step: 'done'; readonly name: string; readonly imported: number };

/** What an export is about: requests chosen by hand, or null for the filter or all. */
export interface ExportSlice {
  readonly ids: readonly string[] | null;
}

/** Where the person is and what is open over it. */
export interface ViewSlice {
  readonly route: Route;
  /** Request that was open in the Inbox last. */
  readonly lastRequest: string | null;
  readonly palette: boolean;
  readonly shortcuts: boolean;
  /** The dialog "Own schedules". */
  readonly schedules: boolean;
  /** The dialog "Export"; null while it is closed. */
  readonly exporting: ExportSlice | null;
  /** The small window for the note on the open request. */
  readonly note: boolean;
  /** How many deletions can still be undone. */
  readonly undos: number;
  /** The page died or hung and was loaded again; null once the person has read it. */
  readonly restored: { readonly at: number; readonly hung: boolean } | null;
  /** Id of the framework whose raw-body recipe is shown. */
  readonly framework: string;
}

/** Everything. */
export interface AppState {
  readonly mirror: Mirror;
  readonly inbox: InboxSlice;
  readonly detail: DetailSlice;
  readonly forms: ComposeSlice;
  readonly trials: TrialSlice;
  readonly importing: ImportSlice;
  /** Deliveries and requests that are deleted, or are once their undo has run out: not shown any more. */
  readonly leaving: ReadonlySet<string>;
  readonly view: ViewSlice;
  /** The view that a person chose last for each kind of body. */
  readonly bodyViews: Readonly<Partial<Record<BodyKind, BodyViewName>>>;
}

/** Rows that the Inbox shows. */
export function inboxRows(state: AppState): readonly ExchangeSummary[] {
  return state.inbox.stretch?.rows ?? state.mirror.rows;
}

/** The rows that the Inbox shows, and where in the list they lie. */
export function inboxWindow({ inbox, mirror }: AppState): RowWindow {
  return inbox.stretch ?? { rows: mirror.rows, above: 0, more: mirror.moreRows };
}

/** How long the list is that the query in force makes; null while that is not known. */
export function inboxTotal({ inbox, mirror }: AppState): number | null {
  return inbox.query === '' ? mirror.requestCount : inbox.matches;
}
