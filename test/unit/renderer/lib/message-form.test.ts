import { describe, expect, it } from 'vitest';
import {
  missingIn,
  newMessage,
  replayMessage,
  toDraft,
  withSample,
} from '../../../../src/renderer/lib/message-form.ts';
import type { MessageForm, SignatureChoice } from '../../../../src/renderer/lib/message-form.ts';
import { replayChanges } from '../../../../src/renderer/lib/replay-changes.ts';
import { findProvider } from '../../../../src/shared/providers/index.ts';
import type { ProviderDefinition } from '../../../../src/shared/providers/define.ts';
import type { SecretInfo } from '../../../../src/shared/workspace.ts';
import { detail } from '../samples.ts';

const generic = findProvider('generic') as ProviderDefinition;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const stored: SecretInfo[] = [{ name: 'stripe dev', provider: 'stripe', storage: 'session', sealed: false }];
const compose = (change: Partial<MessageForm>): MessageForm => ({
  ...newMessage(generic),
  url: 'http://localhost:3000/x',
  ...change,
});

describe('newMessage', () => {
  it('needs only a URL and a secret', () => {
    const form = newMessage(generic);
    expect(form).toMatchObject({ provider: 'generic', sample: generic.samples[0]?.name, schedule: 'quick', speed: 1 });
    expect(missingIn(form)).not.toBeNull();
    expect(missingIn({ ...form, url: 'http://localhost' })).toBeNull();
    expect(missingIn({ ...form, targetIds: ['a'] })).toBeNull();
    expect(missingIn({ ...form, url: 'http://localhost', method: ' ' })).not.toBeNull();
  });
});

describe('toDraft', () => {
  it('gives a stored secret by name, another text as a value, nothing as null', () => {
    expect(toDraft(compose({ secret: 'stripe dev' }), stored, null).secret).toEqual({ name: 'stripe dev' });
    expect(toDraft(compose({ secret: 'whsec_x ' }), stored, null).secret).toEqual({ value: 'whsec_x ' });
    expect(toDraft(compose({ secret: '' }), stored, null).secret).toBeNull();
  });

  it.each<[SignatureChoice, string]>([
    ['good', 'fresh'],
    ['tampered', 'tampered'],
    ['expired', 'expired'],
    ['wrong-secret', 'wrong-secret'],
    ['none', 'none'],
    ['keep', 'keep'],
    ['same-id', 'fresh'],
    ['new-id', 'fresh'],
  ])('maps %s to %s', (signature, mode) => {
    const draft = toDraft(compose({ signature, secret: 'x' }), [], null);
    expect(draft.signature).toBe(mode);
    expect(draft.secret).toEqual(mode === 'none' || mode === 'keep' ? null : { value: 'x' });
  });

  it('fills variables in composed text only', () => {
    expect(toDraft(compose({}), [], null).variables).toBe(true);
    expect(toDraft(compose({}), [], 'req_1')).toMatchObject({ variables: false, replayOf: 'req_1' });
  });

  it('leaves out empty ids, events and header rows', () => {
    const draft = toDraft(
      compose({
        deliveryId: ' ',
        event: '',
        headers: [
          ['', ''],
          ['X-A', ''],
        ],
      }),
      [],
      null,
    );
    expect('messageId' in draft).toBe(false);
    expect(draft.event).toBeNull();
    expect(draft.headers).toEqual([['X-A', '']]);
    expect(toDraft(compose({ deliveryId: 'evt_1' }), [], null).messageId).toBe('evt_1');
  });

  it('names the signed time only where it is simulated', () => {
    expect('time' in toDraft(compose({}), [], null)).toBe(false);
    expect(toDraft(compose({ time: 'simulated' }), [], null).time).toBe('simulated');
  });

  it('sends to targets alone when there is no URL', () => {
    expect(toDraft(compose({ url: ' ', targetIds: ['a'] }), [], null)).toMatchObject({ urls: [], targetIds: ['a'] });
  });
});

describe('an event for whoever takes it', () => {
  it('names neither a URL nor a target', () => {
    const form = compose({ url: 'http://localhost', targetIds: ['a'], toMatching: true });
    expect(toDraft(form, [], null)).toMatchObject({ urls: [], targetIds: [] });
    expect(missingIn({ ...form, url: '', targetIds: [] })).toBeNull();
  });
});

describe('withSample', () => {
  it('replaces event, headers and body', () => {
    const sample = { name: 'ping', contentType: 'text/plain', body: 'hello', headers: [['X-S', '1']] as const };
    const form = withSample(compose({}), sample);
    expect(form).toMatchObject({ sample: 'ping', event: 'ping' });
    expect(form.headers).toEqual([
      ['Content-Type', 'text/plain'],
      ['X-S', '1'],
    ]);
    expect(new TextDecoder().decode(toDraft(form, [], null).body)).toBe('hello');
  });
});

describe('replayMessage and replayChanges', () => {
  const request = detail(1);
  const body = bytes('{"a":1}\r\n');
  const form = replayMessage(request, body, 'http://127.0.0.1:4100', '');

  it('starts as the same request', () => {
    expect(form.url).toBe('http://127.0.0.1:4100/in/stripe?x=1');
    expect(replayChanges(request, body, form)).toEqual([]);
    expect(toDraft(form, [], request.id)).toMatchObject({ signature: 'keep', headers: request.headers, body });
  });

  it('takes the address of a request in absolute form as it is', () => {
    const absolute = detail(1, { target: 'http://example.test/x' });
    expect(replayMessage(absolute, body, 'http://127.0.0.1:4100', '').url).toBe('http://example.test/x');
  });

  it('says what was changed', () => {
    const changed: MessageForm = {
      ...form,
      method: 'put',
      url: 'http://localhost:3000/hooks',
      headers: [
        ['Content-Type', 'text/plain'],
        ['X-B', '2'],
      ],
      body: { kind: 'bytes', bytes: bytes('other'), why: 'binary' },
      signature: 'new-id',
    };
    expect(replayChanges(request, body, changed)).toEqual([
      'method POST becomes PUT',
      'path becomes /hooks',
      'header Content-Type changed',
      'header X-A removed',
      'header X-B added',
      'body edited',
      'signed anew with a new delivery id',
    ]);
  });

  it('takes no notice of fields that the transport writes', () => {
    const withoutHost = { ...form, headers: form.headers.filter(([name]) => name !== 'Host') };
    expect(replayChanges(request, body, withoutHost)).toEqual([]);
  });

  it('sends bytes that are no text as they are', () => {
    const binary = new Uint8Array([0xff, 0x00, 0x01]);
    const draft = toDraft(replayMessage(request, binary, 'http://x', ''), [], request.id);
    expect(draft.body).toEqual(binary);
  });
});
