// Amazon SNS (docs.aws.amazon.com/sns, verifying message signatures): an RSA signature in the body over the names and
// values of fixed members. `SignatureVersion` says which hash: 1 is SHA-1, 2 is SHA-256. The certificate's address
// stands in the body as well, so only addresses of SNS may be believed.

import { defineProvider } from './define.ts';

const shared = {
  encoding: 'base64',
  secretType: 'x509-pem',
  // Notifications have Subject at most; confirmations have SubscribeURL and Token. Type is signed, so that the two
  // cannot be taken for each other.
  recipe: [
    {
      kind: 'json-lines',
      keys: ['Message', 'MessageId', 'Subject', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
    },
  ],
  signatureHeaders: [],
  signaturePath: 'Signature',
  format: { kind: 'value', prefix: '' },
  timestamp: { path: 'Timestamp', unit: 'iso', toleranceSeconds: null, direction: 'both', signed: true },
  certificate: {
    source: { from: 'json', path: 'SigningCertURL' },
    host: 'sns\\.[a-z0-9-]+\\.amazonaws\\.com(?:\\.cn)?',
    pathEnd: '.pem',
  },
  caveat: 'UnsubscribeURL is not signed: do not call it because a valid message names it.',
} as const;

const contentType = 'text/plain; charset=UTF-8';
const topic = 'arn:aws:sns:us-east-1:123456789012:example-topic';
const signing = `  "Timestamp" : "{{now}}",
  "SignatureVersion" : "2",
  "Signature" : "",
  "SigningCertURL" : "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem"`;

/** Amazon SNS over HTTP and HTTPS. */
export const awsSns = defineProvider({
  id: 'aws-sns',
  name: 'Amazon SNS',
  docsUrl: 'https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html',
  detect: ['x-amz-sns-message-type', 'x-amz-sns-message-id', 'x-amz-sns-topic-arn'],
  detectJson: ['SignatureVersion', 'SigningCertURL', 'TopicArn', 'MessageId'],
  schemes: [
    {
      ...shared,
      id: 'aws-sns-v2',
      algorithm: { kind: 'rsa', hash: 'sha256' },
      conditions: [{ from: 'json', path: 'SignatureVersion', value: '2' }],
    },
    {
      ...shared,
      id: 'aws-sns-v1',
      algorithm: { kind: 'rsa', hash: 'sha1' },
      conditions: [{ from: 'json', path: 'SignatureVersion', value: '1' }],
    },
  ],
  // The header is not signed, so the body comes first.
  deliveryId: [
    { from: 'json', path: 'MessageId' },
    { from: 'header', name: 'x-amz-sns-message-id' },
  ],
  eventType: [
    { from: 'json', path: 'Type' },
    { from: 'header', name: 'x-amz-sns-message-type' },
  ],
  headers: [
    ['Content-Type', contentType],
    ['User-Agent', 'Amazon Simple Notification Service Agent'],
    ['x-amz-sns-message-type', '{{event}}'],
    ['x-amz-sns-message-id', '{{id}}'],
    ['x-amz-sns-topic-arn', topic],
  ],
  secretForm: { kind: 'key-pair', pair: 'rsa-2048', certificate: true },
  secretHint: 'The certificate in PEM (-----BEGIN CERTIFICATE-----), from the address in the message’s SigningCertURL',
  samples: [
    {
      name: 'Notification',
      contentType,
      headers: [['x-amz-sns-subscription-arn', `${topic}:00000000-0000-4000-8000-000000000001`]],
      body: `{
  "Type" : "Notification",
  "MessageId" : "{{uuid}}",
  "TopicArn" : "${topic}",
  "Subject" : "An example",
  "Message" : "{\\"orderId\\":\\"{{uuid}}\\",\\"status\\":\\"paid\\"}",
${signing},
  "UnsubscribeURL" : "https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=${topic}:00000000-0000-4000-8000-000000000001"
}`,
    },
    {
      name: 'SubscriptionConfirmation',
      contentType,
      body: `{
  "Type" : "SubscriptionConfirmation",
  "MessageId" : "{{uuid}}",
  "Token" : "example-token-not-real",
  "TopicArn" : "${topic}",
  "Message" : "You have chosen to subscribe to the topic ${topic}.\\nTo confirm the subscription, visit the SubscribeURL included in this message.",
  "SubscribeURL" : "https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${topic}&Token=example-token-not-real",
${signing}
}`,
    },
    {
      name: 'UnsubscribeConfirmation',
      contentType,
      headers: [['x-amz-sns-subscription-arn', `${topic}:00000000-0000-4000-8000-000000000001`]],
      body: `{
  "Type" : "UnsubscribeConfirmation",
  "MessageId" : "{{uuid}}",
  "Token" : "example-token-not-real",
  "TopicArn" : "${topic}",
  "Message" : "You have chosen to deactivate subscription ${topic}:00000000-0000-4000-8000-000000000001.\\nTo cancel this operation and restore the subscription, visit the SubscribeURL included in this message.",
  "SubscribeURL" : "https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${topic}&Token=example-token-not-real",
${signing}
}`,
    },
  ],
  handshakes: [
    {
      name: 'SubscriptionConfirmation',
      method: 'POST',
      conditions: [
        { from: 'json', path: 'Type', value: 'SubscriptionConfirmation' },
        { from: 'json', path: 'SubscribeURL' },
      ],
      signature: 'checked',
      answer: { kind: 'fetch', source: { from: 'json', path: 'SubscribeURL' } },
    },
  ],
  retry: {
    summary:
      'By default 3 times, 20 seconds apart; the subscription’s delivery policy can change it, up to one hour in all.',
    delaysSeconds: [20, 20, 20],
    timeoutSeconds: 15,
  },
  notes: [
    'The content type is text/plain although the body is JSON.',
    'Signature version 1 uses SHA-1; a topic’s attribute SignatureVersion asks for 2.',
    'With raw message delivery the body is the bare message, and nothing is signed.',
    'Certificates count only from https addresses at sns.REGION.amazonaws.com that end in .pem.',
    'Nothing arrives before the SubscribeURL of the confirmation was fetched.',
  ],
});
