import { describe, expect, it } from 'vitest';
import { createStore } from 'zustand/vanilla';
import type { AppState } from '../../../../src/renderer/state/app-state.ts';
import { createBodyActions } from '../../../../src/renderer/state/body-actions.ts';

describe('body actions', () => {
  it('remember the view per kind, and change nothing when nothing changes', () => {
    const store = createStore<AppState>()(() => ({ bodyViews: {} }) as AppState);
    const { chooseBodyView } = createBodyActions(store);
    chooseBodyView('json', 'text');
    chooseBodyView('xml', 'tree');
    expect(store.getState().bodyViews).toEqual({ json: 'text', xml: 'tree' });
    const before = store.getState().bodyViews;
    chooseBodyView('xml', 'tree');
    expect(store.getState().bodyViews).toBe(before);
  });
});
