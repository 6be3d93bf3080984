// Pictures of what is set up: endpoints, tunnels, catching up, own schemes, settings; and of the frame around them all.

import { createServer, request } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from '@playwright/test';
import { newCustomScheme } from '../../src/shared/custom-scheme.ts';
import { createCamera } from './camera.ts';
import type { Camera } from './camera.ts';
import { send, stripe } from './senders.ts';
import { setEndpoints, setTargets } from './setting.ts';
import { opening, openStage } from './stage.ts';
import type { Stage } from './stage.ts';

let stage: Stage;
let camera: Camera;
const minute = 60_000;

const page = () => stage.page;
const form = (name: string) => page().getByRole('form', { name, exact: true });

async function open(): Promise<void> {
  stage = await openStage({ port: 4100 });
  camera = await createCamera(stage);
  await stage.call('settings.save', { secretStorage: 'session' });
}
test.afterEach(() => stage.close());

const listen = async (server: Server): Promise<string> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

/** A way in from outside that needs no outside: passes everything on to the receiver. */
async function openPassage(to: string): Promise<{ readonly url: string; close(): void }> {
  const server = createServer((incoming, answer) => {
    const { method = 'GET', url = '/', headers } = incoming;
    const outgoing = request(`${to}${url}`, { method, headers }, (reply) => {
      // The stage's clock is not that of the HTTP library, whose date would be taken for a wrong clock.
      const { date: _date, ...rest } = reply.headers;
      answer.sendDate = false;
      answer.writeHead(reply.statusCode ?? 502, rest);
      reply.pipe(answer);
    });
    outgoing.on('error', () => answer.destroy());
    incoming.pipe(outgoing);
  });
  return {
    url: await listen(server),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

test('endpoints', async () => {
  await open();
  await stage.go('#/new-endpoint');
  await form('Endpoint').waitFor();
  await camera.shot('endpoint-new', 'A new endpoint', { small: true });
  await form('Endpoint').getByRole('textbox', { name: 'Path' }).fill('no slash');
  await form('Endpoint').getByRole('button', { name: 'Save', exact: true }).click();
  await camera.shot('endpoint-error', 'What is wrong with an endpoint stands beside its field');
  await setEndpoints(stage);
  await stage.call('endpoints.save', {
    id: 'billing',
    name: 'Billing',
    path: '/in/billing',
    provider: 'stripe',
    secretNames: ['stripe dev', 'shop dev'],
    toleranceSeconds: null,
    reply: {
      status: 200,
      headers: [['Content-Type', 'application/json']],
      body: '{"received":true}',
      sequence: {
        answers: [
          { status: 500, headers: [], body: '' },
          { status: 200, headers: [], body: 'ok' },
        ],
        atEnd: 'stay',
        per: 'delivery',
      },
      shares: [{ percent: 5, answer: { status: 503, headers: [], body: '', fault: 'reset' } }],
    },
    rules: [
      {
        id: 'refunds',
        name: 'Refunds fail',
        when: [{ field: 'event', op: 'is', value: 'charge.refund*' }],
        reply: { status: 422, headers: [], body: '{"error":"not today"}' },
      },
    ],
    forwards: [{ id: 'app', url: 'http://127.0.0.1:9/webhooks', mode: 'answer' }],
  });
  await page().getByRole('link', { name: 'Billing' }).waitFor();
  await stage.go('#/endpoints/billing');
  await form('Endpoint').waitFor();
  await camera.shot('endpoint', 'An endpoint: where requests arrive and how they are judged', { small: true });
  // One request is enough to find that nobody listens where this endpoint forwards to.
  await send(stage, [{ ...stripe(opening + minute, 'invoice.paid'), path: '/in/billing' }]);
  await page().getByText('down since').first().waitFor({ state: 'attached' });
  for (const [title, name] of [
    ['Duplicates', 'duplicates'],
    ['Reply', 'reply'],
    ['Rules', 'rules'],
    ['Forwards', 'forwards'],
    ['Access', 'access'],
  ] as const) {
    const part = form('Endpoint').getByRole('group', { name: title, exact: true });
    if ((await part.count()) === 0) continue;
    const summary = part.locator('summary').first();
    if ((await part.locator('details[open], [open]').count()) === 0 && (await summary.count()) > 0) {
      await summary.click();
    }
    await part.scrollIntoViewIfNeeded();
    const top = (await part.boundingBox())?.y ?? 0;
    await page().locator('.page-body').hover();
    await page().mouse.wheel(0, top - 110);
    await camera.shot(`endpoint-${name}`, `An endpoint’s ${title.toLowerCase()}`);
  }
});

test('tunnels', async () => {
  await open();
  await setEndpoints(stage);
  await stage.go('#/new-tunnel');
  await form('Tunnel').waitFor();
  await camera.shot('tunnel-new', 'The kinds of tunnels', { small: true });
  const passage = await openPassage(stage.url);
  const program = `console.log('${passage.url}'); setInterval(() => {}, 1000)`;
  await stage.call('tunnels.save', {
    id: 'own',
    name: 'Own tunnel',
    kind: 'command',
    command: [process.execPath, '-e', program],
    urlHolds: '127.0.0.1',
  });
  await stage.call('tunnels.save', {
    id: 'broken',
    name: 'Broken tunnel',
    kind: 'cloudflared',
    program: '/opt/nowhere/cloudflared',
  });
  await stage.go('#/tunnels/own');
  await form('Tunnel').waitFor();
  await camera.shot('tunnel-stopped', 'A tunnel that is not running');
  await form('Tunnel').getByRole('button', { name: 'Start', exact: true }).click();
  await page()
    .getByRole('status', { name: 'Probe' })
    .getByText(/Probed/)
    .waitFor();
  await camera.shot('tunnel-up', 'A tunnel whose address was proved to lead here', { small: true });
  await form('Tunnel').getByRole('button', { name: 'Stop', exact: true }).click();
  await stage.go('#/tunnels/broken');
  await form('Tunnel').getByRole('button', { name: 'Start', exact: true }).click();
  await page()
    .getByRole('alert')
    .filter({ hasText: /cloudflared/ })
    .first()
    .waitFor();
  await camera.shot('tunnel-failing', 'A tunnel that cannot start, and the cure', { small: true });
  passage.close();
});

test('catching up', async () => {
  await open();
  await setEndpoints(stage);
  await stage.go('#/catch-up');
  await camera.shot('catch-up-empty', 'Nothing is asked yet', { small: true });
  await stage.go('#/new-pull');
  await form('Pull').waitFor();
  await camera.shot('pull-new', 'A new pull', { small: true });
  let hold = false;
  const events = Array.from({ length: 9 }, (_, index) => ({
    id: `evt_${index}`,
    type: index % 3 === 0 ? 'note.created' : 'note.updated',
    at: new Date(opening - index * 7 * minute).toISOString(),
  }));
  const api = createServer((asked, response) => {
    if (hold) return;
    const broken = asked.url?.startsWith('/broken') === true;
    response.writeHead(broken ? 401 : 200, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(broken ? { message: 'Bad credentials' } : { data: events }));
  });
  const url = await listen(api);
  for (const event of events.slice(2, 7)) {
    await fetch(`${stage.url}/in/notes`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Webhook-Delivery': event.id, 'X-Webhook-Signature': 'x' },
      body: JSON.stringify(event),
    });
  }
  const page1 = {
    itemsPath: 'data',
    idPath: 'id',
    timePath: 'at',
    timeUnit: 'iso',
    page: { kind: 'none' },
    eventPath: 'type',
  };
  const rest = { provider: 'generic', tokenName: null, baseUrl: null, endpointId: 'default' } as const;
  const endpointId = (await stage.call('state.get', undefined)).endpoints.at(-1)?.id ?? rest.endpointId;
  const pull = { ...rest, endpointId, everyMinutes: null };
  await stage.call('pulls.save', {
    ...pull,
    id: 'notes',
    name: 'Notes',
    config: { url: `${url}/events`, ...page1 },
  });
  await stage.call('pulls.save', {
    ...pull,
    id: 'broken',
    name: 'Old account',
    config: { url: `${url}/broken`, ...page1 },
  });
  await stage.call('pulls.run', { id: 'notes', sinceAt: opening - 120 * minute });
  await stage.call('pulls.run', { id: 'broken', sinceAt: opening - 120 * minute }).catch(() => {});
  await stage.go('#/catch-up/notes');
  await page().getByRole('grid', { name: 'Events' }).waitFor();
  await camera.shot('catch-up', 'What a provider sent and what never arrived', { small: true });
  await stage.go('#/catch-up/broken');
  await camera.shot('catch-up-error', 'A provider that refuses to answer');
  hold = true;
  await stage.go('#/catch-up/notes');
  await page().getByRole('button', { name: 'Look now' }).click();
  await camera.shot('catch-up-busy', 'A look under way');
  api.closeAllConnections();
  api.close();
});

test('own schemes', async () => {
  await open();
  await stage.go('#/schemes');
  await camera.shot('schemes-empty', 'No scheme of one’s own yet');
  await stage.go('#/new-scheme');
  await page().getByRole('heading', { level: 1 }).waitFor();
  await camera.shot('scheme-new', 'A new scheme', { small: true });
  await stage.call('schemes.save', {
    ...newCustomScheme,
    id: 'custom-acme',
    name: 'Acme',
    parts: [{ kind: 'timestamp' }, { kind: 'literal', text: '.' }, { kind: 'body' }],
    timestamp: { header: 'X-Acme-Time', unit: 'seconds', toleranceSeconds: 300 },
    signatureHeader: 'X-Acme-Signature',
    idHeader: 'X-Acme-Id',
  });
  await stage.go('#/schemes');
  await camera.shot('schemes', 'Schemes of one’s own');
  await stage.go('#/schemes/custom-acme');
  await camera.shot('scheme', 'What a scheme signs, part by part', { small: true });
  await page().locator('.page-body').hover();
  await page().mouse.wheel(0, 9_000);
  await camera.shot('scheme-end', 'The end of a scheme: tried on captured requests');
});

test('settings and what lies over every view', async () => {
  await open();
  await stage.go('#/settings');
  await camera.shot('settings-empty', 'Settings of a new folder', { small: true });
  await setEndpoints(stage);
  await setTargets(stage, 'http://127.0.0.1:9/webhooks');
  await send(stage, [stripe(opening + minute, 'invoice.paid'), stripe(opening + 2 * minute, 'customer.created')]);
  await page().locator('.page-body').hover();
  await page().mouse.wheel(0, -9_000);
  await camera.shot('settings', 'Settings');
  await page().locator('.page-body').hover();
  await page().mouse.wheel(0, 9_000);
  await camera.shot('settings-end', 'Settings, further down');
  await stage.go('#/inbox');
  await page().keyboard.press('Control+k');
  await page().getByRole('dialog', { name: 'Command palette' }).waitFor();
  await camera.shot('palette', 'The palette: every view and action', { small: true });
  await page().keyboard.type('no such thing at all');
  await camera.shot('palette-no-match', 'Nothing that fits');
  await page().keyboard.press('Escape');
  await page().keyboard.press('?');
  await page()
    .getByRole('dialog', { name: /shortcuts/i })
    .waitFor();
  await camera.shot('shortcuts', 'The keys, on one page', { small: true });
});

test('a port in use', async () => {
  const other = createServer();
  const port = Number(new URL(await listen(other)).port);
  stage = await openStage({ port, listens: false });
  camera = await createCamera(stage);
  await camera.shot('port-in-use', 'The port is taken: by whom, and what to do', { small: true });
  other.close();
});
