// Packed as resources/default_app.asar into the fallback runtime, which comes
// without one. It does what Electron's own does for `electron [flags] <app>`:
// preload the modules given with -r, take over the app's name, version and
// path, and import its main file. No other way of starting is needed.

import { app } from 'electron/main';
import fs from 'node:fs';
import { Module } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const required = [];
let folder;
const args = process.argv.slice(1);
for (let index = 0; index < args.length && folder === undefined; index += 1) {
  const arg = args[index];
  if (arg === '-r' || arg === '--require') required.push(args[++index]);
  else if (arg === '-v' || arg === '--version') leave(`v${process.versions.electron}`, 0);
  else if (arg === '-a' || arg === '--abi') leave(process.versions.modules, 0);
  else if (!arg.startsWith('-')) folder = path.resolve(arg);
}
if (folder === undefined) leave('Usage: electron [flags] <folder of the app>', 1);

Module._preloadModules(required);
Object.defineProperty(process, 'defaultApp', { value: true, enumerable: true });

const manifestFile = path.join(folder, 'package.json');
if (fs.existsSync(manifestFile)) {
  const manifest = JSON.parse(fs.readFileSync(manifestFile, 'utf8'));
  const name = manifest.productName ?? manifest.name;
  if (manifest.version) app.setVersion(manifest.version);
  if (name) app.setName(name);
  app.setDesktopName(manifest.desktopName ?? `${app.getName()}.desktop`);
  app.setAppPath(folder);
}

let main;
try {
  main = Module._resolveFilename(folder, null, true);
} catch (error) {
  leave(`Unable to find Electron app at ${folder}\n\n${error.message}`, 1);
}
if (!fs.existsSync(manifestFile)) app.setAppPath(path.dirname(main));

try {
  await import(pathToFileURL(main).href);
} catch (error) {
  console.error('App threw an error during load');
  console.error(error);
  throw error;
}

function leave(message, code) {
  (code === 0 ? console.log : console.error)(message);
  process.exit(code);
}
