// Pictures of everything that sends: Compose, deliveries, dead letters, targets, schedules and the handler check.

import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from '@playwright/test';
import { startExpressHandler } from '../fixtures/handlers/express.mjs';
import { createCamera } from './camera.ts';
import type { Camera } from './camera.ts';
import { setEndpoints, setTargets } from './setting.ts';
import { openStage } from './stage.ts';
import type { Stage } from './stage.ts';

let stage: Stage;
let camera: Camera;
let app: Server;
let appUrl: string;
/** What the target answers, by path. */
const answers: Record<string, number> = { '/down': 503, '/gone': 410, '/dead': 500 };
const handlerSecret = 'whsec_bm90IGEgcmVhbCBzZWNyZXQgYXQgYWxs';

const page = () => stage.page;
const form = (name: string) => page().getByRole('form', { name, exact: true });

test.beforeEach(async () => {
  app = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      if (request.url === '/slow') return;
      response.writeHead(answers[request.url ?? ''] ?? 200, { 'Content-Type': 'text/plain' });
      response.end(answers[request.url ?? ''] === undefined ? 'ok' : 'upstream is away');
    });
  });
  await new Promise<void>((resolve) =>
    app.listen(3000, '127.0.0.1', resolve).once('error', () => app.listen(0, resolve)),
  );
  appUrl = `http://127.0.0.1:${(app.address() as AddressInfo).port}`;
  stage = await openStage({ port: 4100 });
  camera = await createCamera(stage);
  await stage.call('settings.save', { secretStorage: 'session' });
  await setEndpoints(stage);
});
test.afterEach(async () => {
  await stage.close();
  app.closeAllConnections();
  app.close();
});

async function sendTo(path: string, event: string, schedule: string, speed = 1): Promise<void> {
  await stage.call('compose.send', {
    method: 'POST',
    urls: [`${appUrl}${path}`],
    targetIds: [],
    provider: 'generic',
    event,
    headers: [['Content-Type', 'application/json']],
    body: new TextEncoder().encode(JSON.stringify({ event, amount: 4_200, currency: 'eur' })),
    variables: false,
    secret: { name: 'shop dev' },
    messageId: `msg_${event.replaceAll('.', '_')}`,
    signature: 'fresh',
    schedule,
    speed,
  });
}

test('compose', async () => {
  await setTargets(stage, `${appUrl}/webhooks/stripe`);
  await stage.go('#/compose');
  await form('Compose').waitFor();
  await camera.shot('compose', 'A sample event, ready but for its address', { small: true });
  await form('Compose').getByRole('combobox', { name: 'Provider' }).selectOption('stripe');
  await form('Compose').getByRole('textbox', { name: 'URL' }).fill(`${appUrl}/webhooks/stripe`);
  await form('Compose').getByRole('combobox', { name: 'Secret' }).fill('stripe dev');
  await page().keyboard.press('Escape');
  await page().getByText('Stripe-Signature').first().waitFor();
  await camera.shot('compose-preview', 'Exactly what will be sent');
  await page().keyboard.press('Control+Enter');
  await page().getByText('Last send').waitFor();
  await camera.shot('compose-sent', 'What became of the last send');
  await form('Compose').getByRole('button', { name: /^Send/ }).waitFor();
  await form('Compose').getByRole('textbox', { name: 'URL' }).fill('not an address');
  await form('Compose').getByRole('button', { name: /^Send/ }).click();
  await camera.shot('compose-error', 'What is wrong stands beside its field', { keepToasts: true });
  const many = form('Compose').getByRole('group', { name: 'Send many' });
  await many.getByText('Send many').click();
  await many.scrollIntoViewIfNeeded();
  await camera.shot('compose-many', 'The same event many times at a rate');
  await form('Compose').getByRole('button', { name: 'Own schedules' }).click();
  const dialog = page().getByRole('dialog', { name: 'Own schedules' });
  await camera.shot('schedules-empty', 'No schedule of one’s own yet');
  await dialog.getByRole('button', { name: 'New schedule' }).click();
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Twice an hour');
  await dialog.getByRole('textbox', { name: 'Waits' }).fill('5s, soon');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await camera.shot('schedules-error', 'A wait that is no duration');
  await dialog.getByRole('textbox', { name: 'Waits' }).fill('30m, 30m');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByText(/3 attempts/).waitFor();
  await camera.shot('schedules', 'A schedule of one’s own', { small: true });
});

test('deliveries and dead letters', async () => {
  await stage.go('#/deliveries');
  await camera.shot('deliveries-empty', 'Nothing was sent yet', { small: true });
  await stage.go('#/dead-letters');
  await camera.shot('dead-letters-empty', 'Nothing was given up', { small: true });
  await setTargets(stage, `${appUrl}/webhooks/stripe`);
  await sendTo('/dead', 'customer.deleted', 'classic', 100_000);
  await sendTo('/dead', 'order.cancelled', 'classic', 100_000);
  await page()
    .getByRole('grid', { name: 'Dead letters' })
    .getByRole('row', { name: /customer/ })
    .first()
    .waitFor();
  await sendTo('/ok', 'push', 'quick');
  await sendTo('/down', 'order.created', 'classic');
  await sendTo('/slow', 'invoice.finalized', 'classic');
  await sendTo('/ok', 'invoice.paid', 'quick');
  await stage.go('#/deliveries');
  const grid = page().getByRole('grid', { name: 'Deliveries' });
  await grid
    .getByRole('row', { name: /order\.created/ })
    .first()
    .click();
  await page().getByRole('grid', { name: 'Attempts' }).getByText('503').first().waitFor();
  await camera.shot('deliveries', 'Deliveries under way, waiting, and done', { small: true });
  await stage.go('#/dead-letters');
  await page()
    .getByRole('grid', { name: 'Dead letters' })
    .getByRole('row', { name: /customer/ })
    .first()
    .click();
  await page().getByRole('grid', { name: 'Attempts' }).waitFor();
  await camera.shot('dead-letters', 'What was given up, attempt by attempt', { small: true });
  await page().getByRole('button', { name: 'Edit and requeue', exact: true }).click();
  await page().getByRole('dialog', { name: 'Edit and requeue' }).waitFor();
  await camera.shot('dead-letters-edit', 'A dead letter is edited before it goes out again', { small: true });
  await page().keyboard.press('Escape');
  await page().getByRole('button', { name: 'Delete', exact: true }).click();
  await page().getByRole('button', { name: 'Undo' }).waitFor();
  await camera.shot('undo', 'What was deleted can be had back for ten seconds', { keepToasts: true });
});

test('targets', async () => {
  await stage.go('#/new-target');
  await form('Target').waitFor();
  await camera.shot('target-new', 'A new target', { small: true });
  await form('Target').getByRole('button', { name: 'Save', exact: true }).click();
  await camera.shot('target-error', 'What a target lacks stands beside its field');
  await setTargets(stage, `${appUrl}/gone`);
  await stage.go('#/targets/local');
  await form('Target').waitFor();
  await camera.shot('target', 'A target');
  const rules = form('Target').getByRole('group', { name: 'Delivery rules' });
  await rules.getByText('Delivery rules').click();
  await rules.scrollIntoViewIfNeeded();
  await camera.shot('target-rules', 'How fast, how long and how often a target is tried', { small: true });
  await stage.call('compose.send', {
    method: 'POST',
    urls: [],
    targetIds: ['local'],
    provider: 'stripe',
    event: 'invoice.paid',
    headers: [],
    body: new TextEncoder().encode('{}'),
    variables: false,
    secret: null,
    signature: 'fresh',
    schedule: 'quick',
    speed: 1,
  });
  await form('Target').getByRole('status', { name: 'Target state' }).waitFor();
  await form('Target').getByRole('status', { name: 'Target state' }).scrollIntoViewIfNeeded();
  await camera.shot('target-parked', 'A target that asked for no more');
});

test('handler check', async () => {
  const scheme = { scheme: 'standard-webhooks', secret: handlerSecret } as const;
  const faulty = await startExpressHandler({ ...scheme, faults: ['not-idempotent', 'no-time-check'], slowMs: 30 });
  // The handler is judged by the real time, and shows none.
  await stage.setTime(Date.now());
  await stage.go('#/handler-check');
  const check = form('Handler check');
  await check.waitFor();
  await camera.shot('handler-check-empty', 'Before the first run', { small: true });
  await check.getByRole('button', { name: 'Run' }).click();
  await camera.shot('handler-check-error', 'What a run still needs');
  await check.getByRole('textbox', { name: 'URL', exact: true }).fill(faulty.url);
  await check.getByRole('combobox', { name: 'Provider' }).selectOption('standard-webhooks');
  await check.getByRole('combobox', { name: 'Secret' }).fill(handlerSecret);
  await page().keyboard.press('Escape');
  await check.getByRole('combobox', { name: 'Idempotency' }).selectOption('url');
  await check.getByRole('textbox', { name: 'Idempotency URL' }).fill(faulty.countUrl);
  await check.getByRole('button', { name: 'Run' }).click();
  const cases = page().getByRole('grid', { name: 'Cases' });
  await cases.getByRole('row').nth(6).waitFor();
  await camera.shot('handler-check-running', 'Case after case');
  await check.getByRole('button', { name: 'Run again' }).waitFor({ timeout: 120_000 });
  await camera.shot('handler-check', 'Which cases the handler got wrong, and what that means', { small: true });
  await check.getByRole('checkbox', { name: /^Only the/ }).check();
  await camera.shot('handler-check-failed', 'Only what failed');
  await faulty.close();
});
