// Supabase auth hooks (supabase.com/docs/guides/auth/auth-hooks): Standard Webhooks v1 with `v1,` before the secret.
// The request does not always name the hook, so it is told by the members of the body. The names are those of
// Supabase Auth itself.

import { defineProvider } from './define.ts';
import { standardWebhooksScheme } from './standard-webhooks-scheme.ts';

/** Supabase auth hooks over HTTP. */
export const supabaseAuth = defineProvider({
  id: 'supabase-auth',
  name: 'Supabase auth hooks',
  docsUrl: 'https://supabase.com/docs/guides/auth/auth-hooks',
  detect: [],
  looksLike: 'standard-webhooks',
  schemes: [standardWebhooksScheme(['webhook'])],
  deliveryId: [{ from: 'header', name: 'webhook-id' }],
  eventType: [
    { from: 'json', path: 'metadata.name' },
    { from: 'present', path: 'email_data', value: 'send-email' },
    { from: 'present', path: 'sms', value: 'send-sms' },
    { from: 'present', path: 'claims', value: 'customize-access-token' },
    { from: 'present', path: 'factor_id', value: 'mfa-verification' },
    // The password hook has `valid` too, but no factor.
    { from: 'present', path: 'valid', value: 'password-verification' },
  ],
  headers: [['Content-Type', 'application/json']],
  secretForm: { prefix: 'v1,whsec_', encoding: 'base64' },
  secretHint: 'v1,whsec_ and base64, from Authentication, Hooks, your hook; `v1,` is cut before use',
  samples: [
    {
      name: 'send-email',
      contentType: 'application/json',
      body:
        '{"user":{"id":"{{uuid}}","aud":"authenticated","role":"authenticated","email":"ada@example.test",' +
        '"phone":"","app_metadata":{"provider":"email","providers":["email"]},' +
        '"user_metadata":{"email":"ada@example.test","email_verified":false,"phone_verified":false},' +
        '"identities":[],"created_at":"{{now}}","updated_at":"{{now}}","is_anonymous":false},' +
        '"email_data":{"token":"000000","token_hash":"example-token-hash",' +
        '"redirect_to":"https://app.example.test/","email_action_type":"signup",' +
        '"site_url":"https://app.example.test","token_new":"","token_hash_new":""}}',
    },
    {
      name: 'before-user-created',
      contentType: 'application/json',
      body:
        '{"metadata":{"uuid":"{{uuid}}","time":"{{now}}","name":"before-user-created","ip_address":"192.0.2.10"},' +
        '"user":{"id":"00000000-0000-4000-8000-000000000001","aud":"authenticated","role":"",' +
        '"email":"ada@example.test","phone":"","app_metadata":{"provider":"email","providers":["email"]},' +
        '"user_metadata":{},"identities":[],"created_at":"0001-01-01T00:00:00Z",' +
        '"updated_at":"0001-01-01T00:00:00Z","is_anonymous":false}}',
    },
    {
      name: 'customize-access-token',
      contentType: 'application/json',
      body:
        '{"user_id":"{{uuid}}","claims":{"aud":"authenticated","exp":1900000000,"iat":{{unix}},"sub":"{{uuid}}",' +
        '"email":"ada@example.test","phone":"","app_metadata":{"provider":"email","providers":["email"]},' +
        '"user_metadata":{},"role":"authenticated","aal":"aal1","amr":[{"method":"password",' +
        '"timestamp":{{unix}}}],"session_id":"00000000-0000-4000-8000-000000000002","is_anonymous":false},' +
        '"authentication_method":"password"}',
    },
  ],
  retry: {
    summary: 'Two more attempts, two seconds apart, after a time-out, or after 429 or 503 with a Retry-After header',
    delaysSeconds: [2, 2],
    timeoutSeconds: 5,
  },
  notes: [
    'The secret is shown as v1,whsec_...: cut v1, before giving it to a Standard Webhooks library.',
    'A hook is a question: the status and the JSON of the answer can change or stop the sign-in.',
    'Answers of some hooks need a body; 204 is not enough for them.',
  ],
});
