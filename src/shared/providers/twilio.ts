// Twilio (twilio.com/docs/usage/security): the public URL is signed together with the decoded form fields, sorted by
// name. JSON bodies are not fields: their hash stands in the URL as `bodySHA256`, and the URL alone is signed. A proxy
// that changes scheme, host, port or query breaks both.

import { defineProvider } from './define.ts';

const shared = {
  algorithm: { kind: 'hmac', hash: 'sha1' },
  encoding: 'base64',
  secretType: 'utf8',
  signatureHeaders: ['X-Twilio-Signature'],
  format: { kind: 'value', prefix: '' },
  alternatePorts: true,
} as const;

const form = 'application/x-www-form-urlencoded';

/** Twilio callbacks: messages, calls, conversations. */
export const twilio = defineProvider({
  id: 'twilio',
  name: 'Twilio',
  docsUrl: 'https://www.twilio.com/docs/usage/security',
  detect: ['x-twilio-signature', 'i-twilio-idempotency-token'],
  schemes: [
    {
      ...shared,
      id: 'twilio-form',
      recipe: [{ kind: 'url' }, { kind: 'form' }],
      conditions: [{ from: 'query', name: 'bodySHA256', absent: true }],
    },
    {
      ...shared,
      id: 'twilio-json',
      recipe: [{ kind: 'url' }],
      bodyHashQuery: 'bodySHA256',
      conditions: [{ from: 'query', name: 'bodySHA256' }],
    },
  ],
  // CallSid and MessageSid name the call or message: they are the same in each of its status callbacks.
  deliveryId: [{ from: 'header', name: 'I-Twilio-Idempotency-Token' }],
  eventType: [
    { from: 'form', name: 'EventType' },
    { from: 'form', name: 'RecordingStatus' },
    { from: 'form', name: 'MessageStatus' },
    { from: 'form', name: 'CallStatus' },
    { from: 'form', name: 'SmsStatus' },
    { from: 'json', path: 'EventType' },
    // Event Streams send a list of CloudEvents.
    { from: 'json', path: '0.type' },
  ],
  headers: [
    ['Content-Type', form],
    ['Accept', '*/*'],
    ['User-Agent', 'TwilioProxy/1.1'],
    ['I-Twilio-Idempotency-Token', '{{id}}'],
  ],
  secretForm: { prefix: '', encoding: 'hex' },
  secretHint: 'The account’s Auth Token, 32 hex digits, from the Console’s start page under “Account Info”',
  samples: [
    {
      name: 'received',
      contentType: form,
      body:
        'ToCountry=US&ToState=&SmsMessageSid=SM{{uuid}}&NumMedia=0&ToCity=&FromZip=&SmsSid=SM{{uuid}}&FromState=' +
        '&SmsStatus=received&FromCity=&Body=Hello+from+a+test&FromCountry=US&To=%2B15005550001&ToZip=&NumSegments=1' +
        '&MessageSid=SM{{uuid}}&AccountSid=ACEXAMPLE0000000000000000000000000&From=%2B15005550006' +
        '&ApiVersion=2010-04-01',
    },
    {
      name: 'delivered',
      contentType: form,
      body:
        'SmsSid=SM{{uuid}}&SmsStatus=delivered&MessageStatus=delivered&To=%2B15005550001&MessageSid=SM{{uuid}}' +
        '&AccountSid=ACEXAMPLE0000000000000000000000000&From=%2B15005550006&ApiVersion=2010-04-01',
    },
    {
      name: 'ringing',
      contentType: form,
      body:
        'Called=%2B15005550001&ToState=&CallerCountry=US&Direction=inbound&CallerState=&ToZip=&CallSid=CA{{uuid}}' +
        '&To=%2B15005550001&CallerZip=&ToCountry=US&ApiVersion=2010-04-01&CalledZip=&CalledCity=&CallStatus=ringing' +
        '&From=%2B15005550006&AccountSid=ACEXAMPLE0000000000000000000000000&CalledCountry=US&CallerCity=' +
        '&Caller=%2B15005550006&FromCountry=US&ToCity=&FromCity=&CalledState=&FromZip=&FromState=',
    },
    {
      name: 'onMessageAdded',
      contentType: form,
      body:
        'EventType=onMessageAdded&ConversationSid=CHEXAMPLE0000000000000000000000000&MessageSid=IM{{uuid}}&Index=1' +
        '&Author=ada%40example.test&Body=Hello&Source=SDK&DateCreated={{now}}&RetryCount=0' +
        '&ChatServiceSid=ISEXAMPLE0000000000000000000000000&AccountSid=ACEXAMPLE0000000000000000000000000',
    },
  ],
  retry: {
    summary:
      'Once, and only where no connection can be made; a fragment of the URL (#rc=5&rp=all) asks for more, up to 5.',
    timeoutSeconds: 15,
  },
  notes: [
    'The URL is signed as configured: behind a proxy, give the endpoint its public URL.',
    'Field names are sorted by code unit: capitals come before small letters.',
    'With JSON, bodySHA256 in the URL must be the hash of the body.',
    'The port may be there or not: the URL is tried with and without the standard port of its scheme.',
    'The answer may be TwiML, which Twilio then carries out.',
  ],
});
