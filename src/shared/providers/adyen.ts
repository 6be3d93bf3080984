// Adyen (docs.adyen.com, verify HMAC signatures) has two families. Platform and management webhooks sign the raw body
// in a header. Standard webhooks carry one signature in each item of the body, over eight of its fields. Both keys are
// hex digits that are decoded.

import { defineProvider } from './define.ts';

const shared = {
  algorithm: { kind: 'hmac', hash: 'sha256' },
  encoding: 'base64',
  secretType: 'hex',
  format: { kind: 'value', prefix: '' },
} as const;

const colon = { kind: 'literal', text: ':' } as const;
const item = 'notificationItems.0.NotificationRequestItem';

/** Adyen standard, platform and management webhooks. */
export const adyen = defineProvider({
  id: 'adyen',
  name: 'Adyen',
  docsUrl: 'https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures',
  detect: ['hmacsignature'],
  detectJson: ['notificationItems.0.NotificationRequestItem.pspReference'],
  schemes: [
    {
      ...shared,
      id: 'adyen-platform',
      recipe: [{ kind: 'body' }],
      signatureHeaders: ['HmacSignature'],
      headers: [['Protocol', 'HmacSHA256']],
      conditions: [{ from: 'json', path: 'notificationItems', absent: true }],
    },
    {
      ...shared,
      id: 'adyen-standard',
      recipe: [
        { kind: 'json', path: 'pspReference' },
        colon,
        { kind: 'json', path: 'originalReference' },
        colon,
        { kind: 'json', path: 'merchantAccountCode' },
        colon,
        { kind: 'json', path: 'merchantReference' },
        colon,
        { kind: 'json', path: 'amount.value' },
        colon,
        { kind: 'json', path: 'amount.currency' },
        colon,
        { kind: 'json', path: 'eventCode' },
        colon,
        { kind: 'json', path: 'success' },
      ],
      signatureHeaders: [],
      signaturePath: 'additionalData.hmacSignature',
      items: { path: 'notificationItems', member: 'NotificationRequestItem' },
      conditions: [{ from: 'json', path: 'notificationItems' }],
      caveat:
        'Only eight fields of each item are signed: others, such as eventDate, reason and additionalData, can be changed.',
    },
  ],
  deliveryId: [
    {
      from: 'json',
      path: `${item}.pspReference`,
      suffix: [{ from: 'json', path: `${item}.eventCode`, suffix: [{ from: 'json', path: `${item}.success` }] }],
    },
    // A transfer sends several events of one type; they differ by their sequence number.
    {
      from: 'json',
      path: 'data.id',
      suffix: [{ from: 'json', path: 'type', suffix: [{ from: 'json', path: 'data.sequenceNumber' }] }],
    },
  ],
  eventType: [
    { from: 'json', path: `${item}.eventCode` },
    { from: 'json', path: 'type' },
  ],
  headers: [
    ['Content-Type', 'application/json'],
    ['User-Agent', 'Adyen HttpClient 1.0'],
  ],
  secretForm: { prefix: '', encoding: 'hex' },
  secretHint: 'The HMAC key, 64 hex digits, from the Customer Area, Developers, Webhooks, your webhook, Security',
  samples: [
    {
      name: 'AUTHORISATION',
      contentType: 'application/json',
      body:
        '{"live":"false","notificationItems":[{"NotificationRequestItem":{"additionalData":{"hmacSignature":"",' +
        '"authCode":"000000","cardSummary":"1111","expiryDate":"03/2030"},"amount":{"currency":"EUR","value":4900},' +
        '"eventCode":"AUTHORISATION","eventDate":"{{now}}","merchantAccountCode":"ExampleMerchant",' +
        '"merchantReference":"order-{{uuid}}","operations":["CANCEL","CAPTURE","REFUND"],"paymentMethod":"visa",' +
        '"pspReference":"EXAMPLE{{unixMs}}","reason":"000000:1111:03/2030","success":"true"}}]}',
    },
    {
      name: 'CAPTURE',
      contentType: 'application/json',
      body:
        '{"live":"false","notificationItems":[{"NotificationRequestItem":{"additionalData":{"hmacSignature":""},' +
        '"amount":{"currency":"EUR","value":4900},"eventCode":"CAPTURE","eventDate":"{{now}}",' +
        '"merchantAccountCode":"ExampleMerchant","merchantReference":"order-{{uuid}}",' +
        '"originalReference":"EXAMPLE0000000000001","paymentMethod":"visa","pspReference":"EXAMPLE{{unixMs}}",' +
        '"reason":"","success":"true"}}]}',
    },
    {
      name: 'balancePlatform.transfer.created',
      contentType: 'application/json',
      body:
        '{"data":{"balancePlatform":"ExamplePlatform","creationDate":"{{now}}","id":"EXAMPLE{{unixMs}}",' +
        '"accountHolder":{"description":"Ada Example","id":"AHEXAMPLE0000000000000001"},' +
        '"amount":{"currency":"EUR","value":4900},"balanceAccount":{"description":"Main",' +
        '"id":"BAEXAMPLE0000000000000001"},"category":"bank","description":"Example transfer",' +
        '"direction":"outgoing","reason":"approved","reference":"transfer-{{uuid}}","sequenceNumber":1,' +
        '"status":"received","type":"bankTransfer"},"environment":"test","timestamp":"{{now}}",' +
        '"type":"balancePlatform.transfer.created"}',
    },
  ],
  retry: {
    summary:
      'From a queue for each endpoint, after 2, 5, 10, 15 and 30 minutes, then 1, 2, 4 and 8 hours, for up to 30 days.',
    delaysSeconds: [120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 28_800],
    timeoutSeconds: 10,
  },
  notes: [
    'The key is hex and is decoded: used as text it gives another signature.',
    'Standard webhooks: absent fields count as empty, and nothing is escaped, so a colon in a reference is legal and ambiguous.',
    'Standard webhooks may hold several items, each with its own signature; all must be right.',
    'Any 2xx is an answer; older integrations answer with the text [accepted].',
  ],
});
