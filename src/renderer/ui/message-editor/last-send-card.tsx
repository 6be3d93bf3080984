// What became of the last send, attempt by attempt, while it happens.

import type { Delivery } from '../../../shared/delivery.ts';
import { formatDuration, formatTime, hostOf } from '../../lib/format.ts';
import { stateWords } from '../../lib/words.ts';
import { Card } from '../card.tsx';
import { Countdown } from '../countdown.tsx';
import { LastAnswer } from '../last-answer.tsx';

interface LastSendCardProps {
  /** Epoch ms. */
  readonly at: number;
  readonly deliveries: readonly Delivery[];
  /** Address of a delivery's page. */
  readonly linkTo: (delivery: Delivery) => string;
}

/** The card "Last send". */
export function LastSendCard({ at, deliveries, linkTo }: LastSendCardProps) {
  return (
    <Card title="Last send" aside={formatTime(at, at)}>
      <div role="status" aria-label="Last send">
        {deliveries.length === 0 && <div className="card-body muted">Finished; see Deliveries.</div>}
        {deliveries.map((delivery) => (
          <div key={delivery.id} className="last-send">
            <div className="row-line">
              <a className="cut grow mono" href={linkTo(delivery)}>
                {hostOf(delivery.url)}
              </a>
              <span className="muted">
                <NextStep delivery={delivery} />
              </span>
            </div>
            <div>
              <LastAnswer delivery={delivery} />
            </div>
          </div>
        ))}
      </div>
    </Card>
  );
}

function NextStep({ delivery }: { readonly delivery: Delivery }) {
  const last = delivery.attempts.at(-1);
  if (delivery.state === 'delivered' && last) return formatDuration(last.ms);
  if (delivery.state === 'waiting' && delivery.nextAt !== null && last) return <Countdown at={delivery.nextAt} />;
  return stateWords(delivery);
}
