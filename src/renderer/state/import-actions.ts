// Bringing a file of requests in: read by the host, shown, and stored only on the person's word.

import type { StoreApi } from 'zustand/vanilla';
import type { Bridge } from '../../shared/contract.ts';
import { maxImportBytes } from '../../shared/imports.ts';
import type { AppState, ImportSlice } from './app-state.ts';

/** The part of a browser's file that is needed. */
export interface GivenFile {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** Actions of the view "Import". */
export interface ImportActions {
  /** Shows what is in the file; one over 20 MiB is refused unread. */
  readImport(file: GivenFile): Promise<void>;
  /** Stores what is shown. */
  applyImport(): Promise<void>;
  /** Forgets the file. */
  clearImport(): void;
}

/** Creates them. */
export function createImportActions(store: StoreApi<AppState>, bridge: Bridge): ImportActions {
  let asked = 0;
  const set = (importing: ImportSlice): void => store.setState({ importing });

  return {
    async readImport(file) {
      const { name } = file;
      asked += 1;
      const ticket = asked;
      const tell = (next: ImportSlice): void => {
        if (ticket === asked) set(next);
      };
      if (file.size > maxImportBytes) return tell({ step: 'refused', name, error: tooLarge });
      tell({ step: 'reading', name });
      let bytes: Uint8Array;
      try {
        bytes = new Uint8Array(await file.arrayBuffer());
      } catch {
        return tell({ step: 'refused', name, error: unreadable });
      }
      const answer = await bridge.call('import.read', { bytes });
      return tell(
        answer.ok ? { step: 'read', name, preview: answer.value } : { step: 'refused', name, error: answer.error },
      );
    },

    async applyImport() {
      const { importing } = store.getState();
      if (importing.step !== 'read') return;
      const { name, preview } = importing;
      asked += 1;
      const ticket = asked;
      set({ step: 'storing', name });
      const answer = await bridge.call('import.apply', { planId: preview.planId });
      if (ticket !== asked) return;
      set(
        answer.ok
          ? { step: 'done', name, imported: answer.value.imported }
          : { step: 'refused', name, error: answer.error },
      );
    },

    clearImport() {
      asked += 1;
      set({ step: 'empty' });
    },
  };
}

const tooLarge = {
  code: 'IMPORT_INVALID',
  message: 'The file is larger than 20 MiB.',
  hint: 'Split it, or export fewer requests. It was not read.',
} as const;

const unreadable = {
  code: 'IMPORT_INVALID',
  message: 'The file cannot be read.',
  hint: 'Folders cannot be imported; choose one file, and see that it still exists.',
} as const;
