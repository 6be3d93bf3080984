// Editing and sending messages, composed or replayed.

import type { StoreApi } from 'zustand/vanilla';
import type { Bridge } from '../../shared/contract.ts';
import type { Delivery } from '../../shared/delivery.ts';
import type { Result } from '../../shared/errors.ts';
import type { ExchangeDetail } from '../../shared/exchange.ts';
import type { AppState } from './app-state.ts';
import { applyDeliveries } from './apply-changes.ts';
import { replayMessage, toDraft } from '../lib/message-form.ts';
import type { MessageForm } from '../lib/message-form.ts';
import { readWholeBody } from './read-body.ts';

/** Actions on the forms. */
export interface FormActions {
  editCompose(change: Partial<MessageForm>): void;
  editReplay(change: Partial<MessageForm>): void;
  /** Loads a captured request into the Replay form, unless it is the one being edited. */
  openReplay(id: string): Promise<void>;
  /** Sends what the form of `which` says. */
  send(which: 'compose' | 'replay'): Promise<Result<readonly Delivery[]>>;
  /** Dead letters became these deliveries. */
  noteRedriven(made: readonly Delivery[]): void;
}

/** What they need. */
export interface FormActionOptions {
  readonly bridge: Bridge;
  readonly now: () => number;
}

/** Creates them. */
export function createFormActions(store: StoreApi<AppState>, { bridge, now }: FormActionOptions): FormActions {
  const setForms = (change: Partial<AppState['forms']>): void =>
    store.setState(({ forms }) => ({ forms: { ...forms, ...change } }));

  /** News of the same deliveries may have overtaken the answer and know more. */
  function note(deliveries: readonly Delivery[]): void {
    store.setState((state) => ({ mirror: applyDeliveries(state.mirror, unknownOf(state, deliveries)) }));
  }

  return {
    editCompose: (change) => setForms({ compose: { ...store.getState().forms.compose, ...change } }),

    editReplay(change) {
      const { replay } = store.getState().forms;
      if (replay) setForms({ replay: { ...replay, form: { ...replay.form, ...change } } });
    },

    async openReplay(id) {
      if (store.getState().forms.replay?.request.id === id) return;
      setForms({ replay: null, replayError: null, replaySent: null });
      const answer = await bridge.call('requests.get', { id });
      const body = answer.ok ? await readWholeBody(bridge, id, answer.value.storedSize) : answer;
      if (!isReplaying(store.getState(), id)) return;
      if (!answer.ok) setForms({ replayError: answer.error });
      else if (!body.ok) setForms({ replayError: body.error });
      else setForms({ replay: openedReplay(store.getState(), answer.value, body.value) });
    },

    async send(which) {
      const { forms, mirror } = store.getState();
      const form = which === 'compose' ? forms.compose : forms.replay?.form;
      if (!form) return { ok: true, value: [] };
      const replayOf = which === 'replay' ? (forms.replay?.request.id ?? null) : null;
      const answer = await bridge.call('compose.send', toDraft(form, mirror.secrets, replayOf));
      if (!answer.ok) return answer;
      const { deliveries } = answer.value;
      const sent = { at: now(), deliveryIds: deliveries.map((delivery) => delivery.id) };
      setForms(which === 'compose' ? { composeSent: sent } : { replaySent: sent, lastReplayUrl: form.url });
      note(deliveries);
      return { ok: true, value: deliveries };
    },

    noteRedriven: note,
  };
}

function isReplaying(state: AppState, id: string): boolean {
  return state.view.route.view === 'replay' && state.view.route.id === id;
}

function openedReplay(state: AppState, request: ExchangeDetail, original: Uint8Array): AppState['forms']['replay'] {
  const { receiver, endpoints, secrets } = state.mirror;
  const base = receiver.status === 'listening' ? receiver.url : 'http://127.0.0.1:4100';
  const endpoint = endpoints.find((candidate) => candidate.id === request.endpoint);
  const named = request.verdict.secretName ?? endpoint?.secretNames[0];
  const secret = secrets.some(({ name }) => name === named) ? (named ?? '') : '';
  const form = replayMessage(request, original, base, secret);
  const { lastReplayUrl } = state.forms;
  return { request, original, form: lastReplayUrl === null ? form : { ...form, url: lastReplayUrl } };
}

function unknownOf(state: AppState, deliveries: readonly Delivery[]): Map<string, Delivery> {
  const known = new Set([...state.mirror.deliveries, ...state.mirror.dead].map((delivery) => delivery.id));
  return new Map(deliveries.filter(({ id }) => !known.has(id)).map((delivery) => [delivery.id, delivery]));
}
