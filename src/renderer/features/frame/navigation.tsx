// The views as links, with what waits in each.

import {
  CircleX,
  DownloadCloud,
  Inbox,
  ListChecks,
  Pause,
  PenLine,
  Plug,
  Plus,
  Send,
  Settings,
  Target,
  TriangleAlert,
  Waypoints,
} from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { memo } from 'react';
import type { ActionId } from '../../../shared/actions.ts';
import { formatCount, plural } from '../../lib/format.ts';
import { stateOf, tunnelNotes, tunnelStateWords } from '../../lib/tunnel-words.ts';
import { withShortcut } from '../../lib/shortcut.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { hashOf } from '../../state/route.ts';
import type { Route } from '../../state/route.ts';
import { useApp } from '../../state/use-app.ts';
import { noCertificateWords } from '../../ui/no-certificate.tsx';

/** Views of which each id has a link of its own. */
const named: ReadonlySet<Route['view']> = new Set(['endpoint', 'target', 'tunnel']);

/** The navigation "Views". */
export function Navigation() {
  const route = useApp((state) => state.view.route);
  const requests = useApp((state) => state.mirror.requestCount);
  const open = useApp((state) => countOpen(state.mirror.deliveries));
  const dead = useApp(({ mirror, leaving }) =>
    leaving.size === 0 ? mirror.dead.length : mirror.dead.filter(({ id }) => !leaving.has(id)).length,
  );
  const missed = useApp((state) => state.mirror.pullStatus.reduce((sum, status) => sum + status.missed, 0));
  const endpoints = useApp((state) => state.mirror.endpoints);
  const targets = useApp((state) => state.mirror.targets);
  const tunnels = useApp((state) => state.mirror.tunnels);
  const tunnelStates = useApp((state) => state.mirror.tunnelStates);
  const is = (view: Route['view'], id: string | null = null): boolean =>
    route.view === view && (!named.has(view) || ('id' in route && route.id === id));

  return (
    <nav className="views" aria-label="Views">
      <ViewLink
        icon={Inbox}
        href="#/inbox"
        label="Inbox"
        action="go.inbox"
        count={requests}
        unit="request"
        current={is('inbox') || is('import') || is('replay') || is('compare')}
      />
      <ViewLink icon={PenLine} href="#/compose" label="Compose" action="go.compose" current={is('compose')} />
      <ViewLink
        icon={Send}
        href="#/deliveries"
        label="Deliveries"
        action="go.deliveries"
        count={open}
        unit="open delivery"
        current={is('deliveries')}
      />
      <ViewLink
        icon={CircleX}
        href="#/dead-letters"
        label="Dead letters"
        action="go.dead-letters"
        count={dead}
        unit="dead letter"
        bad
        current={is('dead-letters')}
      />
      <ViewLink
        icon={ListChecks}
        href="#/handler-check"
        label="Handler check"
        action="go.handler-check"
        current={is('handler-check')}
      />
      <ViewLink
        icon={DownloadCloud}
        href="#/catch-up"
        label="Catch-up"
        action="go.catch-up"
        count={missed}
        unit="missed event"
        bad
        current={is('catch-up') || is('pull')}
      />
      <SectionHead label="Endpoints" add="Add endpoint" href={hashOf({ view: 'endpoint', id: null })} />
      {endpoints.map(({ id, name, active }) => (
        <ViewLink
          key={id}
          icon={Plug}
          href={hashOf({ view: 'endpoint', id })}
          label={visibleText(name)}
          note={active ? '' : 'off'}
          current={is('endpoint', id)}
        />
      ))}
      <SectionHead label="Targets" add="Add target" href={hashOf({ view: 'target', id: null })} />
      {targets.map(({ id, name, state, skipTlsCheck }) => (
        <ViewLink
          key={id}
          icon={Target}
          href={hashOf({ view: 'target', id })}
          label={visibleText(name)}
          note={skipTlsCheck ? 'unsafe' : state === 'active' ? '' : state}
          noteTitle={skipTlsCheck ? `${noCertificateWords}${state === 'active' ? '' : `, ${state}`}` : undefined}
          bad={skipTlsCheck}
          current={is('target', id)}
        />
      ))}
      <SectionHead label="Tunnels" add="Add tunnel" href={hashOf({ view: 'tunnel', id: null })} />
      {tunnels.map(({ id, name }) => {
        const state = stateOf(tunnelStates, id);
        return (
          <ViewLink
            key={id}
            icon={Waypoints}
            href={hashOf({ view: 'tunnel', id })}
            label={visibleText(name)}
            note={tunnelNotes[state]}
            noteTitle={tunnelStateWords[state]}
            bad={state === 'failed' || state === 'down'}
            current={is('tunnel', id)}
          />
        );
      })}
      <div className="views-gap" />
      <ViewLink
        icon={Settings}
        href="#/settings"
        label="Settings"
        action="go.settings"
        current={is('settings') || is('schemes') || is('scheme')}
      />
    </nav>
  );
}

function countOpen(deliveries: readonly { readonly state: string }[]): number {
  let open = 0;
  for (const { state } of deliveries) if (state !== 'delivered') open += 1;
  return open;
}

interface SectionHeadProps {
  readonly label: string;
  readonly add: string;
  readonly href: string;
}

function SectionHead({ label, add, href }: SectionHeadProps) {
  return (
    <div className="views-head">
      <span>{label}</span>
      <a href={href} aria-label={add} title={add}>
        <Plus size={14} aria-hidden="true" />
      </a>
    </div>
  );
}

interface ViewLinkProps {
  readonly icon: LucideIcon;
  readonly href: string;
  readonly label: string;
  readonly count?: number;
  /** What is counted, in the singular. */
  readonly unit?: string;
  readonly bad?: boolean;
  readonly note?: string;
  /** Says more than the note has room for. */
  readonly noteTitle?: string | undefined;
  readonly current: boolean;
  /** Action that goes there, for its key. */
  readonly action?: ActionId;
}

/** The name of the link is its label alone; the count is its description. */
const ViewLink = memo(function ViewLink(props: ViewLinkProps) {
  const { icon: Icon, href, label, count = 0, unit = '', bad = false, note = '', noteTitle = note, current } = props;
  const title = props.action === undefined ? label : withShortcut(label, props.action);
  const described = count > 0 ? plural(count, unit).replace('deliverys', 'deliveries') : noteTitle;
  return (
    <a
      className="view-link"
      href={href}
      aria-current={current ? 'page' : undefined}
      title={described === '' ? title : `${title}: ${described}`}
    >
      <Icon size={15} strokeWidth={1.8} aria-hidden="true" />
      <span className="cut">{label}</span>
      {(count > 0 || note !== '') && (
        <span className={bad ? 'view-count bad' : 'view-count'} aria-hidden="true">
          {count > 0 ? formatCount(count) : <Note text={note} />}
        </span>
      )}
    </a>
  );
});

/** States for which a word would leave the name too little room; the link's title has the word. */
const noteIcons: Readonly<Record<string, LucideIcon>> = {
  paused: Pause,
  parked: TriangleAlert,
  down: TriangleAlert,
  failed: TriangleAlert,
};

function Note({ text }: { readonly text: string }) {
  const Icon = noteIcons[text];
  return Icon === undefined ? text : <Icon size={13} />;
}
