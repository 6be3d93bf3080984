// Pictures of the Inbox and of a request's details, from the first run to thousands of letters of a title.

import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { test } from '@playwright/test';
import { createCamera } from './camera.ts';
import type { Camera } from './camera.ts';
import { collection, github, send, shopify, stripe, subscription } from './senders.ts';
import { setEndpoints, setTargets } from './setting.ts';
import { opening, openStage } from './stage.ts';
import type { Stage } from './stage.ts';

let stage: Stage;
let camera: Camera;

const page = () => stage.page;
const rows = () => page().getByRole('grid', { name: 'Requests' }).getByRole('row');
const details = () => page().getByRole('region', { name: 'Request details' });
const filter = () => page().getByRole('textbox', { name: 'Filter requests' });
const minute = 60_000;

async function openRow(name: RegExp): Promise<void> {
  await stage.go('#/inbox');
  await filter().fill('');
  await rows().filter({ hasText: name }).first().click();
}

async function openTab(name: string): Promise<void> {
  await details()
    .getByRole('tab', { name: new RegExp(`^${name}`) })
    .click();
}

async function startEmpty(): Promise<void> {
  stage = await openStage({ port: 4100 });
  camera = await createCamera(stage);
}

async function answerQuestion(): Promise<void> {
  const bar = page().getByRole('region', { name: 'Secret storage' });
  if (await bar.isVisible()) await bar.getByRole('button', { name: /this run/ }).click();
}

/** Twenty minutes of an ordinary day. */
async function playDay(): Promise<void> {
  const start = opening + 5 * minute;
  await send(stage, [
    stripe(start, 'customer.created'),
    github(start + 40_000, 'ping'),
    stripe(start + 70_000, 'checkout.session.completed'),
    { at: start + 2 * minute, path: '/legacy/callback?attempt=1', body: 'status=ok&ref=1001' },
    shopify(start + 3 * minute, 'orders/create'),
    stripe(start + 4 * minute, 'invoice.paid', { id: 'evt_twice' }),
    stripe(start + 4 * minute + 20_000, 'invoice.paid', { id: 'evt_twice' }),
    stripe(start + 5 * minute, 'invoice.paid', { id: 'evt_twice' }),
    stripe(start + 6 * minute, 'payment_intent.succeeded'),
    github(start + 7 * minute, 'issues', { action: 'opened' }),
    stripe(start + 8 * minute, 'charge.refunded', { signedAt: start - 3 * minute }),
    stripe(start + 9 * minute, 'invoice.paid', { id: 'evt_twice', amount: 9_900 }),
    stripe(start + 10 * minute, 'customer.updated', { sign: '{"another":"body"}' }),
    {
      at: start + 10 * minute + 30_000,
      path: '/in/packed',
      headers: { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' },
      body: gzipSync('{"packed":true,"big":12345678901234567890,"list":[1,2.50,null]}'),
    },
    github(start + 11 * minute, 'push', { before: '6113728f27ae82c7b1a177c8d03f9e96e0adf246', forced: false }, true),
    stripe(start + 12 * minute, 'invoice.paid'),
  ]);
  await waitForActivity(/3 failed/);
}

/** The activity line asks about once a second. */
async function waitForActivity(words: RegExp): Promise<void> {
  await stage.go('#/inbox');
  await page().locator('.activity-words', { hasText: words }).waitFor();
}

/** Texts longer than any column. */
async function playLong(): Promise<void> {
  const long = 'a_very_long_event_name_that_no_column_can_hold_'.repeat(4);
  await send(stage, [
    {
      at: opening + 18 * minute,
      path: `/in/${'long-path-segment/'.repeat(12)}?token=${'x'.repeat(120)}`,
      headers: {
        'Content-Type': 'application/json',
        'X-Webhook-Event': long,
        'X-Webhook-Signature': 'ab'.repeat(32),
        'X-Webhook-Delivery': 'd'.repeat(120),
        'X-Long': 'value '.repeat(80),
        [`X-${'Long-Name-'.repeat(8)}End`]: '1',
      },
      body: JSON.stringify({ [long]: 'text '.repeat(300), deep: { deeper: { deepest: [1, 2, { end: long }] } } }),
    },
  ]);
  await waitForActivity(/min\s*1$/);
}

test.afterEach(() => stage.close());

test('before anything arrived', async () => {
  await startEmpty();
  await camera.shot('secret-storage', 'Without a keyring, what to do with secrets is asked in a bar');
  await answerQuestion();
  await camera.shot('inbox-first-run', 'The empty Inbox: three steps with the real address', { small: true });
  await page().getByRole('button', { name: 'Send test event' }).click();
  await rows().first().waitFor();
  await camera.shot('inbox-one', 'The test event has arrived', { small: true });
});

test('the list', async () => {
  await startEmpty();
  await answerQuestion();
  await setEndpoints(stage);
  await playDay();
  await stage.go('#/inbox');
  await camera.shot('inbox-none-open', 'Many requests, none opened');
  await openRow(/push/);
  await openTab('Body');
  await camera.shot('inbox-many', 'Many requests of three providers, one opened', { small: true });
  await filter().focus();
  await page().keyboard.press('ArrowDown');
  await camera.shot('inbox-suggestions', 'The filter box offers its keys');
  await filter().fill('verdict:invalid');
  await page().keyboard.press('Escape');
  await filter().fill('verdict:invalid');
  await page()
    .getByText(/of \d+ requests/)
    .waitFor();
  await camera.shot('inbox-filtered', 'Only the requests that a filter takes');
  await filter().fill('event:nothing.like.this');
  await page()
    .getByText(/0 of \d+ requests/)
    .waitFor();
  await camera.shot('inbox-no-match', 'A filter that takes nothing', { small: true });
  await filter().fill('nonsense:1');
  await page()
    .getByText(/Unknown key/)
    .waitFor();
  await camera.shot('inbox-bad-filter', 'A filter with an unknown key says so');
  await filter().fill('');
  await page().getByRole('button', { name: 'Fold duplicates' }).click();
  await camera.shot('inbox-folded', 'Groups of duplicates folded into one row each');
  await page().getByRole('button', { name: 'Fold duplicates' }).click();
  await page().getByRole('grid', { name: 'Requests' }).focus();
  await page().keyboard.press('Home');
  await page().keyboard.press(' ');
  await page().keyboard.press('ArrowDown');
  await page().keyboard.press('Shift+Space');
  await page().getByRole('group', { name: 'Chosen requests' }).waitFor();
  await camera.shot('inbox-chosen', 'Several requests chosen, with what can be done to them', { small: true });
});

test('one request, tab by tab', async () => {
  await startEmpty();
  await answerQuestion();
  await setEndpoints(stage);
  await playDay();
  await openRow(/payment_intent/);
  for (const tab of ['Body', 'Headers', 'Signature', 'Deliveries', 'Reply', 'Raw']) {
    await openTab(tab);
    await camera.shot(`details-${tab.toLowerCase()}`, `The tab ${tab} of a valid request`, {
      small: tab === 'Signature' || tab === 'Headers',
    });
  }
  await openRow(/push/);
  await openTab('Signature');
  await details().getByRole('list', { name: 'Diagnosis' }).waitFor();
  await camera.shot('signature-reserialised', 'Why the signature is wrong, and how to mend the handler', {
    small: true,
  });
  await openRow(/charge\.refunded/);
  await openTab('Signature');
  await camera.shot('signature-expired', 'Signed too long ago');
  await openRow(/customer\.updated/);
  await openTab('Signature');
  await camera.shot('signature-changed-body', 'A body that was changed after it was signed');
  await openRow(/legacy\/callback/);
  await openTab('Signature');
  await camera.shot('signature-none', 'A request of nobody that is known');
  await openTab('Body');
  await camera.shot('body-form', 'A body of form fields');
  await openRow(/packed/);
  await openTab('Body');
  await camera.shot('body-compressed', 'A compressed body');
  await openRow(/invoice\.paid.*(retr|×)/);
  await openTab('Deliveries');
  await camera.shot('details-duplicates', 'All arrivals of one delivery, and what differed', { small: true });
  await page().keyboard.press('Escape');
  await details().getByRole('button', { name: 'Copy as' }).click();
  await camera.shot('details-copy-as', 'What a request can be copied as');
  await page()
    .getByRole('menuitem', { name: /TypeScript type/ })
    .click();
  await page().getByRole('dialog', { name: 'Types' }).getByRole('status', { name: 'Types made' }).waitFor();
  await camera.shot('types', 'A captured event as a TypeScript type', { small: true });
});

test('long texts', async () => {
  await startEmpty();
  await answerQuestion();
  await setEndpoints(stage);
  await playLong();
  await openRow(/a_very_long/);
  for (const tab of ['Body', 'Headers', 'Signature', 'Raw']) {
    await openTab(tab);
    await camera.shot(`long-${tab.toLowerCase()}`, `Texts longer than any column: ${tab}`, { small: tab === 'Body' });
  }
});

test('what did not become a request, and what waits for the person', async () => {
  await startEmpty();
  await answerQuestion();
  const { port } = new URL(stage.url);
  await new Promise<void>((resolve) => {
    const socket = connect(Number(port), '127.0.0.1', () => socket.write('HELO mail.example.com\r\n\r\n'));
    socket.on('close', () => resolve()).resume();
  });
  await send(stage, [subscription(opening + minute)]);
  await rows().first().click();
  await details().getByRole('region', { name: 'Confirmation' }).waitFor();
  await camera.shot('handshake', 'A handshake fetches an address only on a click', { small: true });
  await page()
    .getByRole('button', { name: /refused/ })
    .click();
  await camera.shot('inbox-refused', 'What reached the socket and did not become a request');
  await page().keyboard.press('Escape');
  await stage.go('#/help/github');
  await page().getByRole('heading', { level: 1 }).waitFor();
  await camera.shot('help', 'What to paste where, and a handler that verifies it', { small: true });
  await stage.go('#/import');
  await page().getByRole('heading', { name: 'Import requests' }).waitFor();
  await camera.shot('import-empty', 'Requests from a file of another tool', { small: true });
  await page()
    .locator('input[type=file]')
    .setInputFiles({ name: 'shop.json', mimeType: 'application/json', buffer: Buffer.from(collection) });
  await page()
    .getByRole('button', { name: /^Import/ })
    .first()
    .waitFor();
  await camera.shot('import', 'What an import would store, and what it leaves out');
});

test('compare and replay', async () => {
  await startEmpty();
  await answerQuestion();
  await setEndpoints(stage);
  await setTargets(stage, 'http://127.0.0.1:9/hooks');
  await playDay();
  const { rows: list } = await stage.call('requests.list', { query: 'event:invoice.paid', limit: 10 });
  const [, conflict, again] = list;
  await stage.go(`#/compare/${conflict?.id}`);
  await page().getByRole('heading', { level: 1 }).waitFor();
  await camera.shot('compare-choose', 'Compare asks for the other request');
  await stage.go(`#/compare/${again?.id}/${conflict?.id}`);
  await page().getByText('9900').first().waitFor();
  await camera.shot('compare', 'Two requests side by side', { small: true });
  await stage.go(`#/replay/${conflict?.id}`);
  await page().getByRole('form', { name: 'Replay' }).waitFor();
  await camera.shot('replay', 'A captured request, ready to be sent again', { small: true });
});
