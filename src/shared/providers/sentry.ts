// Sentry's integration platform (docs.sentry.io, webhooks): HMAC-SHA256 of the raw body. The resource is a header and
// the action is in the body; together they are the event (`issue.created`). The time is a header and is not signed, so
// it is no rule here.

import { defineProvider } from './define.ts';

/** Sentry issues, alerts and comments. */
export const sentry = defineProvider({
  id: 'sentry',
  name: 'Sentry',
  docsUrl: 'https://docs.sentry.io/organization/integrations/integration-platform/webhooks/',
  detect: ['sentry-hook-signature', 'sentry-hook-resource', 'sentry-hook-timestamp'],
  schemes: [
    {
      id: 'sentry',
      algorithm: { kind: 'hmac', hash: 'sha256' },
      encoding: 'hex',
      secretType: 'utf8',
      recipe: [{ kind: 'body' }],
      signatureHeaders: ['Sentry-Hook-Signature'],
      format: { kind: 'value', prefix: '' },
      caveat: 'The headers are not signed: the resource, the time and the request id may have been changed.',
    },
  ],
  deliveryId: [{ from: 'header', name: 'Request-ID' }],
  eventType: [{ from: 'header', name: 'Sentry-Hook-Resource', suffix: [{ from: 'json', path: 'action' }] }],
  headers: [
    ['Content-Type', 'application/json'],
    ['Request-ID', '{{id}}'],
    ['Sentry-Hook-Resource', '{{eventBase}}'],
  ],
  secretForm: { prefix: '', encoding: 'hex' },
  secretHint: 'Client secret of the integration, from Settings, Developer Settings, your integration',
  samples: [
    {
      name: 'issue.created',
      contentType: 'application/json',
      body:
        '{"action":"created","actor":{"id":"sentry","name":"Sentry","type":"application"},' +
        '"data":{"issue":{"annotations":[],"assignedTo":null,"count":"1","culprit":"greet(hello)",' +
        '"firstSeen":"{{now}}","hasSeen":false,"id":"1000000001","isBookmarked":false,"isPublic":false,' +
        '"isSubscribed":false,"lastSeen":"{{now}}","level":"error","logger":null,' +
        '"metadata":{"filename":"/hello.js","type":"ReferenceError","value":"greeting is not defined"},' +
        '"numComments":0,"platform":"javascript","project":{"id":"1","name":"front-end","platform":"javascript",' +
        '"slug":"front-end"},"shareId":null,"shortId":"FRONT-END-9","status":"unresolved","statusDetails":{},' +
        '"substatus":"new","title":"ReferenceError: greeting is not defined","type":"error","userCount":1}},' +
        '"installation":{"uuid":"{{uuid}}"}}',
    },
    {
      name: 'event_alert.triggered',
      contentType: 'application/json',
      body:
        '{"action":"triggered","actor":{"id":"sentry","name":"Sentry","type":"application"},' +
        '"data":{"event":{"event_id":"{{uuid}}","datetime":"{{now}}","issue_id":"1000000001",' +
        '"issue_url":"https://sentry.example.test/api/0/issues/1000000001/",' +
        '"web_url":"https://sentry.example.test/organizations/example/issues/1000000001/","level":"error",' +
        '"platform":"javascript","title":"ReferenceError: greeting is not defined","tags":[["browser",' +
        '"ExampleBrowser 1.0"],["level","error"]]},"triggered_rule":"Tell the team"},' +
        '"installation":{"uuid":"00000000-0000-4000-8000-000000000001"}}',
    },
    {
      name: 'comment.created',
      contentType: 'application/json',
      body:
        '{"action":"created","actor":{"id":1,"name":"Ada Example","type":"user"},' +
        '"data":{"comment":"Seen again ({{uuid}})","project_slug":"front-end","comment_id":1234,' +
        '"issue_id":1000000001,"timestamp":"{{now}}"},' +
        '"installation":{"uuid":"00000000-0000-4000-8000-000000000001"}}',
    },
  ],
  retry: null,
  notes: [
    'An answer that takes longer than one second counts as a time-out; a thousand of them in a day end the subscription.',
    'The body has no id and the time is not signed: only Request-ID tells a replay, and it is not signed either.',
    'Issue alerts arrive with the resource event_alert, archived issues with the action ignored.',
  ],
});
