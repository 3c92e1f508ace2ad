const { lstatSync, mkdirSync, readFileSync, renameSync, writeFileSync } = process.getBuiltinModule('node:fs');
const { Script } = process.getBuiltinModule('node:vm');
const { STATE_phase, STATE_undo, RUNNER_TEMP, NODE_COMPILE_CACHE } = process.env;
if (STATE_phase && (STATE_undo || '[]') === '[]')
    process.exit();
const cancel = new AbortController();
if (!STATE_phase) {
    for (const name of ['SIGINT', 'SIGTERM']) {
        process.on(name, () => {
            cancel.abort(name);
        });
    }
}
const codeFolder = ignoreErrors(openCodeFolder);
const { runAction } = load('./action.js');
void runAction(cancel.signal);
function openCodeFolder() {
    const folder = NODE_COMPILE_CACHE || (RUNNER_TEMP && `${RUNNER_TEMP}/migratorydata-aks-code`);
    if (!folder)
        return undefined;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { mode, uid } = lstatSync(folder);
    return (mode & 0o77) === 0 && uid === process.getuid?.() ? folder : undefined;
}
function load(name) {
    if (!name.startsWith('./'))
        return process.getBuiltinModule(name);
    const filename = `${__dirname}/${name.slice(2)}`;
    const source = readFileSync(filename, 'latin1');
    const code = codeFolder && `${codeFolder}/${source.slice(2, source.indexOf('\n'))}`;
    const cachedData = code ? ignoreErrors(() => readTwin(code)) : undefined;
    const script = new Script(`(function (exports, require, module, __dirname) {${source}\n})`, { filename, cachedData });
    if (code && script.cachedDataRejected !== false) {
        process.on('exit', () => {
            ignoreErrors(() => {
                const written = `${code}.${process.pid}`;
                const data = script.createCachedData();
                writeFileSync(written, Buffer.concat([data, data]), { mode: 0o600 });
                renameSync(written, code);
            });
        });
    }
    const module = { exports: {} };
    script.runInThisContext()(module.exports, load, module, __dirname);
    return module.exports;
}
function readTwin(path) {
    const twin = readFileSync(path);
    const first = twin.subarray(0, twin.length / 2);
    return first.equals(twin.subarray(first.length)) ? first : undefined;
}
function ignoreErrors(work) {
    try {
        return work();
    }
    catch {
        return undefined;
    }
}
