// The bridge into the page: two functions and plain data. The page never holds ipcRenderer or an event object.

import { contextBridge, ipcRenderer } from 'electron';
import type { Bridge } from '../shared/contract.ts';
import type { ChangeBatch } from '../shared/news.ts';

const bridge: Bridge = {
  call: (name, input) => ipcRenderer.invoke('call', name, input),
  onChanges(listener) {
    const receive = (_: unknown, batch: ChangeBatch) => listener(batch);
    ipcRenderer.on('changes', receive);
    return () => void ipcRenderer.off('changes', receive);
  },
};

contextBridge.exposeInMainWorld('hookbench', bridge);
