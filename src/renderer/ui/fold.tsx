// A card that is closed until it is wanted: what few people need must not stand in everybody's way.

import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import './fold.css';

interface FoldProps {
  readonly title: string;
  /** What is inside, in a few words, while it is closed and open. */
  readonly aside?: ReactNode;
  /** Something inside must be seen: opens it, and keeps it open. */
  readonly needed?: boolean;
  /** It stands within a card. */
  readonly inner?: boolean;
  readonly children: ReactNode;
}

/** A titled box that opens and closes; assistive technology meets it as a group of that name. */
export function Fold({ title, aside, needed = false, inner = false, children }: FoldProps) {
  const [open, setOpen] = useState(needed);
  return (
    <details
      className={inner ? 'card fold inner' : 'card fold'}
      aria-label={title}
      open={open || needed}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary className="card-head">
        <ChevronRight className="fold-mark" size={14} aria-hidden="true" />
        {inner ? <h3>{title}</h3> : <h2>{title}</h2>}
        {aside !== undefined && <span className="aside cut grow">{aside}</span>}
      </summary>
      {children}
    </details>
  );
}
