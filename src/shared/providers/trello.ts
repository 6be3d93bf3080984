// Trello (developer.atlassian.com/cloud/trello/guides/rest-api/webhooks): the raw body, then the callback URL exactly as
// it was registered, signed with the application's secret. Before the webhook is made, Trello asks with HEAD.

import { defineProvider } from './define.ts';

/** Trello webhooks. */
export const trello = defineProvider({
  id: 'trello',
  name: 'Trello',
  docsUrl: 'https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/#webhook-signatures',
  detect: ['x-trello-webhook'],
  schemes: [
    {
      id: 'trello',
      algorithm: { kind: 'hmac', hash: 'sha1' },
      encoding: 'base64',
      secretType: 'utf8',
      recipe: [{ kind: 'body' }, { kind: 'url' }],
      signatureHeaders: ['X-Trello-Webhook'],
      format: { kind: 'value', prefix: '' },
    },
  ],
  deliveryId: [{ from: 'json', path: 'action.id' }],
  eventType: [{ from: 'json', path: 'action.type' }],
  headers: [['Content-Type', 'application/json']],
  secretForm: { prefix: '', encoding: 'hex' },
  secretHint:
    'The application’s secret (OAuth 1.0), 64 hex digits, from trello.com/power-ups/admin, your Power-Up, API key',
  samples: [
    {
      name: 'updateCard',
      contentType: 'application/json',
      body:
        '{"model":{"id":"example0000000000000board","name":"Example board","desc":"","closed":false,' +
        '"url":"https://trello.com/b/EXAMPLE1/example-board"},"action":{"id":"example{{unixMs}}",' +
        '"idMemberCreator":"example00000000000member","data":{"card":{"id":"example00000000000card01",' +
        '"name":"Say hello","idShort":7,"shortLink":"EXAMPLE7","idList":"example00000000000list02"},' +
        '"old":{"idList":"example00000000000list01"},"board":{"id":"example0000000000000board",' +
        '"name":"Example board","shortLink":"EXAMPLE1"},"listBefore":{"id":"example00000000000list01","name":"To do"},' +
        '"listAfter":{"id":"example00000000000list02","name":"Done"}},"type":"updateCard","date":"{{now}}",' +
        '"memberCreator":{"id":"example00000000000member","fullName":"Ada Example","username":"ada_example",' +
        '"initials":"AE"}},"webhook":{"id":"example0000000000webhook","description":"Example",' +
        '"idModel":"example0000000000000board","callbackURL":"https://hooks.example.test/trello","active":true,' +
        '"consecutiveFailures":0,"firstConsecutiveFailDate":null}}',
    },
    {
      name: 'commentCard',
      contentType: 'application/json',
      body:
        '{"model":{"id":"example0000000000000board","name":"Example board","desc":"","closed":false,' +
        '"url":"https://trello.com/b/EXAMPLE1/example-board"},"action":{"id":"example{{unixMs}}",' +
        '"idMemberCreator":"example00000000000member","data":{"text":"Looks good ({{uuid}})",' +
        '"card":{"id":"example00000000000card01","name":"Say hello","idShort":7,"shortLink":"EXAMPLE7"},' +
        '"board":{"id":"example0000000000000board","name":"Example board","shortLink":"EXAMPLE1"},' +
        '"list":{"id":"example00000000000list02","name":"Done"}},"type":"commentCard","date":"{{now}}",' +
        '"memberCreator":{"id":"example00000000000member","fullName":"Ada Example","username":"ada_example",' +
        '"initials":"AE"}}}',
    },
    {
      name: 'createCard',
      contentType: 'application/json',
      body:
        '{"model":{"id":"example0000000000000board","name":"Example board","desc":"","closed":false,' +
        '"url":"https://trello.com/b/EXAMPLE1/example-board"},"action":{"id":"example{{unixMs}}",' +
        '"idMemberCreator":"example00000000000member","data":{"card":{"id":"example00000000000card02",' +
        '"name":"Write a test","idShort":8,"shortLink":"EXAMPLE8"},"list":{"id":"example00000000000list01",' +
        '"name":"To do"},"board":{"id":"example0000000000000board","name":"Example board","shortLink":"EXAMPLE1"}},' +
        '"type":"createCard","date":"{{now}}","memberCreator":{"id":"example00000000000member",' +
        '"fullName":"Ada Example","username":"ada_example","initials":"AE"}}}',
    },
  ],
  handshakes: [
    {
      name: 'HEAD probe',
      method: 'HEAD',
      conditions: [],
      signature: 'unsigned',
      answer: { kind: 'fixed', status: 200, headers: [], body: '' },
    },
  ],
  retry: {
    summary: 'Three times: after 30, 60 and 120 seconds; a webhook that fails for 30 days is disabled.',
    delaysSeconds: [30, 60, 120],
  },
  notes: [
    'The callback URL is signed as registered: behind a proxy, give the endpoint that URL.',
    'The key is the application’s secret, not the API key and not a user’s token.',
  ],
});
