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
import { createConnection } from './state/connection.ts';
import { followAddress } from './state/follow-address.ts';
import { createAppStore } from './state/store.ts';
import { routeOf } from './state/route.ts';

const bridge = windowBridge();
const app = createAppStore({
  bridge,
  now: () => Date.now(),
  newId: () => crypto.randomUUID(),
  route: routeOf(location.hash),
});
const connection = createConnection({ bridge, app, after: (ms, run) => setTimeout(run, ms) });
followAddress(app, window);
void connection.sync();

const nonce = document.querySelector('meta[name="csp-nonce"]')?.getAttribute('content') ?? '';
const root = document.getElementById('root');
if (root) createRoot(root).render(<App services={{ app, bridge, connection }} nonce={nonce} />);
