// What stays while views come and go: status bar, navigation, bars that ask or warn, keys that work everywhere.

import { useHotkeys } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { useActions, useApp } from '../../state/use-app.ts';
import { Navigation } from './navigation.tsx';
import { SecretStorageBar } from './secret-storage-bar.tsx';
import { ShortcutList } from './shortcut-list.tsx';
import { StatusBar } from './status-bar.tsx';
import { SyncFailure } from './sync-failure.tsx';
import './frame.css';

/** The frame around a view. */
export function Frame({ children }: { readonly children: ReactNode }) {
  const actions = useActions();
  const failed = useApp((state) => state.mirror.status === 'failed');
  const paletteOpen = useApp((state) => state.view.palette);
  useHotkeys([
    // The question mark needs Shift on some keyboards and not on others.
    ['?', () => actions.showShortcuts(true)],
    ['shift+?', () => actions.showShortcuts(true)],
    ['c', () => actions.go({ view: 'compose' })],
    ['i', () => actions.go({ view: 'inbox', id: null })],
    ['d', () => actions.go({ view: 'deliveries', id: null })],
  ]);
  useHotkeys([['mod+K', () => actions.showPalette(!paletteOpen)]], [], true);
  return (
    <div className="frame">
      <StatusBar />
      <Navigation />
      <main className="frame-main">
        <SecretStorageBar />
        {failed ? <SyncFailure /> : <div className="frame-view">{children}</div>}
      </main>
      <ShortcutList />
    </div>
  );
}
