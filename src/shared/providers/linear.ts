// Linear (linear.app/developers/webhooks): the raw body is signed, and the time stands in it as `webhookTimestamp`.
// The header `Linear-Timestamp` says the same without being signed, so it counts for nothing here.

import { defineProvider } from './define.ts';

/** Linear webhooks. */
export const linear = defineProvider({
  id: 'linear',
  name: 'Linear',
  docsUrl: 'https://linear.app/developers/webhooks',
  detect: ['linear-signature', 'linear-delivery', 'linear-event'],
  schemes: [
    {
      id: 'linear',
      algorithm: { kind: 'hmac', hash: 'sha256' },
      encoding: 'hex',
      secretType: 'utf8',
      recipe: [{ kind: 'body' }],
      signatureHeaders: ['Linear-Signature'],
      format: { kind: 'value', prefix: '' },
      timestamp: {
        path: 'webhookTimestamp',
        unit: 'milliseconds',
        toleranceSeconds: 60,
        direction: 'both',
        signed: true,
      },
    },
  ],
  deliveryId: [{ from: 'header', name: 'Linear-Delivery' }],
  eventType: [
    { from: 'header', name: 'Linear-Event', suffix: [{ from: 'json', path: 'action' }] },
    { from: 'json', path: 'type', suffix: [{ from: 'json', path: 'action' }] },
  ],
  headers: [
    ['Content-Type', 'application/json; charset=utf-8'],
    ['User-Agent', 'Linear-Webhook'],
    ['Linear-Delivery', '{{id}}'],
    ['Linear-Event', '{{eventBase}}'],
  ],
  secretForm: { prefix: 'lin_wh_', encoding: 'hex' },
  secretHint: 'lin_wh_..., from Settings, API, your webhook, “Signing secret”',
  samples: [
    {
      name: 'Issue.create',
      contentType: 'application/json; charset=utf-8',
      body:
        '{"action":"create","actor":{"id":"00000000-0000-4000-8000-000000000001","name":"Ada Example",' +
        '"email":"ada@example.test","url":"https://linear.app/example/profiles/ada","type":"user"},' +
        '"createdAt":"{{now}}","data":{"id":"{{uuid}}","createdAt":"{{now}}","updatedAt":"{{now}}","number":7,' +
        '"title":"The greeting is missing","priority":2,"priorityLabel":"High","identifier":"EXA-7",' +
        '"url":"https://linear.app/example/issue/EXA-7/the-greeting-is-missing",' +
        '"teamId":"00000000-0000-4000-8000-000000000002","creatorId":"00000000-0000-4000-8000-000000000001",' +
        '"stateId":"00000000-0000-4000-8000-000000000003","state":{"id":"00000000-0000-4000-8000-000000000003",' +
        '"color":"#e2e2e2","name":"Todo","type":"unstarted"},"team":{"id":"00000000-0000-4000-8000-000000000002",' +
        '"key":"EXA","name":"Example"},"labelIds":[],"labels":[]},' +
        '"url":"https://linear.app/example/issue/EXA-7/the-greeting-is-missing","type":"Issue",' +
        '"organizationId":"00000000-0000-4000-8000-000000000004","webhookTimestamp":{{unixMs}},' +
        '"webhookId":"00000000-0000-4000-8000-000000000005"}',
    },
    {
      name: 'Issue.update',
      contentType: 'application/json; charset=utf-8',
      body:
        '{"action":"update","actor":{"id":"00000000-0000-4000-8000-000000000001","name":"Ada Example","type":"user"},' +
        '"createdAt":"{{now}}","data":{"id":"{{uuid}}","updatedAt":"{{now}}","number":7,' +
        '"title":"The greeting is missing","identifier":"EXA-7","priority":1,"priorityLabel":"Urgent",' +
        '"url":"https://linear.app/example/issue/EXA-7/the-greeting-is-missing",' +
        '"teamId":"00000000-0000-4000-8000-000000000002"},"updatedFrom":{"updatedAt":"{{now}}","priority":2},' +
        '"url":"https://linear.app/example/issue/EXA-7/the-greeting-is-missing","type":"Issue",' +
        '"organizationId":"00000000-0000-4000-8000-000000000004","webhookTimestamp":{{unixMs}},' +
        '"webhookId":"00000000-0000-4000-8000-000000000005"}',
    },
    {
      name: 'Comment.create',
      contentType: 'application/json; charset=utf-8',
      body:
        '{"action":"create","actor":{"id":"00000000-0000-4000-8000-000000000001","name":"Ada Example","type":"user"},' +
        '"createdAt":"{{now}}","data":{"id":"{{uuid}}","createdAt":"{{now}}","updatedAt":"{{now}}",' +
        '"body":"I can reproduce it.","issueId":"00000000-0000-4000-8000-000000000006",' +
        '"userId":"00000000-0000-4000-8000-000000000001","issue":{"id":"00000000-0000-4000-8000-000000000006",' +
        '"title":"The greeting is missing","identifier":"EXA-7"}},' +
        '"url":"https://linear.app/example/issue/EXA-7/the-greeting-is-missing#comment-00000001","type":"Comment",' +
        '"organizationId":"00000000-0000-4000-8000-000000000004","webhookTimestamp":{{unixMs}},' +
        '"webhookId":"00000000-0000-4000-8000-000000000005"}',
    },
  ],
  retry: {
    summary: 'Three times: after 1 minute, 1 hour and 6 hours; an endpoint that keeps failing may be disabled.',
    delaysSeconds: [60, 3_600, 21_600],
    timeoutSeconds: 5,
  },
  notes: [
    'Only webhookTimestamp in the body counts; the header Linear-Timestamp is not signed and can be forged.',
    'The limit is 60 seconds in both directions, so a clock that is wrong by a minute refuses everything.',
  ],
});
