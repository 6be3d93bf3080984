// What the tunnel's program said, as it says it.

import { useEffect, useState } from 'react';
import type { TunnelLogLine } from '../../../shared/tunnels.ts';
import { formatTime } from '../../lib/format.ts';
import { stateOf } from '../../lib/tunnel-words.ts';
import { useApp, useServices } from '../../state/use-app.ts';
import { Fold } from '../../ui/fold.tsx';
import { visibleText } from '../../lib/visible-text.ts';
import { Visible } from '../../ui/visible.tsx';

const everyMs = 2_000;
const noLines: readonly TunnelLogLine[] = [];

/** The card "Log". */
export function TunnelLog({ id }: { readonly id: string }) {
  const state = useApp(({ mirror }) => stateOf(mirror.tunnelStates, id));
  const { bridge } = useServices();
  const [lines, setLines] = useState(noLines);
  const [now] = useState(Date.now);

  // No news tells of lines: they are fetched while the page is open and something runs.
  useEffect(() => {
    let stale = false;
    const fetchLines = (): void =>
      void bridge.call('tunnels.log', { id }).then((answer) => {
        if (stale || !answer.ok) return;
        const told = answer.value;
        setLines((shown) => (told.length === shown.length && told.at(-1)?.at === shown.at(-1)?.at ? shown : told));
      });
    fetchLines();
    const timer = state === 'stopped' ? undefined : setInterval(fetchLines, everyMs);
    return () => {
      stale = true;
      clearInterval(timer);
    };
  }, [bridge, id, state]);

  return (
    <Fold title="Log" aside={<LastLine text={lines.at(-1)?.text} />}>
      {lines.length === 0 ? (
        <p className="card-body muted">Nothing was said yet.</p>
      ) : (
        <div className="code-block tunnel-log" role="log" aria-label="Tunnel log" tabIndex={0}>
          {lines.map((line, index) => (
            // Lines carry no id; the list only grows at its end.
            <div key={index}>
              <span className="muted">{formatTime(line.at, now)}</span> <Visible text={line.text} />
            </div>
          ))}
        </div>
      )}
    </Fold>
  );
}

/** The newest line; the title gives what does not fit. */
function LastLine({ text }: { readonly text: string | undefined }) {
  if (text === undefined) return 'empty';
  return (
    <span title={visibleText(text)}>
      <Visible text={text} />
    </span>
  );
}
