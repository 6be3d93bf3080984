// Discord (docs.discord.com, interactions and webhook events): Ed25519 over the timestamp and the raw body, with
// nothing between them. Discord probes with wrong signatures and removes the URL of whoever does not answer 401.

import { defineProvider } from './define.ts';

/** Discord interactions and webhook events. */
export const discord = defineProvider({
  id: 'discord',
  name: 'Discord',
  docsUrl: 'https://docs.discord.com/developers/interactions/overview#setting-up-an-endpoint',
  detect: ['x-signature-ed25519'],
  schemes: [
    {
      id: 'discord-ed25519',
      algorithm: { kind: 'ed25519' },
      encoding: 'hex',
      secretType: 'ed25519-public-hex',
      recipe: [{ kind: 'timestamp' }, { kind: 'body' }],
      signatureHeaders: ['X-Signature-Ed25519'],
      format: { kind: 'value', prefix: '' },
      timestamp: {
        headers: ['X-Signature-Timestamp'],
        unit: 'seconds',
        toleranceSeconds: null,
        direction: 'both',
        signed: true,
      },
    },
  ],
  deliveryId: [{ from: 'json', path: 'id' }],
  // Interactions have a number for a type: 1 PING, 2 command, 3 component, 4 autocomplete, 5 modal.
  eventType: [
    { from: 'json', path: 'event.type' },
    { from: 'json', path: 'type' },
  ],
  headers: [
    ['Content-Type', 'application/json'],
    ['User-Agent', 'Discord-Interactions/1.0 (+https://discord.com)'],
  ],
  secretForm: { kind: 'key-pair', pair: 'ed25519' },
  secretHint: 'The application’s “Public Key”, 64 hex digits, from the Developer Portal under General Information',
  samples: [
    {
      name: '2',
      contentType: 'application/json',
      body:
        '{"app_permissions":"0","application_id":"100000000000000001","channel_id":"100000000000000002",' +
        '"data":{"id":"100000000000000003","name":"ping","options":[{"name":"text","type":3,"value":"hello"}],"type":1},' +
        '"entitlements":[],"guild_id":"100000000000000004","id":"{{unixMs}}00001","locale":"en-US",' +
        '"member":{"deaf":false,"joined_at":"{{now}}","mute":false,"nick":null,"permissions":"0","roles":[],' +
        '"user":{"avatar":null,"discriminator":"0","global_name":"Ada Example","id":"100000000000000005",' +
        '"username":"ada.example"}},"token":"example-interaction-token-{{uuid}}","type":2,"version":1}',
    },
    {
      name: 'APPLICATION_AUTHORIZED',
      contentType: 'application/json',
      body:
        '{"version":1,"application_id":"100000000000000001","type":1,"event":{"type":"APPLICATION_AUTHORIZED",' +
        '"timestamp":"{{now}}","data":{"integration_type":1,"scopes":["applications.commands"],' +
        '"user":{"id":"100000000000000005","username":"ada.example","global_name":"Ada Example","avatar":null,' +
        '"discriminator":"0"}}}}',
    },
    {
      name: 'ENTITLEMENT_CREATE',
      contentType: 'application/json',
      body:
        '{"version":1,"application_id":"100000000000000001","type":1,"event":{"type":"ENTITLEMENT_CREATE",' +
        '"timestamp":"{{now}}","data":{"id":"{{unixMs}}00002","sku_id":"100000000000000006",' +
        '"application_id":"100000000000000001","user_id":"100000000000000005","type":8,"deleted":false,' +
        '"gift_code_flags":0,"consumed":false,"starts_at":null,"ends_at":null}}}',
    },
    {
      name: '1',
      contentType: 'application/json',
      body:
        '{"app_permissions":"0","application_id":"100000000000000001","authorizing_integration_owners":{},' +
        '"entitlements":[],"id":"{{unixMs}}00003","token":"example-interaction-token-{{uuid}}","type":1,' +
        '"user":{"avatar":null,"discriminator":"0","id":"100000000000000005","username":"discord"},"version":1}',
    },
  ],
  handshakes: [
    {
      name: 'PING',
      method: 'POST',
      // Webhook events have type 1 as well, with an event.
      conditions: [
        { from: 'json', path: 'type', value: 1 },
        { from: 'json', path: 'application_id' },
        { from: 'json', path: 'event', absent: true },
      ],
      signature: 'checked',
      refusedStatus: 401,
      answer: { kind: 'fixed', status: 200, headers: [['Content-Type', 'application/json']], body: '{"type":1}' },
    },
    {
      name: 'PING of webhook events',
      method: 'POST',
      conditions: [
        { from: 'json', path: 'type', value: 0 },
        { from: 'json', path: 'application_id' },
      ],
      signature: 'checked',
      refusedStatus: 401,
      answer: { kind: 'fixed', status: 204, headers: [['Content-Type', 'application/json']], body: '' },
    },
  ],
  retry: {
    summary: 'Webhook events: several times with growing waits, for up to 10 minutes. Interactions are not repeated.',
    timeoutSeconds: 3,
  },
  notes: [
    'Nothing stands between timestamp and body, so the timestamp must be digits only.',
    'Discord sends wrong signatures on purpose, and expects 401.',
    'No limit for the age is published.',
    'Webhook events want a 204 without a body; interactions want their answer within 3 seconds.',
  ],
});
