const { STATE_phase, RUNNER_TEMP } = process.env;
// The signals are caught from the start, because a cancel may come while the rest is loaded. Post may end at any time.
const cancel = new AbortController();
if (!STATE_phase) {
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      cancel.abort(name);
    });
  }
}
// V8 keeps compiled code for the later steps of the job, in a folder that no other user can read or change.
if (RUNNER_TEMP) {
  try {
    const folder = `${RUNNER_TEMP}/migratorydata-aks-code`;
    const { lstatSync, mkdirSync } = process.getBuiltinModule('node:fs');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { mode, uid } = lstatSync(folder);
    if ((mode & 0o77) === 0 && uid === process.getuid?.()) {
      process.getBuiltinModule('node:module').enableCompileCache(folder);
    }
  } catch {
    // Without the cache, as on Node 20, the start takes longer.
  }
}
const { runAction } = await import('./action.js');
await runAction(cancel.signal);
