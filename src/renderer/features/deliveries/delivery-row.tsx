// One delivery in a list: what, where to, how often tried, what came back, what comes next.

import type { ReactNode } from 'react';
import type { Delivery } from '../../../shared/delivery.ts';
import { hostOf, shortUrl } from '../../lib/format.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { attemptsInWords, outcomeWord, stateWords } from '../../lib/words.ts';
import { useApp } from '../../state/use-app.ts';
import { AttemptSteps } from '../../ui/attempt-steps.tsx';
import { Countdown } from '../../ui/countdown.tsx';
import { LastAnswer } from '../../ui/last-answer.tsx';
import { Moment } from '../../ui/moment.tsx';
import { NoCertificate } from '../../ui/no-certificate.tsx';
import { RowBox } from '../../ui/row-box.tsx';
import type { RowProps } from '../../ui/virtual-grid.tsx';
import { Visible } from '../../ui/visible.tsx';

/** Accessible name of a row: `invoice.paid to localhost:3000, 2 failed, waiting, last answer 503`. */
export function deliveryName(delivery: Delivery): string {
  const last = delivery.attempts.at(-1);
  const answer = last ? `, last answer ${outcomeWord(last)}` : '';
  return `${eventOf(delivery)} to ${hostOf(delivery.url)}, ${attemptsInWords(delivery)}${answer}`;
}

/** Column headings; `start` stands before the others, `end` names the last one. */
export function DeliveryHeader({ start, end }: { readonly start?: ReactNode; readonly end: string }) {
  return (
    <>
      {start}
      <span role="columnheader">Event</span>
      <span role="columnheader">Target</span>
      <span role="columnheader">Attempts</span>
      <span role="columnheader">Last answer</span>
      <span role="columnheader" className="delivery-end">
        {end}
      </span>
    </>
  );
}

/** Cells of the grid "Deliveries". */
export function DeliveryRow({ item }: RowProps<Delivery>) {
  return (
    <>
      <DeliveryCells delivery={item} />
      <span role="gridcell" className="delivery-end">
        <Next delivery={item} />
      </span>
    </>
  );
}

/** Cells of the grid "Dead letters". */
export function DeadLetterRow({ item }: RowProps<Delivery>) {
  const at = item.attempts.at(-1)?.at ?? item.createdAt;
  return (
    <>
      <RowBox id={item.id} name={deliveryName(item)} />
      <DeliveryCells delivery={item} />
      <span role="gridcell" className="delivery-end muted">
        <Moment at={at} />
      </span>
    </>
  );
}

function DeliveryCells({ delivery }: { readonly delivery: Delivery }) {
  const target = useApp((state) => state.mirror.targets.find(({ id }) => id === delivery.targetId));
  return (
    <>
      <span role="gridcell" className="cut">
        <b className="cut delivery-event">{eventOf(delivery)}</b>
        <span className="mono muted cut delivery-id">
          <Visible text={delivery.message.messageId} />
        </span>
      </span>
      <span role="gridcell" className="cut" title={delivery.url}>
        {target ? visibleText(target.name) : visibleText(shortUrl(delivery.url))}
        {target?.skipTlsCheck === true && (
          <span className="delivery-id">
            <NoCertificate short />
          </span>
        )}
      </span>
      <span role="gridcell">
        <AttemptSteps delivery={delivery} />
      </span>
      <span role="gridcell" className="cut">
        <LastAnswer delivery={delivery} />
      </span>
    </>
  );
}

function Next({ delivery }: { readonly delivery: Delivery }) {
  const last = delivery.attempts.at(-1);
  if (delivery.state === 'waiting' && delivery.nextAt !== null) return <Countdown at={delivery.nextAt} />;
  if (delivery.state === 'delivered' && last) {
    return (
      <span className="muted">
        delivered <Moment at={last.at + last.ms} />
      </span>
    );
  }
  return <span className={delivery.state === 'parked' ? 'tone-warn' : 'muted'}>{stateWords(delivery)}</span>;
}

function eventOf(delivery: Delivery): string {
  return visibleText(delivery.message.event ?? delivery.message.method);
}
