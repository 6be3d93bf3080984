// Zendesk (developer.zendesk.com, verifying webhooks): HMAC-SHA256 of the timestamp and the raw body, with nothing
// between. The secret looks like base64 and is text all the same. Zendesk names no limit for the age.

import { defineProvider } from './define.ts';

/** Zendesk event webhooks, and those of triggers and automations. */
export const zendesk = defineProvider({
  id: 'zendesk',
  name: 'Zendesk',
  docsUrl: 'https://developer.zendesk.com/documentation/webhooks/verifying/',
  detect: [
    'x-zendesk-webhook-signature',
    'x-zendesk-webhook-signature-timestamp',
    'x-zendesk-webhook-id',
    'x-zendesk-webhook-invocation-id',
    'x-zendesk-account-id',
  ],
  schemes: [
    {
      id: 'zendesk',
      algorithm: { kind: 'hmac', hash: 'sha256' },
      encoding: 'base64',
      secretType: 'utf8',
      recipe: [{ kind: 'timestamp' }, { kind: 'body' }],
      signatureHeaders: ['X-Zendesk-Webhook-Signature'],
      format: { kind: 'value', prefix: '' },
      timestamp: {
        headers: ['X-Zendesk-Webhook-Signature-Timestamp'],
        unit: 'iso',
        toleranceSeconds: null,
        direction: 'both',
        signed: true,
      },
    },
  ],
  deliveryId: [{ from: 'header', name: 'X-Zendesk-Webhook-Invocation-Id' }],
  eventType: [{ from: 'json', path: 'type' }],
  headers: [
    ['Content-Type', 'application/json; charset=utf-8'],
    ['User-Agent', 'Zendesk Webhook'],
    ['X-Zendesk-Account-Id', '10000001'],
    ['X-Zendesk-Webhook-Id', '01EXAMPLEWEBHOOK0000000000'],
    ['X-Zendesk-Webhook-Invocation-Id', '{{id}}'],
  ],
  secretForm: { prefix: '', encoding: 'base64' },
  secretHint:
    'Admin Center: Apps and integrations, Webhooks, your webhook, “Signing secret”; it looks like base64 but is used as text',
  samples: [
    {
      name: 'zen:event-type:ticket.created',
      contentType: 'application/json; charset=utf-8',
      body:
        '{"account_id":10000001,"detail":{"actor_id":"20000001","assignee_id":null,"brand_id":"30000001",' +
        '"created_at":"{{now}}","custom_status":"40000001","description":"The greeting is missing",' +
        '"external_id":null,"form_id":"50000001","group_id":null,"id":"1001","is_public":true,' +
        '"organization_id":null,"priority":"NORMAL","requester_id":"20000001","status":"NEW",' +
        '"subject":"No greeting","submitter_id":"20000001","tags":[],"type":"QUESTION","updated_at":"{{now}}",' +
        '"via":{"channel":"web_service"}},"event":{},"id":"{{uuid}}","subject":"zen:ticket:1001",' +
        '"time":"{{now}}","type":"zen:event-type:ticket.created","zendesk_event_version":"2022-11-06"}',
    },
    {
      name: 'zen:event-type:ticket.status_changed',
      contentType: 'application/json; charset=utf-8',
      body:
        '{"account_id":10000001,"detail":{"actor_id":"20000002","assignee_id":"20000002","brand_id":"30000001",' +
        '"created_at":"{{now}}","description":"The greeting is missing","id":"1001","is_public":true,' +
        '"priority":"NORMAL","requester_id":"20000001","status":"SOLVED","subject":"No greeting","tags":[],' +
        '"type":"QUESTION","updated_at":"{{now}}","via":{"channel":"web_service"}},"event":{"current":"SOLVED",' +
        '"previous":"OPEN"},"id":"{{uuid}}","subject":"zen:ticket:1001","time":"{{now}}",' +
        '"type":"zen:event-type:ticket.status_changed","zendesk_event_version":"2022-11-06"}',
    },
    {
      name: 'zen:event-type:user.created',
      contentType: 'application/json; charset=utf-8',
      body:
        '{"account_id":10000001,"detail":{"created_at":"{{now}}","default_group_id":"0",' +
        '"email":"ada@example.test","external_id":"","id":"20000001","organization_id":"60000001",' +
        '"role":"end-user","updated_at":"{{now}}"},"event":{},"id":"{{uuid}}","subject":"zen:user:20000001",' +
        '"time":"{{now}}","type":"zen:event-type:user.created","zendesk_event_version":"2022-06-20"}',
    },
  ],
  retry: {
    summary:
      'Repeats only after certain answers, such as 409, and 429 or 503 with Retry-After; webhooks that fail often are paused for a while',
  },
  notes: [
    'The signing secret looks like base64 and must not be decoded.',
    'Timestamp and body are joined with nothing between; the body is empty for GET and DELETE.',
    'Test calls made before the webhook is saved are signed with one public secret that all accounts share.',
    'Webhooks of triggers and automations have a body of one’s own making, so no event type can be read from it.',
  ],
});
