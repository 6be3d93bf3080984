// Views that the first paint does without. They are fetched from the disk once the window is drawn, so that going to one
// later waits for nothing.

import { lazy, Suspense } from 'react';
import type { Route } from './state/route.ts';
import { useApp } from './state/use-app.ts';

const loaders = {
  catchUp: async () => ({ default: (await import('./features/catch-up/catch-up.tsx')).CatchUp }),
  pullPage: async () => ({ default: (await import('./features/catch-up/pull-page.tsx')).PullPage }),
  compare: async () => ({ default: (await import('./features/compare/compare.tsx')).Compare }),
  compose: async () => ({ default: (await import('./features/compose/compose.tsx')).Compose }),
  deliveries: async () => ({ default: (await import('./features/deliveries/deliveries.tsx')).Deliveries }),
  deadLetters: async () => ({ default: (await import('./features/deliveries/dead-letters.tsx')).DeadLetters }),
  endpointPage: async () => ({ default: (await import('./features/endpoints/endpoint-page.tsx')).EndpointPage }),
  importPage: async () => ({ default: (await import('./features/import/import-page.tsx')).ImportPage }),
  exportDialog: async () => ({ default: (await import('./features/export/export-dialog.tsx')).ExportDialog }),
  helpPage: async () => ({ default: (await import('./features/help/help-page.tsx')).HelpPage }),
  handlerCheck: async () => ({ default: (await import('./features/handler-check/handler-check.tsx')).HandlerCheck }),
  replay: async () => ({ default: (await import('./features/replay/replay.tsx')).Replay }),
  schemePage: async () => ({ default: (await import('./features/schemes/scheme-page.tsx')).SchemePage }),
  schemesPage: async () => ({ default: (await import('./features/schemes/schemes-page.tsx')).SchemesPage }),
  settingsPage: async () => ({ default: (await import('./features/settings/settings-page.tsx')).SettingsPage }),
  targetPage: async () => ({ default: (await import('./features/targets/target-page.tsx')).TargetPage }),
  tunnelPage: async () => ({ default: (await import('./features/tunnels/tunnel-page.tsx')).TunnelPage }),
  schedulesDialog: async () => ({
    default: (await import('./features/schedules/schedules-dialog.tsx')).SchedulesDialog,
  }),
} as const;

const CatchUp = lazy(loaders.catchUp);
const PullPage = lazy(loaders.pullPage);
const Compare = lazy(loaders.compare);
const Compose = lazy(loaders.compose);
const Deliveries = lazy(loaders.deliveries);
const DeadLetters = lazy(loaders.deadLetters);
const EndpointPage = lazy(loaders.endpointPage);
const ImportPage = lazy(loaders.importPage);
const ExportDialog = lazy(loaders.exportDialog);
const HelpPage = lazy(loaders.helpPage);
const HandlerCheck = lazy(loaders.handlerCheck);
const Replay = lazy(loaders.replay);
const SchemePage = lazy(loaders.schemePage);
const SchemesPage = lazy(loaders.schemesPage);
const SettingsPage = lazy(loaders.settingsPage);
const TargetPage = lazy(loaders.targetPage);
const TunnelPage = lazy(loaders.tunnelPage);
const SchedulesDialog = lazy(loaders.schedulesDialog);

/** The view of any route but the Inbox's. */
export function LaterView({ route }: { readonly route: Exclude<Route, { readonly view: 'inbox' }> }) {
  return (
    <Suspense fallback={null}>
      <View route={route} />
    </Suspense>
  );
}

function View({ route }: { readonly route: Exclude<Route, { readonly view: 'inbox' }> }) {
  switch (route.view) {
    case 'compose':
      return <Compose />;
    case 'replay':
      return <Replay id={route.id} />;
    case 'compare':
      return <Compare a={route.a} b={route.b} />;
    case 'deliveries':
      return <Deliveries selected={route.id} />;
    case 'dead-letters':
      return <DeadLetters selected={route.id} />;
    case 'endpoint':
      return <EndpointPage key={route.id} id={route.id} />;
    case 'target':
      return <TargetPage key={route.id} id={route.id} />;
    case 'tunnel':
      return <TunnelPage key={route.id} id={route.id} />;
    case 'handler-check':
      return <HandlerCheck />;
    case 'import':
      return <ImportPage />;
    case 'help':
      return <HelpPage id={route.id} />;
    case 'catch-up':
      return <CatchUp selected={route.id} />;
    case 'pull':
      return <PullPage key={route.id} id={route.id} />;
    case 'settings':
      return <SettingsPage />;
    case 'schemes':
      return <SchemesPage />;
    case 'scheme':
      return <SchemePage key={route.id} id={route.id} />;
  }
}

/** The dialog "Export", while it is open. */
export function LaterExport() {
  const exporting = useApp((state) => state.view.exporting);
  return <Suspense fallback={null}>{exporting !== null && <ExportDialog exporting={exporting} />}</Suspense>;
}

/** The dialog "Own schedules", once it was opened. */
export function LaterSchedules() {
  const isOpen = useApp((state) => state.view.schedules);
  return <Suspense fallback={null}>{isOpen && <SchedulesDialog />}</Suspense>;
}

/** Fetches them all, one after the other, whenever the window has nothing else to do. */
export function fetchLaterViews(whenIdle: (run: () => void) => void): void {
  const left = Object.values(loaders);
  const next = (): void => {
    const load = left.shift();
    if (load !== undefined) whenIdle(() => void load().finally(next));
  };
  next();
}
