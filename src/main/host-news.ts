// News that several parts of the host tell in the same words: the workspace as a person sees it, and a request's row.

import type { Change } from '../shared/news.ts';
import type { ExchangeSummary } from '../shared/exchange.ts';
import type { Endpoint } from '../shared/workspace.ts';
import type { Parts } from './host-parts.ts';
import type { Exchange } from './store/history.ts';

type WorkspaceChange = Extract<Change, { readonly type: 'workspace' }>;

/** What a person configures, as it is now. */
export function workspaceView(parts: Parts): Omit<WorkspaceChange, 'type'> {
  const { targets, schemes, schedules, pulls, tunnels } = parts.workspace.data;
  return { endpoints: listedEndpoints(parts), targets, schemes, schedules, pulls, tunnels };
}

/** Endpoints as a person sees them: the stored ones and the catch-all, without the built-in one for the test event. */
function listedEndpoints(parts: Parts): readonly Endpoint[] {
  return parts.endpoints().filter((endpoint) => endpoint.id !== 'test');
}

/** The row of a request that is being stored. */
export function summarize(exchange: Exchange): ExchangeSummary {
  const { request } = exchange;
  const summary: ExchangeSummary = {
    id: request.id,
    seq: request.seq,
    receivedAt: request.receivedAt,
    method: request.method,
    target: request.target,
    endpoint: exchange.endpoint,
    provider: exchange.provider,
    event: exchange.event,
    deliveryId: exchange.deliveryId,
    remoteAddress: request.remoteAddress,
    size: request.size,
    truncated: request.truncated,
    sha256: request.sha256,
    verdict: exchange.verdict,
    duplicate: exchange.duplicate,
    reply: replyOf(exchange),
  };
  const { pulled, imported, webPage, sender } = exchange;
  if (!pulled && !imported && !webPage && sender === undefined) return summary;
  return {
    ...summary,
    ...(pulled && { pulled }),
    ...(imported && { imported }),
    ...(webPage && { webPage }),
    ...(sender !== undefined && { sender }),
  };
}

function replyOf({ replyStatus: status, challenge = false, reply }: Exchange): ExchangeSummary['reply'] {
  return reply ? { status, challenge, by: reply.by } : { status, challenge };
}
