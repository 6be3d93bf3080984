// What differs between two deliveries of the same event, as far as their summaries tell.

import type { ExchangeSummary } from '../../shared/exchange.ts';
import { formatSize } from './format.ts';
import { visibleText } from './visible-text.ts';

/** In words; empty when body, address and sender are the same. */
export function groupDifferences(first: ExchangeSummary, later: ExchangeSummary): string[] {
  const differences: string[] = [];
  if (first.sha256 !== later.sha256) {
    const sizes = first.size === later.size ? '' : ` (${formatSize(first.size)} became ${formatSize(later.size)})`;
    differences.push(`other body${sizes}`);
  }
  if (first.method !== later.method) differences.push(`method ${visibleText(later.method)}`);
  if (first.target !== later.target) differences.push(`other path ${visibleText(later.target)}`);
  if (first.event !== later.event) differences.push(`event ${visibleText(later.event ?? 'missing')}`);
  if (first.deliveryId !== later.deliveryId) differences.push('other delivery id');
  if (first.remoteAddress !== later.remoteAddress) differences.push(`from ${later.remoteAddress}`);
  return differences;
}
