// What stays while views come and go: status bar, navigation, bars that ask or warn, keys that work everywhere.

import type { ReactNode } from 'react';
import { useApp } from '../../state/use-app.ts';
import { Navigation } from './navigation.tsx';
import { RestoredBar } from './restored-bar.tsx';
import { SecretStorageBar } from './secret-storage-bar.tsx';
import { ShortcutList } from './shortcut-list.tsx';
import { StatusBar } from './status-bar.tsx';
import { SyncFailure } from './sync-failure.tsx';
import { useDrops } from './use-drops.ts';
import { useKeys } from './use-keys.ts';
import './frame.css';

/** The frame around a view. */
export function Frame({ children }: { readonly children: ReactNode }) {
  const failed = useApp((state) => state.mirror.status === 'failed');
  useKeys();
  useDrops();
  return (
    <div className="frame">
      <StatusBar />
      <Navigation />
      <main className="frame-main">
        <RestoredBar />
        <SecretStorageBar />
        {failed ? <SyncFailure /> : <div className="frame-view">{children}</div>}
      </main>
      <ShortcutList />
    </div>
  );
}
