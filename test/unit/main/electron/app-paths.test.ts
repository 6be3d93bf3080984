import { describe, expect, it } from 'vitest';
import { electronFolder } from '../../../../src/main/electron/app-paths.ts';

describe("Electron's own folder", () => {
  it('lies below the application data, or beside a data folder that was named', () => {
    expect(
      electronFolder({ appData: '/home/u/.config', dataDir: '/home/u/.local/share/hookbench', dataDirGiven: false }),
    ).toBe('/home/u/.config/Hookbench/electron');
    expect(electronFolder({ appData: '/home/u/.config', dataDir: '/tmp/a/', dataDirGiven: true })).toBe(
      '/tmp/a-electron',
    );
  });
});
