import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { readCommand, writeCommand } from '../../../../src/renderer/lib/command-words.ts';
import { newTunnel, tunnelSecrets, withSecret } from '../../../../src/renderer/lib/tunnel-form.ts';
import {
  addressOf,
  openTunnels,
  publicAddresses,
  shownTunnel,
  stateOf,
  stoppedTunnel,
  tunnelKinds,
  tunnelTone,
} from '../../../../src/renderer/lib/tunnel-words.ts';
import { tunnelSchema } from '../../../../src/shared/tunnels.ts';
import type { TunnelKind, TunnelStatus } from '../../../../src/shared/tunnels.ts';
import { defaultEndpoint } from '../../../../src/shared/workspace.ts';

const kept = { id: 't', name: 'T', autoStart: true };
const up: TunnelStatus = { ...stoppedTunnel('t'), state: 'up', publicUrl: 'https://x.example' };
const probe = { at: 1, ok: false, ms: 1, code: 'wrong-port', message: 'm', cure: 'c' };

describe('readCommand', () => {
  it.each([
    ['npx lt --port {port}', ['npx', 'lt', '--port', '{port}']],
    ['  a   b ', ['a', 'b']],
    [`a "b c" 'd "e' f\\ g ""`, ['a', 'b c', 'd "e', 'f g', '']],
    ['"C:\\Program Files\\x.exe" C:\\y.exe', ['C:\\Program Files\\x.exe', 'C:\\y.exe']],
    ['"say \\"hi\\""', ['say "hi"']],
    ['', []],
  ])('%s', (text, words) => {
    expect(readCommand(text)).toEqual({ ok: true, words });
    expect(readCommand(writeCommand(words))).toEqual({ ok: true, words });
  });

  it('says which quotation mark is open', () => {
    expect(readCommand('a "b')).toEqual({ ok: false, message: 'The quotation mark " is not closed.' });
  });
});

describe('newTunnel', () => {
  const kinds = Object.keys(tunnelKinds) as TunnelKind[];

  it.each(kinds)('%s keeps what all kinds share', (kind) => {
    expect(newTunnel(kind, kept)).toMatchObject({ ...kept, kind });
  });

  it('needs nothing more for the kinds that can do without', () => {
    for (const kind of ['cloudflared', 'ngrok', 'attach'] as const) {
      expect(v.is(tunnelSchema, newTunnel(kind, kept))).toBe(true);
    }
  });

  it('has a secret where its kind takes one', () => {
    expect(tunnelSecrets(withSecret(newTunnel('ngrok', kept), 'token'))).toEqual(['token']);
    expect(tunnelSecrets(withSecret(newTunnel('ssh', kept), 'token'))).toEqual([]);
  });
});

describe('public addresses', () => {
  it('stand behind the public URL, and in the query for a channel', () => {
    expect(addressOf('ssh', 'https://x.example/base', '/in/a')).toBe('https://x.example/base/in/a');
    expect(addressOf('ssh', 'https://x.example', '/')).toBe('https://x.example');
    expect(addressOf('smee', 'https://smee.io/abc', '/in/a')).toBe('https://smee.io/abc?hookbench-path=%2Fin%2Fa');
    expect(addressOf('smee', 'https://smee.io/abc', '/')).toBe('https://smee.io/abc');
  });

  it('leave out endpoints that are off', () => {
    const shop = { ...defaultEndpoint, id: 'shop', name: 'Shop', path: '/in/shop' };
    const list = publicAddresses('ssh', 'https://x.example', [{ ...defaultEndpoint, active: false }, shop]);
    expect(list).toEqual([{ endpointId: 'shop', name: 'Shop', url: 'https://x.example/in/shop' }]);
  });
});

describe('the state of tunnels', () => {
  const setups = [newTunnel('attach', { ...kept, id: 'other' }), newTunnel('ngrok', kept)];

  it('is that of the one that is up, else of the one that needs somebody', () => {
    const failed: TunnelStatus = { ...stoppedTunnel('other'), state: 'failed' };
    expect(shownTunnel(setups, [failed, up])?.setup.id).toBe('t');
    expect(shownTunnel(setups, [failed])?.status.state).toBe('failed');
    expect(shownTunnel(setups, [])?.status.state).toBe('stopped');
    expect(shownTunnel([], [up])).toBeNull();
    expect(stateOf([up], 'other')).toBe('stopped');
  });

  it('is no good news when the probe fails', () => {
    expect([tunnelTone(up), tunnelTone({ ...up, probe })]).toEqual(['ok', 'bad']);
    expect(openTunnels(setups, [up]).map(({ publicUrl }) => publicUrl)).toEqual(['https://x.example']);
    expect(openTunnels(setups, [{ ...up, state: 'down' }])).toEqual([]);
  });
});
