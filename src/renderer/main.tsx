// Starts the window: builds the store, subscribes to the host's news and draws.

import '@fontsource-variable/jetbrains-mono';
import '@mantine/core/styles.layer.css';
import '@mantine/notifications/styles.layer.css';
import '@mantine/spotlight/styles.layer.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/parts.css';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { windowBridge } from './bridge.ts';
import { fetchLaterViews } from './later-views.tsx';
import { createConnection } from './state/connection.ts';
import { followShell } from './state/follow-shell.ts';
import { followAddress } from './state/follow-address.ts';
import { createAppStore } from './state/store.ts';
import { createRunAction } from './state/run-action.ts';
import { keepLastView, startingRoute } from './state/last-view.ts';
import { onUndosChange } from './ui/toast.tsx';
import { createWindowPorts } from './window-ports.ts';

const bridge = windowBridge();
const app = createAppStore({
  bridge,
  now: () => Date.now(),
  newId: () => crypto.randomUUID(),
  route: startingRoute(location.hash, localStorage),
});
const run = createRunAction(app, createWindowPorts(bridge));
const onShow = followShell({ app, bridge, run });
const connection = createConnection({ bridge, app, after: (ms, next) => setTimeout(next, ms), onShow });
onUndosChange(app.actions.noteUndos);
keepLastView(app, localStorage);
followAddress(app, window);
void connection.sync().then(() => fetchLaterViews((run) => requestIdleCallback(run)));

const nonce = document.querySelector('meta[name="csp-nonce"]')?.getAttribute('content') ?? '';
const root = document.getElementById('root');
if (root) createRoot(root).render(<App services={{ app, bridge, connection, run }} nonce={nonce} />);
