// Seals secrets with the system's keyring through Electron's safeStorage. Where there is none, it says so and seals
// nothing: Chromium's basic_text backend is a fixed password and would only look like protection.

import type { SafeStorage } from 'electron';
import { AppError } from '../../shared/errors.ts';
import type { SecretBox } from '../ports.ts';
import { noKeyring } from '../system.ts';

/** The part of safeStorage that is used; older runtimes lack the asynchronous calls. */
export type KeyringCalls = Pick<SafeStorage, 'isEncryptionAvailable' | 'encryptString' | 'decryptString'> &
  Partial<
    Pick<
      SafeStorage,
      'getSelectedStorageBackend' | 'isAsyncEncryptionAvailable' | 'encryptStringAsync' | 'decryptStringAsync'
    >
  >;

const systemKeyrings: Partial<Record<NodeJS.Platform, string>> = { darwin: 'macos-keychain', win32: 'dpapi' };

/** Finds out what this machine offers. Call when the app is ready; before that no Linux keyring is known. */
export async function createSecretBox(storage: KeyringCalls, platform: NodeJS.Platform): Promise<SecretBox> {
  const backend = platform === 'linux' ? storage.getSelectedStorageBackend?.() : systemKeyrings[platform];
  if (backend === undefined || backend === 'basic_text' || backend === 'unknown') return noKeyring;
  const available = storage.isAsyncEncryptionAvailable
    ? await storage.isAsyncEncryptionAvailable()
    : storage.isEncryptionAvailable();
  if (!available) return noKeyring;

  return {
    keyring: backend,
    async seal(plain) {
      try {
        return storage.encryptStringAsync ? await storage.encryptStringAsync(plain) : storage.encryptString(plain);
      } catch (error) {
        throw new AppError('SECRET_UNAVAILABLE', `The keyring (${backend}) did not seal the secret: ${reason(error)}.`);
      }
    },
    async open(sealed) {
      const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
      try {
        return storage.decryptStringAsync
          ? (await storage.decryptStringAsync(bytes)).result
          : storage.decryptString(bytes);
      } catch (error) {
        throw new AppError('SECRET_SEALED', `The keyring (${backend}) cannot open this secret: ${reason(error)}.`);
      }
    },
  };
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
