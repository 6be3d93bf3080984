// A file on its way into the history: what the view is told at each step, without React and without a host.

import { describe, expect, it } from 'vitest';
import { maxImportBytes } from '../../../../src/shared/imports.ts';
import type { ImportPreview } from '../../../../src/shared/imports.ts';
import { createImportActions } from '../../../../src/renderer/state/import-actions.ts';
import type { GivenFile } from '../../../../src/renderer/state/import-actions.ts';
import { createAppStore } from '../../../../src/renderer/state/store.ts';
import type { Bridge } from '../../../../src/shared/contract.ts';

const preview: ImportPreview = { planId: 'imp_1', format: 'curl', count: 2, rows: [], leftOut: [], leftOutCount: 0 };

function file(name: string, text = 'curl http://x'): GivenFile {
  const bytes = new TextEncoder().encode(text);
  return { name, size: bytes.length, arrayBuffer: () => Promise.resolve(bytes.buffer) };
}

function setUp(answers: Readonly<Record<string, unknown>>) {
  const calls: [string, unknown][] = [];
  const bridge = {
    call(name: string, input: unknown) {
      calls.push([name, input]);
      return Promise.resolve(answers[name]);
    },
    onChanges: () => () => undefined,
  } as unknown as Bridge;
  const { store } = createAppStore({ bridge, now: () => 0, newId: () => 'x', route: { view: 'import' } });
  return { calls, store, actions: createImportActions(store, bridge), step: () => store.getState().importing };
}

describe('importing', () => {
  it('reads, shows and stores', async () => {
    const { actions, step, calls } = setUp({
      'import.read': { ok: true, value: preview },
      'import.apply': { ok: true, value: { imported: 2 } },
    });
    await actions.readImport(file('a.sh'));
    expect(step()).toEqual({ step: 'read', name: 'a.sh', preview });
    await actions.applyImport();
    expect(step()).toEqual({ step: 'done', name: 'a.sh', imported: 2 });
    expect(calls.at(-1)).toEqual(['import.apply', { planId: 'imp_1' }]);
    await actions.applyImport();
    expect(calls).toHaveLength(2);
  });

  it('refuses a large file without reading it', async () => {
    const { actions, step, calls } = setUp({});
    const large: GivenFile = {
      name: 'large.har',
      size: maxImportBytes + 1,
      arrayBuffer: () => Promise.reject(new Error('was read')),
    };
    await actions.readImport(large);
    expect(step()).toMatchObject({ step: 'refused', error: { message: 'The file is larger than 20 MiB.' } });
    expect(calls).toEqual([]);
  });

  it('says what the host found wrong, and that a folder cannot be read', async () => {
    const error = { code: 'IMPORT_INVALID', message: 'line 3: no JSON', hint: 'Mend it.' };
    const { actions, step } = setUp({ 'import.read': { ok: false, error } });
    await actions.readImport(file('bad.har'));
    expect(step()).toEqual({ step: 'refused', name: 'bad.har', error });
    await actions.readImport({ name: 'folder', size: 0, arrayBuffer: () => Promise.reject(new Error('no')) });
    expect(step()).toMatchObject({ step: 'refused', name: 'folder', error: { message: 'The file cannot be read.' } });
  });

  it('shows the file that was chosen last, whichever is read first', async () => {
    const { actions, step } = setUp({ 'import.read': { ok: true, value: preview } });
    let release: (bytes: ArrayBuffer) => void = () => undefined;
    const slow = new Promise<ArrayBuffer>((resolve) => (release = resolve));
    const first = actions.readImport({ name: 'slow', size: 1, arrayBuffer: () => slow });
    await actions.readImport(file('fast'));
    release(new ArrayBuffer(1));
    await first;
    expect(step()).toMatchObject({ step: 'read', name: 'fast' });
  });
});
