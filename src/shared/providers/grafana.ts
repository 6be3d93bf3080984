// Grafana Alerting contact point of type webhook (grafana.com/docs, configure webhook notifications): HMAC over the raw
// body, or over time, colon and body once the contact point names a header for the time. That name is free; the one
// below is Hookbench's choice.

import { defineProvider } from './define.ts';
import type { SchemeDefinition } from './define.ts';

const timestampHeader = 'X-Grafana-Alerting-Timestamp';

const signature = {
  algorithm: { kind: 'hmac', hash: 'sha256' },
  encoding: 'hex',
  secretType: 'utf8',
  signatureHeaders: ['X-Grafana-Alerting-Signature'],
  format: { kind: 'value', prefix: '' },
} as const satisfies Partial<SchemeDefinition>;

/** Grafana Alerting notifications. */
export const grafana = defineProvider({
  id: 'grafana',
  name: 'Grafana Alerting',
  docsUrl:
    'https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/',
  detect: ['x-grafana-alerting-signature'],
  // Conditions keep the two apart, so the plain form, Grafana's default, may come first.
  schemes: [
    {
      ...signature,
      id: 'grafana',
      conditions: [{ from: 'header', name: timestampHeader, absent: true }],
      caveat:
        'Where Grafana is set to send a timestamp, a request without one may be an old one that was rewritten: refuse it there.',
      recipe: [{ kind: 'body' }],
    },
    {
      ...signature,
      id: 'grafana-timestamp',
      conditions: [{ from: 'header', name: timestampHeader }],
      recipe: [{ kind: 'timestamp' }, { kind: 'literal', text: ':' }, { kind: 'body' }],
      timestamp: {
        headers: [timestampHeader],
        unit: 'seconds',
        toleranceSeconds: null,
        direction: 'both',
        signed: true,
      },
    },
  ],
  deliveryId: [],
  eventType: [{ from: 'json', path: 'status' }],
  headers: [
    ['Content-Type', 'application/json'],
    ['User-Agent', 'Grafana'],
  ],
  secretForm: { prefix: '', encoding: 'base64url' },
  secretHint: 'The “Secret” you typed under HMAC Signature in the contact point’s optional webhook settings',
  samples: [
    {
      name: 'firing',
      contentType: 'application/json',
      body:
        '{"receiver":"Example webhook","status":"firing","alerts":[{"status":"firing","labels":' +
        '{"alertname":"High memory usage","grafana_folder":"Example","zone":"eu-1"},"annotations":' +
        '{"summary":"Memory is above 90 % ({{uuid}})"},"startsAt":"{{now}}","endsAt":"0001-01-01T00:00:00Z",' +
        '"generatorURL":"https://grafana.example.test/alerting/grafana/example1/view","fingerprint":"00000000000000a1",' +
        '"silenceURL":"https://grafana.example.test/alerting/silence/new","dashboardURL":"","panelURL":"",' +
        '"values":{"B":91.5,"C":1}}],"groupLabels":{"alertname":"High memory usage"},"commonLabels":' +
        '{"alertname":"High memory usage","grafana_folder":"Example","zone":"eu-1"},"commonAnnotations":{},' +
        '"externalURL":"https://grafana.example.test/","version":"1",' +
        '"groupKey":"{}/{}:{alertname=\\"High memory usage\\"}","truncatedAlerts":0,"orgId":1,' +
        '"title":"[FIRING:1] High memory usage","state":"alerting","message":"**Firing**\\n\\nValue: B=91.5, C=1\\n"}',
    },
    {
      name: 'resolved',
      contentType: 'application/json',
      body:
        '{"receiver":"Example webhook","status":"resolved","alerts":[{"status":"resolved","labels":' +
        '{"alertname":"High memory usage","grafana_folder":"Example","zone":"eu-1"},"annotations":' +
        '{"summary":"Memory is above 90 % ({{uuid}})"},"startsAt":"2030-01-15T10:00:00Z","endsAt":"{{now}}",' +
        '"generatorURL":"https://grafana.example.test/alerting/grafana/example1/view","fingerprint":"00000000000000a1",' +
        '"silenceURL":"https://grafana.example.test/alerting/silence/new","dashboardURL":"","panelURL":"",' +
        '"values":{"B":41.5,"C":0}}],"groupLabels":{"alertname":"High memory usage"},"commonLabels":' +
        '{"alertname":"High memory usage","grafana_folder":"Example","zone":"eu-1"},"commonAnnotations":{},' +
        '"externalURL":"https://grafana.example.test/","version":"1",' +
        '"groupKey":"{}/{}:{alertname=\\"High memory usage\\"}","truncatedAlerts":0,"orgId":1,' +
        '"title":"[RESOLVED] High memory usage","state":"ok","message":"**Resolved**\\n\\nValue: B=41.5, C=0\\n"}',
    },
  ],
  retry: null,
  notes: [
    'Signing is off until a secret is set in the contact point (Grafana 12 and later).',
    'Name the contact point’s timestamp header X-Grafana-Alerting-Timestamp: any other name is not recognised here.',
    'Grafana advises to check that the time is recent but names no limit: set one in the endpoint.',
    'There is no delivery id, and a firing group may hold resolved alerts.',
    'A custom payload template changes the body; the signature covers what was sent.',
  ],
});
