import { describe, expect, it } from 'vitest';
import { createSecretBox } from '../../../../src/main/electron/secret-box.ts';
import type { KeyringCalls } from '../../../../src/main/electron/secret-box.ts';

type Backend = ReturnType<NonNullable<KeyringCalls['getSelectedStorageBackend']>>;

/** A keyring that turns bytes around; `lost` is what a keyring with another key does. */
function keyring(options: {
  backend?: Backend;
  available?: boolean;
  modern?: boolean;
  lost?: boolean;
}): KeyringCalls & { readonly calls: string[] } {
  const calls: string[] = [];
  const turn = (bytes: Buffer) => Buffer.from(bytes.map((byte) => byte ^ 0xff));
  const decrypt = (bytes: Buffer) => {
    if (options.lost) throw new Error('Error while decrypting the ciphertext');
    return turn(bytes).toString('utf8');
  };
  const backend = options.backend;
  return {
    calls,
    isEncryptionAvailable: () => options.available ?? true,
    encryptString: (text) => (calls.push('sync'), turn(Buffer.from(text))),
    decryptString: (bytes) => (calls.push('sync'), decrypt(bytes)),
    ...(backend ? { getSelectedStorageBackend: () => backend } : {}),
    ...(options.modern
      ? {
          isAsyncEncryptionAvailable: () => Promise.resolve(options.available ?? true),
          encryptStringAsync: (text: string) => (calls.push('async'), Promise.resolve(turn(Buffer.from(text)))),
          decryptStringAsync: async (bytes: Buffer) => (
            calls.push('async'),
            { shouldReEncrypt: false, result: decrypt(bytes) }
          ),
        }
      : {}),
  };
}

describe('secret box', () => {
  it.each([
    ['linux', { backend: 'gnome_libsecret' }, 'gnome_libsecret'],
    ['linux', { backend: 'kwallet6', modern: true }, 'kwallet6'],
    ['linux', { backend: 'basic_text' }, null],
    ['linux', { backend: 'unknown' }, null],
    ['linux', { backend: 'gnome_libsecret', available: false }, null],
    ['linux', { backend: 'gnome_libsecret', available: false, modern: true }, null],
    ['linux', {}, null],
    ['darwin', {}, 'macos-keychain'],
    ['win32', { modern: true }, 'dpapi'],
    ['win32', { available: false }, null],
    ['freebsd', {}, null],
  ] as const)('on %s with %j the keyring is %s', async (platform, options, name) => {
    expect((await createSecretBox(keyring(options), platform)).keyring).toBe(name);
  });

  it.each([
    [true, 'async'],
    [false, 'sync'],
  ])('seals and opens (asynchronous calls there: %s)', async (modern, kind) => {
    const storage = keyring({ backend: 'kwallet5', modern });
    const box = await createSecretBox(storage, 'linux');
    const sealed = await box.seal('whsec_ünï');
    expect(Buffer.from(sealed).toString('utf8')).not.toContain('whsec');
    const view = new Uint8Array(Buffer.concat([Buffer.from([1, 2]), sealed, Buffer.from([3])])).subarray(
      2,
      2 + sealed.byteLength,
    );
    expect(await box.open(view)).toBe('whsec_ünï');
    expect(new Set(storage.calls)).toEqual(new Set([kind]));
  });

  it.each([true, false])('says SECRET_SEALED for what another keyring sealed (asynchronous: %s)', async (modern) => {
    const box = await createSecretBox(keyring({ backend: 'kwallet5', modern, lost: true }), 'linux');
    await expect(box.open(new Uint8Array([1]))).rejects.toMatchObject({ code: 'SECRET_SEALED' });
  });

  it('seals nothing without a keyring', async () => {
    const storage = keyring({ backend: 'basic_text' });
    const box = await createSecretBox(storage, 'linux');
    await expect(box.seal('x')).rejects.toMatchObject({ code: 'SECRET_UNAVAILABLE' });
    await expect(box.open(new Uint8Array([1]))).rejects.toMatchObject({ code: 'SECRET_SEALED' });
    expect(storage.calls).toEqual([]);
  });
});
