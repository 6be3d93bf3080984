// The whole log of a delivery: a row per attempt, and for the selected one what was sent, what came back and how long
// each phase took.

import { useEffect, useState } from 'react';
import type { AttemptRecord, Delivery } from '../../../shared/delivery.ts';
import type { ErrorValue } from '../../../shared/errors.ts';
import { formatDuration, plural } from '../../lib/format.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { stateWords } from '../../lib/words.ts';
import { hashOf } from '../../state/route.ts';
import { useApp, useServices } from '../../state/use-app.ts';
import { OutcomeBadge } from '../../ui/last-answer.tsx';
import { Moment } from '../../ui/moment.tsx';
import { NoCertificate } from '../../ui/no-certificate.tsx';
import type { RowProps } from '../../ui/virtual-grid.tsx';
import { VirtualGrid } from '../../ui/virtual-grid.tsx';
import { Visible } from '../../ui/visible.tsx';
import { AttemptView } from './attempt-view.tsx';

const keyOf = (attempt: AttemptRecord): string => String(attempt.n);
const nameOf = (attempt: AttemptRecord): string => `Attempt ${attempt.n}, ${attempt.message}`;

/** The log; must be keyed by the delivery's id. */
export function AttemptLog({ delivery }: { readonly delivery: Delivery }) {
  const { attempts, error } = useAttempts(delivery);
  const [chosen, setChosen] = useState<number | null>(null);
  const shown = attempts.find((attempt) => attempt.n === chosen) ?? attempts.at(-1);

  return (
    <section className="attempt-log" aria-label="Delivery log">
      <DeliveryFacts delivery={delivery} />
      {error !== null && <div className="card-body tone-bad">{error.message}</div>}
      {attempts.length === 0 && error === null && (
        <div className="card-body muted">{delivery.attempts.length === 0 ? 'No attempt yet.' : 'Loading…'}</div>
      )}
      <div className="attempt-split">
        <div className="attempt-list">
          <VirtualGrid
            label="Attempts"
            items={attempts}
            keyOf={keyOf}
            nameOf={nameOf}
            rowHeight={46}
            rowClass="attempt-row"
            Row={AttemptRow}
            selected={shown ? String(shown.n) : null}
            onSelect={(attempt) => setChosen(attempt.n)}
          />
        </div>
        {shown && <AttemptView attempt={shown} />}
      </div>
    </section>
  );
}

function DeliveryFacts({ delivery }: { readonly delivery: Delivery }) {
  const target = useApp((state) => state.mirror.targets.find(({ id }) => id === delivery.targetId));
  return (
    <div className="delivery-facts">
      <b className="mono">
        <Visible text={delivery.message.messageId} />
      </b>
      <span>{stateWords(delivery)}</span>
      <span className="muted">{plural(delivery.attempts.length, 'attempt')}</span>
      {target !== undefined && (
        <span className="muted">
          to <a href={hashOf({ view: 'target', id: target.id })}>{visibleText(target.name)}</a>
        </span>
      )}
      {target?.skipTlsCheck === true && <NoCertificate />}
      <span className="muted">schedule {delivery.schedule}</span>
      {delivery.speed !== 1 && <span className="muted">{delivery.speed}× speed</span>}
      {delivery.time === 'simulated' && <span className="badge warn">simulated time</span>}
      {delivery.replayOf !== undefined && (
        <span className="muted">
          replays <a href={hashOf({ view: 'inbox', id: delivery.replayOf })}>a request</a>
          {delivery.changes !== undefined && delivery.changes.length > 0 && (
            <>
              : <Visible text={delivery.changes.join(', ')} />
            </>
          )}
        </span>
      )}
      {delivery.redriveOf !== undefined && <span className="muted">redrives {delivery.redriveOf}</span>}
    </div>
  );
}

function AttemptRow({ item }: RowProps<AttemptRecord>) {
  return (
    <>
      <span role="gridcell" className="muted">
        {item.n}
      </span>
      <span role="gridcell" className="cut">
        <OutcomeBadge attempt={item} /> <span className="muted">{formatDuration(item.ms)}</span>
        <span className="cut muted attempt-message">
          <Visible text={item.message} />
        </span>
      </span>
      <span role="gridcell" className="muted">
        <Moment at={item.at} />
      </span>
    </>
  );
}

/** The full records; fetched again whenever another attempt has ended. */
function useAttempts(delivery: Delivery): {
  readonly attempts: readonly AttemptRecord[];
  readonly error: ErrorValue | null;
} {
  const { bridge } = useServices();
  const [attempts, setAttempts] = useState<readonly AttemptRecord[]>([]);
  const [error, setError] = useState<ErrorValue | null>(null);
  const { id } = delivery;
  const count = delivery.attempts.length;
  useEffect(() => {
    if (count === 0) return undefined;
    let stale = false;
    void bridge.call('deliveries.attempts', { id }).then((answer) => {
      if (stale) return;
      if (answer.ok) setAttempts(answer.value);
      setError(answer.ok ? null : answer.error);
    });
    return () => {
      stale = true;
    };
  }, [bridge, id, count]);
  return { attempts, error };
}
