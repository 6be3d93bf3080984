// The window: providers around everything, the frame, and the view of the current route.

import { createTheme, MantineProvider } from '@mantine/core';
import type { MantineColorSchemeManager } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { CatchUp } from './features/catch-up/catch-up.tsx';
import { PullPage } from './features/catch-up/pull-page.tsx';
import { Compare } from './features/compare/compare.tsx';
import { RequestDetails } from './features/detail/request-details.tsx';
import { Compose } from './features/compose/compose.tsx';
import { Deliveries } from './features/deliveries/deliveries.tsx';
import { DeadLetters } from './features/deliveries/dead-letters.tsx';
import { EndpointPage } from './features/endpoints/endpoint-page.tsx';
import { Frame } from './features/frame/frame.tsx';
import { HandlerCheck } from './features/handler-check/handler-check.tsx';
import { FirstRun } from './features/inbox/first-run.tsx';
import { InboxList } from './features/inbox/inbox-list.tsx';
import { Palette } from './features/palette/palette.tsx';
import { Replay } from './features/replay/replay.tsx';
import { SchedulesDialog } from './features/schedules/schedules-dialog.tsx';
import { SchemePage } from './features/schemes/scheme-page.tsx';
import { SchemesPage } from './features/schemes/schemes-page.tsx';
import { SettingsPage } from './features/settings/settings-page.tsx';
import { TargetPage } from './features/targets/target-page.tsx';
import { TunnelPage } from './features/tunnels/tunnel-page.tsx';
import { AppContext, useApp } from './state/use-app.ts';
import type { AppServices } from './state/use-app.ts';
import { Split } from './ui/split.tsx';
import { StyleNonce } from './ui/style-nonce.ts';

const theme = createTheme({
  cursorType: 'pointer',
  components: {
    Button: { defaultProps: { size: 'xs', variant: 'default' } },
    TextInput: { defaultProps: { size: 'xs' } },
    PasswordInput: { defaultProps: { size: 'xs' } },
    NumberInput: { defaultProps: { size: 'xs' } },
    NativeSelect: { defaultProps: { size: 'xs' } },
    Autocomplete: { defaultProps: { size: 'xs' } },
    Textarea: { defaultProps: { size: 'xs' } },
    Checkbox: { defaultProps: { size: 'xs' } },
    Switch: { defaultProps: { size: 'xs', withThumbIndicator: false } },
    Radio: { defaultProps: { size: 'xs' } },
    Tooltip: { defaultProps: { openDelay: 400, withArrow: true } },
    Menu: { defaultProps: { transitionProps: { duration: 0 }, withInitialFocusPlaceholder: false } },
    Modal: { defaultProps: { lockScroll: false } },
  },
});

/** The choice of colours is a setting of the host's; nothing is kept in the page. */
const noManager: MantineColorSchemeManager = {
  get: (fallback) => fallback,
  set: () => undefined,
  subscribe: () => undefined,
  unsubscribe: () => undefined,
  clear: () => undefined,
};

/** The whole window. */
export function App({ services, nonce }: { readonly services: AppServices; readonly nonce: string }) {
  return (
    <AppContext value={services}>
      <StyleNonce value={nonce}>
        <Themed nonce={nonce} />
      </StyleNonce>
    </AppContext>
  );
}

function Themed({ nonce }: { readonly nonce: string }) {
  const chosen = useApp((state) => state.mirror.settings.theme);
  return (
    // Mantine would write its variables as HTML into style elements, which trusted types refuse: tokens.css has them.
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      {...(chosen === 'system' ? {} : { forceColorScheme: chosen })}
      colorSchemeManager={noManager}
      withCssVariables={false}
      withGlobalClasses={false}
      getStyleNonce={() => nonce}
    >
      <Frame>
        <CurrentView />
      </Frame>
      <Palette />
      <SchedulesDialog />
      <Notifications position="bottom-right" limit={4} />
    </MantineProvider>
  );
}

function CurrentView() {
  const route = useApp((state) => state.view.route);
  switch (route.view) {
    case 'inbox':
      return (
        <Split
          id="inbox"
          direction="horizontal"
          first={<InboxList />}
          second={<InboxRight />}
          firstSize="36%"
          firstMin="290px"
          secondMin="400px"
          label="Width of the list"
        />
      );
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

function InboxRight() {
  const waiting = useApp(
    ({ mirror, view }) =>
      mirror.requestCount === 0 && mirror.rows.length === 0 && 'id' in view.route && view.route.id === null,
  );
  return waiting ? <FirstRun /> : <RequestDetails />;
}
