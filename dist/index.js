const { STATE_phase, RUNNER_TEMP } = process.env;
const cancel = new AbortController();
if (!STATE_phase) {
    for (const name of ['SIGINT', 'SIGTERM']) {
        process.on(name, () => {
            cancel.abort(name);
        });
    }
}
if (RUNNER_TEMP) {
    try {
        const folder = `${RUNNER_TEMP}/migratorydata-aks-code`;
        const { lstatSync, mkdirSync } = process.getBuiltinModule('node:fs');
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        const { mode, uid } = lstatSync(folder);
        if ((mode & 0o77) === 0 && uid === process.getuid?.()) {
            process.getBuiltinModule('node:module').enableCompileCache(folder);
        }
    }
    catch {
    }
}
const { runAction } = await import('./action.js');
await runAction(cancel.signal);
export {};
