// The shape of both delivery views: a list above, and below it the log of the selected one.

import type { ReactNode } from 'react';
import type { Delivery } from '../../../shared/delivery.ts';
import { Split } from '../../ui/split.tsx';
import { AttemptLog } from './attempt-log.tsx';

interface ListAndLogProps {
  readonly title: string;
  readonly meta: string;
  readonly actions: ReactNode;
  /** Between heading and list. */
  readonly tools?: ReactNode;
  readonly list: ReactNode;
  /** Stands in for the list when there is nothing in it. */
  readonly empty: ReactNode;
  readonly open: Delivery | null;
}

/** Heading, list and log. */
export function ListAndLog({ title, meta, actions, tools, list, empty, open }: ListAndLogProps) {
  return (
    <section className="page" aria-label={title}>
      <div className="page-head">
        <div className="grow">
          <h1>{title}</h1>
          <div className="meta">{meta}</div>
        </div>
        <div className="actions">{actions}</div>
      </div>
      {tools}
      {empty}
      <div className={empty === null ? 'delivery-body' : 'delivery-body hidden'}>
        <Split
          id="deliveries"
          direction="vertical"
          first={<div className="delivery-list">{list}</div>}
          second={open === null ? <NothingOpen /> : <AttemptLog key={open.id} delivery={open} />}
          firstSize="45%"
          firstMin="120px"
          secondMin="120px"
          label="Height of the list"
        />
      </div>
    </section>
  );
}

function NothingOpen() {
  return <div className="attempt-log empty">Choose a row to see its attempts.</div>;
}
