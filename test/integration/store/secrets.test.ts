import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AppError } from '../../../src/shared/errors.ts';
import type { SecretBox } from '../../../src/main/ports.ts';
import { openSecrets } from '../../../src/main/store/secrets.ts';
import type { Secrets } from '../../../src/main/store/secrets.ts';
import { clock, keptLog, temporaryFolder } from './support.ts';

const canary = 'whsec_CANARY-secret-value';

/** Seals by spelling in hexadecimal and naming itself; opens only its own. */
function box(keyring: string | null): SecretBox {
  return {
    keyring,
    seal: (plain) => Promise.resolve(Buffer.from(`${keyring}|${Buffer.from(plain).toString('hex')}`)),
    open(sealed) {
      const text = Buffer.from(sealed).toString();
      if (!text.startsWith(`${keyring}|`))
        return Promise.reject(new AppError('SECRET_SEALED', `wrong keyring for ${text}`));
      return Promise.resolve(Buffer.from(text.slice(`${keyring}|`.length), 'hex').toString());
    },
  };
}

function open(dir: string, keyring: string | null = null, logger = keptLog()): Promise<Secrets> {
  return openSecrets({ dir, clock, logger, box: box(keyring) });
}

function foundIn(dir: string, text: string): string[] {
  return readdirSync(dir).filter((name) => readFileSync(join(dir, name)).includes(text));
}

test('a session secret is never written', async () => {
  const dir = temporaryFolder();
  const secrets = await open(dir);
  await secrets.set('s', canary, { provider: 'stripe', storage: 'session' });
  expect(secrets.value('s')).toBe(canary);
  expect(secrets.list()).toEqual([{ name: 's', provider: 'stripe', storage: 'session', sealed: false }]);
  expect(readdirSync(dir)).toEqual([]);
  expect((await open(dir)).has('s')).toBe(false);
});

test('a file secret is there again after a restart, in a private file', async () => {
  const dir = temporaryFolder();
  await (await open(dir)).set('f', canary, { provider: null, storage: 'file' });
  const secrets = await open(dir);
  expect(secrets.value('f')).toBe(canary);
  expect(secrets.list()).toEqual([{ name: 'f', provider: null, storage: 'file', sealed: false }]);
  expect(statSync(join(dir, 'secrets.json')).mode & 0o777).toBe(0o600);
});

test('a keyring secret is sealed on disk and opened by the same keyring only', async () => {
  const dir = temporaryFolder();
  await (await open(dir, 'ring-a')).set('k', canary, { provider: null, storage: 'keyring' });
  expect(foundIn(dir, canary)).toEqual([]);
  expect((await open(dir, 'ring-a')).value('k')).toBe(canary);
  for (const keyring of ['ring-b', null]) {
    const other = await open(dir, keyring);
    expect(other.has('k')).toBe(true);
    expect(other.list()).toEqual([{ name: 'k', provider: null, storage: 'keyring', sealed: true }]);
    expect(other.values()).toEqual([]);
    expect(() => other.value('k')).toThrowError(expect.objectContaining({ code: 'SECRET_SEALED' }) as Error);
  }
});

test('a keyring that fails to open says so without quoting anything', async () => {
  const dir = temporaryFolder();
  await (await open(dir, 'ring-a')).set('k', canary, { provider: null, storage: 'keyring' });
  const log = keptLog();
  const broken: SecretBox = { ...box('ring-a'), open: () => Promise.reject(new Error(canary)) };
  const secrets = await openSecrets({ dir, clock, logger: log, box: broken });
  expect(() => secrets.value('k')).toThrowError(expect.objectContaining({ code: 'SECRET_SEALED' }) as Error);
  expect(log.lines).toHaveLength(1);
  expect(log.lines.join()).not.toContain(canary);
});

test('without a keyring a value for it is refused', async () => {
  const dir = temporaryFolder();
  const secrets = await open(dir);
  await expect(secrets.set('k', canary, { provider: null, storage: 'keyring' })).rejects.toMatchObject({
    code: 'SECRET_UNAVAILABLE',
  });
  expect(secrets.has('k')).toBe(false);
  expect(readdirSync(dir)).toEqual([]);
});

test('a removed or replaced value is gone from the file and from its copies', async () => {
  const dir = temporaryFolder();
  const secrets = await open(dir, 'ring-a');
  await secrets.set('a', canary, { provider: null, storage: 'file' });
  await secrets.set('other', 'stays', { provider: null, storage: 'file' });
  expect(foundIn(dir, canary).length).toBeGreaterThan(0);
  await secrets.remove('a');
  expect(foundIn(dir, canary)).toEqual([]);
  expect(secrets.value('a')).toBeNull();
  expect((await open(dir)).value('other')).toBe('stays');
  await secrets.set('b', canary, { provider: null, storage: 'file' });
  await secrets.set('b', canary, { provider: null, storage: 'keyring' });
  expect(foundIn(dir, canary)).toEqual([]);
  await secrets.set('c', canary, { provider: null, storage: 'file' });
  await secrets.set('c', canary, { provider: null, storage: 'session' });
  expect(foundIn(dir, canary)).toEqual([]);
  expect(secrets.value('c')).toBe(canary);
});

test('one-off secrets are kept and known, but not listed', async () => {
  const dir = temporaryFolder();
  await (await open(dir)).set('once', canary, { provider: null, storage: 'file', oneOff: true });
  const secrets = await open(dir);
  expect(secrets.list()).toEqual([]);
  expect(secrets.value('once')).toBe(canary);
  expect(secrets.values()).toEqual([canary]);
});
