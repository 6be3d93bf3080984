// Slack (docs.slack.dev, verifying requests from Slack): events are JSON, slash commands and interactivity are forms;
// in both the encoded bytes are signed together with the time.

import { defineProvider } from './define.ts';

/** Slack events, slash commands and interactivity. */
export const slack = defineProvider({
  id: 'slack',
  name: 'Slack',
  docsUrl: 'https://docs.slack.dev/authentication/verifying-requests-from-slack',
  detect: ['x-slack-signature', 'x-slack-request-timestamp'],
  schemes: [
    {
      id: 'slack-v0',
      algorithm: { kind: 'hmac', hash: 'sha256' },
      encoding: 'hex',
      secretType: 'utf8',
      recipe: [
        { kind: 'literal', text: 'v0:' },
        { kind: 'timestamp' },
        { kind: 'literal', text: ':' },
        { kind: 'body' },
      ],
      signatureHeaders: ['X-Slack-Signature'],
      format: { kind: 'value', prefix: 'v0=' },
      timestamp: {
        headers: ['X-Slack-Request-Timestamp'],
        unit: 'seconds',
        toleranceSeconds: 300,
        direction: 'both',
        signed: true,
      },
    },
  ],
  deliveryId: [{ from: 'json', path: 'event_id' }],
  eventType: [
    { from: 'json', path: 'event.type' },
    { from: 'json', path: 'type' },
    { from: 'form', name: 'command' },
    { from: 'form', name: 'payload', path: 'type' },
  ],
  headers: [
    ['Content-Type', 'application/json'],
    ['Accept', '*/*'],
    ['User-Agent', 'Slackbot 1.0 (+https://api.slack.com/robots)'],
  ],
  secretForm: { prefix: '', encoding: 'hex' },
  secretHint: '32 hexadecimal digits, from your app’s page: Basic Information, “Signing Secret”',
  samples: [
    {
      name: 'app_mention',
      contentType: 'application/json',
      body: `{
  "token": "example-verification-token",
  "team_id": "T0EXAMPLE01",
  "api_app_id": "A0EXAMPLE01",
  "event": {
    "type": "app_mention",
    "user": "U0EXAMPLE01",
    "text": "<@U0EXAMPLE02> hello",
    "ts": "{{unix}}.000100",
    "channel": "C0EXAMPLE01",
    "event_ts": "{{unix}}.000100"
  },
  "type": "event_callback",
  "event_id": "Ev{{uuid}}",
  "event_time": {{unix}}
}`,
    },
    {
      name: '/deploy',
      contentType: 'application/x-www-form-urlencoded',
      body:
        'token=example-verification-token&team_id=T0EXAMPLE01&team_domain=example&channel_id=C0EXAMPLE01' +
        '&channel_name=general&user_id=U0EXAMPLE01&user_name=ada&command=%2Fdeploy&text=staging+now' +
        '&api_app_id=A0EXAMPLE01&is_enterprise_install=false' +
        '&response_url=https%3A%2F%2Fhooks.example.test%2Fcommands%2F0001&trigger_id={{unix}}.{{uuid}}',
      headers: [['Content-Type', 'application/x-www-form-urlencoded']],
    },
    {
      name: 'url_verification',
      contentType: 'application/json',
      body: `{
  "token": "example-verification-token",
  "challenge": "{{uuid}}",
  "type": "url_verification"
}`,
    },
  ],
  handshakes: [
    {
      name: 'url_verification',
      method: 'POST',
      conditions: [
        { from: 'json', path: 'type', value: 'url_verification' },
        { from: 'json', path: 'challenge' },
      ],
      signature: 'checked',
      answer: {
        kind: 'echo',
        source: { from: 'json', path: 'challenge' },
        headers: [['Content-Type', 'text/plain']],
      },
    },
  ],
  retry: {
    summary: 'Events are repeated three times: almost at once, after 1 minute and after 5 minutes.',
    delaysSeconds: [0, 60, 300],
    timeoutSeconds: 3,
  },
  notes: [
    'Slash commands and interactivity are forms: the signature covers the encoded bytes.',
    'A repeat carries X-Slack-Retry-Num and the same event_id.',
    'The “token” in the body is an outdated check: use the signature.',
  ],
});
