// Access rules between their stored form and the fields of a page.

import * as v from 'valibot';
import { networkSchema, tutorialRate } from '../../shared/access.ts';
import type { Access, Rate } from '../../shared/access.ts';
import { plural } from './format.ts';

/** Networks out of pasted text, whatever stands around them: lists, CSV, a provider's JSON. Each once, in order. */
export function networksIn(text: string): string[] {
  const words = text.split(/[\s,;"'[\]{}()<>]+/);
  return [...new Set(words.filter((word) => word !== '' && v.is(networkSchema, word)))];
}

/** Lines of the field: one network a line, empty lines left out. What is no network stays, to be refused by name. */
export function networkLines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** `text` with the pasted networks as lines of their own in place of the selection; null when the paste holds fewer than two. */
export function pasteNetworks(text: string, from: number, to: number, pasted: string): string | null {
  const networks = networksIn(pasted);
  if (networks.length < 2) return null;
  const before = networkLines(text.slice(0, from));
  const after = networkLines(text.slice(to));
  return [...new Set([...before, ...networks, ...after])].join('\n');
}

/** A stored rate choice. */
export type RateChoice = Access['senderRate'];

/** Which entry of the picker a rate is. */
export type RateKind = 'auto' | 'off' | 'tutorial' | 'own';

/** Entries of the picker. */
export const rateChoices = [
  { value: 'auto', label: 'Automatic' },
  { value: 'off', label: 'Off' },
  { value: 'tutorial', label: '100 in 15 minutes' },
  { value: 'own', label: 'Own figures' },
] as const;

/** The entry of a rate. */
export function rateKindOf(rate: RateChoice): RateKind {
  if (typeof rate === 'string') return rate;
  return sameRate(rate, tutorialRate) ? 'tutorial' : 'own';
}

function sameRate(a: Rate, b: Rate): boolean {
  return a.count === b.count && a.periodSeconds === b.periodSeconds && a.burst === b.burst;
}

/** Figures that own ones begin with: other than the preset's, so that the picker shows what was chosen. */
const firstOwn: Rate = { count: 10, periodSeconds: 1, burst: 20 };

/** The rate of an entry. */
export function rateOf(kind: RateKind): RateChoice {
  if (kind === 'tutorial') return tutorialRate;
  return kind === 'own' ? firstOwn : kind;
}

const megabyte = 1_000_000;

/** Bytes as megabytes for a field. */
export function toMegabytes(bytes: number): number {
  return bytes / megabyte;
}

/** Megabytes of a field as whole bytes. */
export function fromMegabytes(megabytes: number): number {
  return Math.round(megabytes * megabyte);
}

/** What is out of the ordinary, in few words, for a fold. */
export function accessWords(access: Access): string {
  const parts = [
    access.allow.length === 0 ? '' : plural(access.allow.length, 'network'),
    access.senderRate === 'auto' && access.endpointRate === 'auto' ? '' : 'own rates',
    access.refuseStale ? 'stale ones refused' : '',
    access.quotaBytes === 'auto' ? '' : 'own quota',
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'everybody; limits only through a tunnel' : parts.join(', ');
}
