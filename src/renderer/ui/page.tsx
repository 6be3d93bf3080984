// The frame of a view: a heading with actions, and what lies below it.

import type { ReactNode } from 'react';

interface PageProps {
  readonly title: ReactNode;
  readonly meta?: ReactNode;
  readonly actions?: ReactNode;
  /** Lines of text read better when they are not as wide as the window. */
  readonly narrow?: boolean;
  readonly children: ReactNode;
}

/** A view with a heading of its own. */
export function Page({ title, meta, actions, narrow = false, children }: PageProps) {
  return (
    <section className="page">
      <div className="page-head">
        <div className="grow">
          <h1 className="cut">{title}</h1>
          {meta !== undefined && <div className="meta">{meta}</div>}
        </div>
        {actions !== undefined && <div className="actions">{actions}</div>}
      </div>
      <div className={narrow ? 'page-body narrow' : 'page-body'}>{children}</div>
    </section>
  );
}
