import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { planLaunch } from '../../../scripts/start.mjs';
import { countBuilds, createStubProject, runScript, writeFiles } from './stub-project.ts';

let root: string;
beforeEach(() => {
  root = createStubProject();
});
afterEach(() => fs.rmSync(root, { recursive: true }));

const start = (args: readonly string[] = [], env: Record<string, string> = {}) =>
  runScript(root, process.execPath, ['scripts/start.mjs', ...args], env);

describe('the plan of a start', () => {
  const plan = { root: '/p', extra: ['--x'], display: true, wayland: false, sandboxObstacle: undefined };

  it('is the window, with its own arguments after the folder', () => {
    expect(planLaunch(plan)).toMatchObject({ args: ['.', '--x'], notice: undefined });
  });
  it('gives up the sandbox only for a reason, and names it', () => {
    const launch = planLaunch({ ...plan, sandboxObstacle: 'because' });
    expect(launch.args).toEqual(['.', '--no-sandbox', '--x']);
    expect(launch.notice).toBe('Starting with --no-sandbox: because.');
  });
  it('speaks Wayland where there is no X', () => {
    expect(planLaunch({ ...plan, wayland: true }).args).toContain('--ozone-platform=wayland');
  });
});

describe.skipIf(process.platform !== 'linux')('npm start', () => {
  it('without a display says so in one line and runs the receiver in the terminal', async () => {
    fs.rmSync(path.join(root, 'node_modules/electron'), { recursive: true });
    const { code, output } = await start(['--port', '4000']).ended;
    expect(output.trim().split('\n')).toEqual([
      'Building (electron-vite build).',
      'No display found: the live receiver runs here in the terminal instead of the window.',
      'app ["listen","--port","4000"]',
    ]);
    expect(code).toBe(0);
  });

  it('builds only once for two starts', async () => {
    await start().ended;
    expect((await start().ended).output).not.toContain('Building');
    expect(countBuilds(root)).toBe(1);
  });

  it('with a display starts Electron in the folder, with the arguments', async () => {
    const { code, output } = await start(['--x'], { DISPLAY: ':99' }).ended;
    expect(output).toMatch(/^app \["\."(,"--no-sandbox")?,"--x"\]$/m);
    expect(output.includes('Starting with --no-sandbox: ')).toBe(output.includes('"--no-sandbox"'));
    expect(code).toBe(0);
  });

  it('ends with the exit code of the app', async () => {
    expect((await start(['--fail']).ended).code).toBe(7);
  });

  it('does not start an app that could not be built', async () => {
    writeFiles(root, { 'src/app.js': 'BROKEN' });
    const { code, output } = await start().ended;
    expect(code).toBe(1);
    expect(output).toContain('src/app.js: syntax');
    expect(output).not.toContain('No display');
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('passes %s on and ends with what the app answers', async (signal) => {
    const running = start(['--wait']);
    await running.waitFor('app ready');
    running.child.kill(signal);
    const { code, output } = await running.ended;
    expect(output).toContain(`app got ${signal}`);
    expect(code).toBe(5);
  });

  it('is 128 and the number of the signal when the app dies of one', async () => {
    writeFiles(root, { 'src/app.js': `process.kill(process.pid, 'SIGKILL')` });
    expect((await start().ended).code).toBe(137);
  });

  it('lets a signal sent to npm reach the app', async () => {
    const running = runScript(root, 'npm', ['start', '--', '--wait']);
    await running.waitFor('app ready');
    running.child.kill('SIGTERM');
    expect((await running.ended).output).toContain('app got SIGTERM');
  });
});
