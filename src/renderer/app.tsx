// The window: providers around everything, the frame, and the view of the current route.

import { createTheme, MantineProvider } from '@mantine/core';
import type { MantineColorSchemeManager } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { RequestDetails } from './features/detail/request-details.tsx';
import { Frame } from './features/frame/frame.tsx';
import { FirstRun } from './features/inbox/first-run.tsx';
import { InboxList } from './features/inbox/inbox-list.tsx';
import { Palette } from './features/palette/palette.tsx';
import { LaterExport, LaterSchedules, LaterView } from './later-views.tsx';
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
      <LaterSchedules />
      <LaterExport />
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
    default:
      return <LaterView route={route} />;
  }
}

function InboxRight() {
  const waiting = useApp(
    ({ mirror, view }) =>
      mirror.requestCount === 0 && mirror.rows.length === 0 && 'id' in view.route && view.route.id === null,
  );
  return waiting ? <FirstRun /> : <RequestDetails />;
}
