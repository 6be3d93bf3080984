// Microsoft Graph (learn.microsoft.com/graph, change notifications through webhooks): no signature; every notification
// of a list carries the `clientState` that was given for the subscription. Before a subscription is made, Graph posts a
// token that must come back as text.

import { defineProvider } from './define.ts';

const contentType = 'application/json; charset=utf-8';

/** Microsoft Graph change and lifecycle notifications. */
export const microsoftGraph = defineProvider({
  id: 'microsoft-graph',
  name: 'Microsoft Graph',
  docsUrl: 'https://learn.microsoft.com/graph/change-notifications-delivery-webhooks',
  detect: [],
  detectJson: ['value.0.subscriptionId'],
  schemes: [
    {
      kind: 'token',
      id: 'microsoft-graph',
      secretType: 'utf8',
      places: [{ in: 'json', path: 'clientState' }],
      items: { path: 'value' },
      caveat:
        'The request carries clientState itself, and nothing protects the rest of the body; validationTokens and dataSignature are not checked.',
    },
  ],
  deliveryId: [{ from: 'json', path: 'value.0.id' }],
  eventType: [
    { from: 'json', path: 'value.0.lifecycleEvent' },
    { from: 'json', path: 'value.0.changeType', suffix: [{ from: 'json', path: 'value.0.resource' }] },
  ],
  headers: [['Content-Type', contentType]],
  secretForm: { prefix: '', encoding: 'hex' },
  secretHint: 'The clientState that you gave when you made the subscription, at most 128 characters',
  samples: [
    {
      name: 'created.Users/example-user-1/Messages/EXAMPLEMESSAGE0001',
      contentType,
      body:
        '{"value":[{"id":"{{uuid}}","subscriptionId":"00000000-0000-4000-8000-000000000001",' +
        '"subscriptionExpirationDateTime":"2099-01-01T00:00:00+00:00","changeType":"created",' +
        '"resource":"Users/example-user-1/Messages/EXAMPLEMESSAGE0001","resourceData":{' +
        '"@odata.type":"#Microsoft.Graph.Message",' +
        '"@odata.id":"Users/example-user-1/Messages/EXAMPLEMESSAGE0001","@odata.etag":"W/\\"EXAMPLEETAG0001\\"",' +
        '"id":"EXAMPLEMESSAGE0001"},"clientState":"","tenantId":"00000000-0000-4000-8000-000000000002"}]}',
    },
    {
      name: 'updated.Users/example-user-1/Events/EXAMPLEEVENT0001',
      contentType,
      body:
        '{"value":[{"id":"{{uuid}}","subscriptionId":"00000000-0000-4000-8000-000000000003",' +
        '"subscriptionExpirationDateTime":"2099-01-01T00:00:00+00:00","changeType":"updated",' +
        '"resource":"Users/example-user-1/Events/EXAMPLEEVENT0001","resourceData":{' +
        '"@odata.type":"#Microsoft.Graph.Event","@odata.id":"Users/example-user-1/Events/EXAMPLEEVENT0001",' +
        '"@odata.etag":"W/\\"EXAMPLEETAG0002\\"","id":"EXAMPLEEVENT0001"},"clientState":"",' +
        '"tenantId":"00000000-0000-4000-8000-000000000002"},{"id":"second-{{uuid}}",' +
        '"subscriptionId":"00000000-0000-4000-8000-000000000003",' +
        '"subscriptionExpirationDateTime":"2099-01-01T00:00:00+00:00","changeType":"deleted",' +
        '"resource":"Users/example-user-1/Events/EXAMPLEEVENT0002","resourceData":{' +
        '"@odata.type":"#Microsoft.Graph.Event","@odata.id":"Users/example-user-1/Events/EXAMPLEEVENT0002",' +
        '"id":"EXAMPLEEVENT0002"},"clientState":"","tenantId":"00000000-0000-4000-8000-000000000002"}]}',
    },
    {
      name: 'reauthorizationRequired',
      contentType,
      body:
        '{"value":[{"subscriptionId":"00000000-0000-4000-8000-000000000001",' +
        '"subscriptionExpirationDateTime":"2099-01-01T00:00:00+00:00",' +
        '"tenantId":"00000000-0000-4000-8000-000000000002","clientState":"",' +
        '"lifecycleEvent":"reauthorizationRequired"}]}',
    },
  ],
  handshakes: [
    {
      name: 'validationToken',
      method: 'POST',
      conditions: [{ from: 'query', name: 'validationToken' }],
      signature: 'unsigned',
      answer: {
        kind: 'echo',
        source: { from: 'query', name: 'validationToken' },
        headers: [['Content-Type', 'text/plain']],
      },
    },
  ],
  retry: {
    summary: 'With growing waits for up to 4 hours; slow endpoints are delayed and then lose notifications.',
    timeoutSeconds: 3,
  },
  notes: [
    'clientState is in every notification: treat captures as secrets.',
    'All notifications of a list must carry the right clientState.',
    'The validation token must come back decoded, as text/plain with 200, within 10 seconds.',
    'Notifications with resource data also carry signed tokens (validationTokens), which are not checked here.',
  ],
});
