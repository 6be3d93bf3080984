// Every fault by its name: how it is run, how often it kills in full, and which faulty programs it must see through.

import { join } from 'node:path';
import { runHostileRaw } from './b5-hostile-raw.mjs';
import { runMutation } from './b6-mutation.mjs';
import { runStarvation } from './b7-starvation.mjs';
import { runWebPage } from './b8-web-page.mjs';
import { runKillWhileSending } from './f12-kill-while-sending.mjs';
import { runSlowDisk } from './f13-slow-disk.mjs';
import { runKillUnderLoad } from './f1-kill-under-load.mjs';
import { runDiskFull } from './f4-disk-full.mjs';
import { runDescriptors } from './f6-descriptors.mjs';
import { runTwoAtOnce } from './f7-two-at-once.mjs';
import { runClockJump } from './f8-clock-jump.mjs';
import { runStopAndContinue } from './f9-stop-and-continue.mjs';

/** What every fault gives back; each adds its figures. @typedef {{ pass: boolean, skipped?: string, problems:
 *   readonly string[], lost: readonly string[], summary: string, keptFolder?: string }} Result */

/**
 * @typedef {object} Trial One run of one fault.
 * @property {string} fault
 * @property {string} label
 * @property {Readonly<Record<string, unknown>>} options Replace those of an ordinary run.
 * @property {readonly RegExp[]} sees Problems that the fault must name; empty in an ordinary run.
 */

/**
 * @typedef {object} Programs Scripts that the self-test sets before the faults.
 * @property {string} product
 * @property {string} early Acknowledges before it has stored.
 * @property {string} weak Makes every mistake of a careless receiver.
 */

/**
 * @typedef {object} Fault
 * @property {(options: any) => Promise<Result>} run
 * @property {number} fullRounds Kills in full; 1 for those that do not kill again and again.
 * @property {(programs: Programs) => readonly Omit<Trial, 'fault'>[]} selfTests
 */

/** @type {Readonly<Record<string, Fault>>} */
export const faults = {
  F1: {
    run: runKillUnderLoad,
    fullRounds: 100,
    selfTests: ({ early }) => [
      { label: ' (acknowledges early)', options: { cli: early }, sees: [/acknowledged but not stored/] },
    ],
  },
  F4: {
    run: runDiskFull,
    fullRounds: 1,
    selfTests: ({ early }) => [
      {
        label: ' (acknowledges early, saves in place)',
        options: { cli: early, inPlace: true, quick: true },
        sees: [/acknowledged but not stored/, /2xx while the disk was full/, /documents are broken/],
      },
    ],
  },
  F6: {
    run: runDescriptors,
    fullRounds: 1,
    selfTests: ({ weak }) => [
      {
        label: ' (opens a file per request)',
        options: { cli: weak, quick: true },
        sees: [/the host ended/, /connections were taken again/],
      },
    ],
  },
  F7: {
    run: runTwoAtOnce,
    fullRounds: 1,
    selfTests: ({ weak }) => [
      {
        label: ' (locks nothing, takes another port)',
        options: { cli: weak, quick: true, composition: null, patienceMs: 1_500 },
        sees: [/listens all the same, on another port/, /beside an owner "listen"/, /of 4 contenders own the folder/],
      },
    ],
  },
  // A clock that jumps acknowledges nothing early.
  F8: { run: runClockJump, fullRounds: 1, selfTests: () => [] },
  // Its judgement is tried with doctored copies.
  F9: { run: runStopAndContinue, fullRounds: 1, selfTests: () => [] },
  F12: {
    run: runKillWhileSending,
    fullRounds: 50,
    selfTests: ({ product, early }) => [
      {
        label: ' (confirms enqueuing early)',
        options: { cli: product, enqueueCli: early },
        sees: [/confirmed but never accepted/],
      },
      {
        label: ' (saves its progress late)',
        options: { cli: early, enqueueCli: product },
        sees: [/fewer attempts than before a kill/],
      },
    ],
  },
  F13: {
    run: runSlowDisk,
    fullRounds: 1,
    selfTests: () => [
      {
        label: ' (commits each request alone)',
        options: { quick: true, each: true },
        sees: [/acknowledged after \d.* \(p99\)/],
      },
    ],
  },
  // Its judgement is tried with doctored copies.
  B5: { run: runHostileRaw, fullRounds: 1, selfTests: () => [] },
  B6: {
    run: runMutation,
    fullRounds: 1,
    selfTests: ({ weak }) => [
      {
        label: ' (times nothing out, forgets one in ten)',
        options: { cli: weak, quick: true, count: 60 },
        sees: [/hung over/, /acknowledged but not stored/, /descriptors stay open/, /reply that must not be/],
      },
    ],
  },
  B7: {
    run: runStarvation,
    fullRounds: 1,
    selfTests: ({ weak }) => [
      {
        label: ' (times nothing out)',
        options: { cli: weak, quick: true, durationMs: 2_000 },
        sees: [/idle attackers were not cut/, /slow attackers were not cut/, /drip attackers were not cut/],
      },
    ],
  },
  B8: {
    run: runWebPage,
    fullRounds: 1,
    selfTests: ({ weak }) => [
      {
        label: ' (believes browsers)',
        options: { cli: weak },
        sees: [/hold stored data/, /grant something to a page/, /name a server/, /without the badge/],
      },
    ],
  },
};

/** @type {string} */
export const weakReceiver = join(import.meta.dirname, 'weak-receiver.mjs');
