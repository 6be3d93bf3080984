// Meta's Graph API webhooks (developers.facebook.com, getting started): WhatsApp, Messenger, Instagram and Pages share
// one form. The signature headers are those of GitHub, so the body tells which of the two it is. The event is the
// object and the first field that changed; one request can hold more.

import { defineProvider } from './define.ts';

const whatsapp = 'entry.0.changes.0.value';
const messenger = 'entry.0.messaging.0';

/** Meta: WhatsApp, Messenger, Instagram, Pages. */
export const meta = defineProvider({
  id: 'meta',
  name: 'Meta (WhatsApp, Messenger, Instagram)',
  docsUrl: 'https://developers.facebook.com/docs/graph-api/webhooks/getting-started',
  detect: [
    { name: 'user-agent', prefix: 'facebookexternalua' },
    { name: 'user-agent', prefix: 'facebookplatform' },
  ],
  detectPriority: -1,
  detectJson: ['object', 'entry.0'],
  schemes: [
    {
      id: 'meta-sha256',
      algorithm: { kind: 'hmac', hash: 'sha256' },
      encoding: 'hex',
      secretType: 'utf8',
      recipe: [{ kind: 'body' }],
      signatureHeaders: ['X-Hub-Signature-256'],
      format: { kind: 'value', prefix: 'sha256=' },
    },
  ],
  deliveryId: [
    { from: 'json', path: `${whatsapp}.messages.0.id` },
    // sent, delivered and read are events of one message.
    {
      from: 'json',
      path: `${whatsapp}.statuses.0.id`,
      suffix: [{ from: 'json', path: `${whatsapp}.statuses.0.status` }],
    },
    { from: 'json', path: `${messenger}.message.mid` },
  ],
  eventType: [
    {
      from: 'json',
      path: 'object',
      suffix: [
        { from: 'json', path: 'entry.0.changes.0.field' },
        // Messenger's entries name no field: these are the fields one subscribes to.
        { from: 'present', path: `${messenger}.message.is_echo`, value: 'message_echoes' },
        { from: 'present', path: `${messenger}.message`, value: 'messages' },
        { from: 'present', path: `${messenger}.postback`, value: 'messaging_postbacks' },
        { from: 'present', path: `${messenger}.delivery`, value: 'message_deliveries' },
        { from: 'present', path: `${messenger}.read`, value: 'message_reads' },
        { from: 'present', path: `${messenger}.reaction`, value: 'message_reactions' },
      ],
    },
  ],
  headers: [
    ['Content-Type', 'application/json'],
    ['Accept', '*/*'],
    ['User-Agent', 'facebookexternalua'],
  ],
  secretForm: { prefix: '', encoding: 'hex' },
  secretHint:
    'App secret, 32 hexadecimal digits, from App settings, Basic; add the verify token of the webhook as a second secret',
  samples: [
    {
      name: 'whatsapp_business_account.messages',
      contentType: 'application/json',
      body:
        '{"object":"whatsapp_business_account","entry":[{"id":"100000000000001",' +
        '"changes":[{"value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"15550100000",' +
        '"phone_number_id":"200000000000001"},"contacts":[{"profile":{"name":"Ada Example"},' +
        '"wa_id":"15550100001"}],"messages":[{"from":"15550100001","id":"wamid.EXAMPLE-{{uuid}}",' +
        '"timestamp":"{{unix}}","text":{"body":"Hello"},"type":"text"}]},"field":"messages"}]}]}',
    },
    {
      name: 'page.messages',
      contentType: 'application/json',
      body:
        '{"object":"page","entry":[{"time":{{unixMs}},"id":"300000000000001",' +
        '"messaging":[{"sender":{"id":"400000000000001"},"recipient":{"id":"300000000000001"},' +
        '"timestamp":{{unixMs}},"message":{"mid":"m_EXAMPLE-{{uuid}}","text":"Hello"}}]}]}',
    },
    {
      name: 'page.feed',
      contentType: 'application/json',
      body:
        '{"entry":[{"id":"300000000000001","time":{{unix}},"changes":[{"value":{"from":{"id":"400000000000001",' +
        '"name":"Ada Example"},"item":"comment","comment_id":"300000000000001_{{unix}}",' +
        '"post_id":"300000000000001_500000000000001","verb":"add","created_time":{{unix}},' +
        '"message":"Hello ({{uuid}})"},"field":"feed"}]}],"object":"page"}',
    },
  ],
  handshakes: [
    {
      name: 'subscribe',
      method: 'GET',
      conditions: [
        { from: 'query', name: 'hub.mode', value: 'subscribe' },
        { from: 'query', name: 'hub.challenge' },
      ],
      signature: 'unsigned',
      refusedStatus: 403,
      token: { from: 'query', name: 'hub.verify_token' },
      answer: {
        kind: 'echo',
        source: { from: 'query', name: 'hub.challenge' },
        headers: [['Content-Type', 'text/plain']],
      },
      holdsSecret: true,
    },
  ],
  retry: { summary: 'Repeated at once, then less and less often for up to 36 hours, then dropped' },
  notes: [
    'Non-ASCII text arrives as lower-case \\uXXXX: hash what arrived, never JSON that was parsed and written again.',
    'The app secret signs events; the verify token is another text and only serves the GET request.',
    'One request can hold several entries and changes; the event and the id shown are those of the first.',
    'X-Hub-Signature (SHA-1) is sent beside it and is not needed.',
  ],
});
