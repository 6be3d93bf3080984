// Replies that wait: for a time, for ever, or for those before them on the same connection. Each wait ends once, also
// when the client goes away, the receiver stops, or waiting requests hold too much memory.

import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Why a wait is over: its time has come, the receiver wants it done, or there is nobody left to answer. */
export type WaitEnd = 'due' | 'drained' | 'gone';

/** What is waited for. */
export interface WaitKind {
  /** Ms; null without end. */
  readonly ms: number | null;
  /** What it means that the client ends its side from now on: that it has gone, or nothing (it may still read). */
  readonly clientEnd: 'gone' | 'ignored';
  /** Bytes of memory that the waiting request holds. */
  readonly bytes: number;
}

/** Replies that wait. */
export interface Waits {
  /** Calls `settle` once, perhaps at once. */
  hold(socket: Socket, kind: WaitKind, settle: (end: WaitEnd) => void): void;
  /** Calls `settle` once the replies before this one on its connection are written, perhaps at once. */
  turn(response: ServerResponse, socket: Socket, bytes: number, settle: (end: 'due' | 'gone') => void): void;
  /** Ends every wait for a time, now and from now on. */
  drain(): void;
}

interface Entry {
  readonly socket: Socket;
  readonly bytes: number;
  readonly clientEnd: 'gone' | 'ignored';
  readonly settle: (end: WaitEnd) => void;
  /** Ends only with its turn or the client. */
  readonly isTurn: boolean;
  timer: NodeJS.Timeout | null;
}

interface Watched {
  readonly entries: Set<Entry>;
  readonly onClose: () => void;
  readonly onEnd: () => void;
}

/** No waits yet. Beyond `byteLimit` bytes in all, the longest waits are ended early. */
export function createWaits(byteLimit: number): Waits {
  const entries = new Set<Entry>();
  // One pair of listeners per socket, however many of its replies wait.
  const sockets = new Map<Socket, Watched>();
  let bytes = 0;
  let draining = false;

  function watch(socket: Socket): Watched {
    const finish = (wanted: (entry: Entry) => boolean) => {
      for (const entry of sockets.get(socket)?.entries ?? []) if (wanted(entry)) end(entry, 'gone');
    };
    const onClose = () => finish(() => true);
    const onEnd = () => finish(({ clientEnd }) => clientEnd === 'gone');
    socket.on('close', onClose);
    socket.on('end', onEnd);
    const watched: Watched = { entries: new Set(), onClose, onEnd };
    sockets.set(socket, watched);
    return watched;
  }

  function add(entry: Entry): void {
    entries.add(entry);
    (sockets.get(entry.socket) ?? watch(entry.socket)).entries.add(entry);
    bytes += entry.bytes;
  }

  function end(entry: Entry, how: WaitEnd): void {
    if (!entries.delete(entry)) return;
    if (entry.timer) clearTimeout(entry.timer);
    bytes -= entry.bytes;
    const watched = sockets.get(entry.socket);
    watched?.entries.delete(entry);
    if (watched?.entries.size === 0) {
      entry.socket.off('close', watched.onClose);
      entry.socket.off('end', watched.onEnd);
      sockets.delete(entry.socket);
    }
    entry.settle(how);
  }

  function makeRoom(): void {
    for (const entry of entries) {
      if (bytes <= byteLimit) return;
      if (!entry.isTurn) end(entry, 'drained');
    }
  }

  return {
    hold(socket, { ms, clientEnd, bytes: held }, settle) {
      if (socket.destroyed) return settle('gone');
      if (draining) return settle('drained');
      const entry: Entry = { socket, bytes: held, clientEnd, settle, isTurn: false, timer: null };
      if (ms !== null) entry.timer = setTimeout(() => end(entry, 'due'), ms);
      add(entry);
      if (bytes > byteLimit) makeRoom();
    },
    turn(response, socket, held, settle) {
      if (socket.destroyed) return settle('gone');
      if (response.socket !== null) return settle('due');
      const entry: Entry = {
        socket,
        bytes: held,
        clientEnd: 'ignored',
        settle: (how) => settle(how === 'gone' ? 'gone' : 'due'),
        isTurn: true,
        timer: null,
      };
      add(entry);
      // Node is about to flush this response: writing to it has to wait until that is done.
      response.once('socket', () => process.nextTick(() => end(entry, socket.destroyed ? 'gone' : 'due')));
      if (bytes > byteLimit) makeRoom();
    },
    drain() {
      draining = true;
      for (const entry of entries) if (!entry.isTurn) end(entry, 'drained');
    },
  };
}
