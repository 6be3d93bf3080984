// A bordered box with a small heading, the unit that views are built of.

import { useId } from 'react';
import type { ReactNode } from 'react';

interface CardProps {
  readonly title: ReactNode;
  readonly aside?: ReactNode;
  /** Takes the height that is left. */
  readonly fill?: boolean;
  readonly children: ReactNode;
}

/** A titled box; assistive technology meets it as a group of that name. */
export function Card({ title, aside, fill = false, children }: CardProps) {
  const id = useId();
  return (
    <div className={fill ? 'card fill' : 'card'} role="group" aria-labelledby={id}>
      <div className="card-head">
        <h2 id={id} className="cut">
          {title}
        </h2>
        {aside !== undefined && <div className="aside row-line">{aside}</div>}
      </div>
      {children}
    </div>
  );
}
