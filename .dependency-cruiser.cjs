// The import table of the house: which folder may know which. Anything not allowed here is an error.
const domains =
  '(receiver|pipeline|signatures|sender|store|formats|handler-check|reconcile|volume|tunnels|compare|bodies|type-generator|ipc|control|electron)';

/** A rule: files in `from` must not import anything that matches `to` unless it also matches `except`. */
const forbid = (name, from, to, except = []) => ({
  name,
  severity: 'error',
  from: { path: from },
  to: { path: to, ...(except.length ? { pathNot: except } : {}) },
});

const shared = '^src/shared/';
const node = '^(node:)?[a-z_]+(/promises)?$';

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'not-resolvable',
      severity: 'error',
      from: { path: '^src' },
      to: { couldNotResolve: true, pathNot: '^electron$' },
    },
    forbid('shared-is-pure', '^src/shared/', '.', [shared, 'node_modules/valibot']),
    forbid('receiver-knows-shared', '^src/main/receiver/', '^src/', [shared, '^src/main/receiver/']),
    forbid('formats-know-shared', '^src/main/formats/', '^src/', [shared, '^src/main/formats/']),
    forbid('bodies-know-shared', '^src/main/bodies/', '^src/', [shared, '^src/main/bodies/']),
    forbid('types-know-shared', '^src/main/type-generator/', '^src/', [shared, '^src/main/type-generator/']),
    forbid('signatures-know-shared', '^src/main/signatures/', '^src/', [shared, '^src/main/signatures/']),
    {
      name: 'signatures-use-crypto-only',
      severity: 'error',
      from: { path: '^src/main/signatures/' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },
    forbid('store-knows-shared', '^src/main/store/', '^src/', [shared, '^src/main/store/', '^src/main/ports.ts$']),
    forbid('sender-imports', '^src/main/sender/', '^src/', [
      shared,
      '^src/main/sender/',
      '^src/main/signatures/',
      '^src/main/store/',
      '^src/main/ports.ts$',
    ]),
    forbid('pipeline-imports', '^src/main/pipeline/', '^src/', [
      shared,
      '^src/main/pipeline/',
      '^src/main/signatures/',
      '^src/main/store/',
      '^src/main/ports.ts$',
    ]),
    {
      name: 'store-types-only',
      severity: 'error',
      from: { path: '^src/main/(sender|pipeline)/' },
      to: { path: '^src/main/store/', dependencyTypesNot: ['type-only'] },
    },
    forbid('compare-knows-shared', '^src/main/compare/', '.', [shared, '^src/main/compare/']),
    forbid('reconcile-knows-shared', '^src/main/reconcile/', '^src/', [shared, '^src/main/reconcile/']),
    forbid('tunnels-know-shared', '^src/main/tunnels/', '^src/', [shared, '^src/main/tunnels/', '^src/main/ports.ts$']),
    forbid('volume-knows-shared', '^src/main/volume/', '^src/', [shared, '^src/main/volume/', '^src/main/ports.ts$']),
    // Its requests are signed and sent by the very code that it stands beside.
    forbid('handler-check-imports', '^src/main/handler-check/', '^src/', [
      shared,
      '^src/main/handler-check/',
      '^src/main/signatures/',
      '^src/main/sender/',
      '^src/main/ports.ts$',
    ]),
    forbid('ipc-imports', '^src/main/ipc/', '^src/', [
      shared,
      '^src/main/ipc/',
      '^src/main/ports.ts$',
      '^src/main/host.ts$',
    ]),
    // Speaks the contract through the same router as the window.
    forbid('control-imports', '^src/main/control/', '^src/', [
      shared,
      '^src/main/control/',
      '^src/main/ipc/',
      '^src/main/ports.ts$',
    ]),
    forbid(
      'host-knows-no-shell',
      '^src/main/(host|ports|host-.*|one-off-secrets|crash-file)\\.ts$',
      '^(src/main/(ipc|electron|cli)|src/(renderer|preload)|electron$|node_modules/electron/)',
    ),
    forbid(
      'cli-knows-no-electron',
      '^src/main/cli',
      '^(src/main/(ipc|electron|index)|src/(renderer|preload)|electron$|node_modules/electron/)',
    ),
    forbid('nobody-imports-a-shell', `^src/main/${domains}/`, '^src/main/(index|cli)\\.ts$'),
    {
      name: 'electron-only-in-shell',
      severity: 'error',
      from: { path: '^src', pathNot: '^src/(main/electron/|main/index\\.ts$|preload/)' },
      to: { path: '^(electron$|node_modules/electron/)' },
    },
    {
      name: 'preload-takes-types',
      severity: 'error',
      from: { path: '^src/preload/' },
      to: { path: '^src/', pathNot: '^src/preload/', dependencyTypesNot: ['type-only'] },
    },
    forbid('renderer-knows-no-main', '^src/renderer/', '^src/(main|preload)/'),
    {
      name: 'renderer-knows-no-node',
      severity: 'error',
      from: { path: '^src/renderer/' },
      to: { dependencyTypes: ['core'], path: node },
    },
    forbid('ui-and-lib-are-leaves', '^src/renderer/(ui|lib)/', '^src/renderer/(features|state)/'),
    forbid('state-knows-no-view', '^src/renderer/state/', '^src/renderer/(features|ui)/'),
    {
      name: 'features-do-not-know-each-other',
      severity: 'error',
      from: { path: '^src/renderer/features/([^/]+)/' },
      to: { path: '^src/renderer/features/', pathNot: '^src/renderer/features/$1/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    parser: 'swc',
    exclude: { path: '^(out|dist|\\.cache)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json'],
    },
  },
};
