// Clerk (clerk.com/docs, webhooks): sent through Svix, so the headers and the signature are Svix's own. Nothing in the
// headers names Clerk; it must be chosen for the endpoint.

import { defineProvider } from './define.ts';
import { standardWebhooksScheme } from './standard-webhooks-scheme.ts';

/** Clerk users, sessions and organisations. */
export const clerk = defineProvider({
  id: 'clerk',
  name: 'Clerk',
  docsUrl: 'https://clerk.com/docs/guides/development/webhooks/overview',
  detect: [],
  looksLike: 'svix',
  schemes: [standardWebhooksScheme(['svix'])],
  deliveryId: [{ from: 'header', name: 'svix-id' }],
  eventType: [{ from: 'json', path: 'type' }],
  headers: [
    ['Content-Type', 'application/json'],
    ['User-Agent', 'Svix-Webhooks/1.0'],
  ],
  secretForm: { prefix: 'whsec_', encoding: 'base64' },
  secretHint: 'whsec_ and base64, from the Clerk Dashboard: Webhooks, your endpoint, “Signing Secret”',
  samples: [
    {
      name: 'user.created',
      contentType: 'application/json',
      body:
        '{"data":{"birthday":"","created_at":{{unixMs}},"email_addresses":[{"email_address":"ada@example.test",' +
        '"id":"idn_EXAMPLE0001","linked_to":[],"object":"email_address","verification":{"status":"verified",' +
        '"strategy":"ticket"}}],"external_accounts":[],"external_id":null,"first_name":"Ada","gender":"",' +
        '"id":"user_{{uuid}}","image_url":"https://img.example.test/ada.png","last_name":"Example",' +
        '"last_sign_in_at":null,"object":"user","password_enabled":true,"phone_numbers":[],' +
        '"primary_email_address_id":"idn_EXAMPLE0001","primary_phone_number_id":null,' +
        '"primary_web3_wallet_id":null,"private_metadata":{},' +
        '"profile_image_url":"https://img.example.test/ada.png","public_metadata":{},"two_factor_enabled":false,' +
        '"unsafe_metadata":{},"updated_at":{{unixMs}},"username":null,"web3_wallets":[]},' +
        '"event_attributes":{"http_request":{"client_ip":"192.0.2.10","user_agent":"ExampleBrowser/1.0"}},' +
        '"instance_id":"ins_EXAMPLE0001","object":"event","timestamp":{{unixMs}},"type":"user.created"}',
    },
    {
      name: 'session.created',
      contentType: 'application/json',
      body:
        '{"data":{"abandon_at":1900000000000,"client_id":"client_EXAMPLE0001","created_at":{{unixMs}},' +
        '"expire_at":1890000000000,"id":"sess_{{uuid}}","last_active_at":{{unixMs}},"object":"session",' +
        '"status":"active","updated_at":{{unixMs}},"user_id":"user_EXAMPLE0001"},' +
        '"event_attributes":{"http_request":{"client_ip":"192.0.2.10","user_agent":"ExampleBrowser/1.0"}},' +
        '"instance_id":"ins_EXAMPLE0001","object":"event","timestamp":{{unixMs}},"type":"session.created"}',
    },
    {
      name: 'user.deleted',
      contentType: 'application/json',
      body:
        '{"data":{"deleted":true,"id":"user_{{uuid}}","object":"user"},' +
        '"event_attributes":{"http_request":{"client_ip":"192.0.2.10","user_agent":"ExampleBrowser/1.0"}},' +
        '"instance_id":"ins_EXAMPLE0001","object":"event","timestamp":{{unixMs}},"type":"user.deleted"}',
    },
  ],
  retry: {
    summary: 'Svix’s schedule: seven more attempts over about 28 hours, any 2xx ends it',
    delaysSeconds: [5, 300, 1_800, 7_200, 18_000, 36_000, 36_000],
    timeoutSeconds: 15,
  },
  notes: [
    'What follows whsec_ is decoded from base64; the decoded bytes are the key.',
    'A repeated delivery keeps its svix-id, and gets a new svix-timestamp and signature.',
  ],
});
