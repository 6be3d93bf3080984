// Headers and trailers as they travelled.

import type { ExchangeDetail } from '../../../shared/exchange.ts';
import { Card } from '../../ui/card.tsx';
import { HeaderTable } from '../../ui/header-table.tsx';

/** The tab "Headers". */
export function HeadersTab({ request }: { readonly request: ExchangeDetail }) {
  return (
    <div className="tab-pane" role="region" aria-label="All headers" tabIndex={0}>
      <Card title="Headers" aside="in wire order">
        <HeaderTable headers={request.headers} label="Headers" />
      </Card>
      {request.trailers.length > 0 && (
        <Card title="Trailers" aside="sent after the body">
          <HeaderTable headers={request.trailers} label="Trailers" />
        </Card>
      )}
    </div>
  );
}
