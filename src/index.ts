import type { runAction as RunAction } from './action.js';

const { lstatSync, mkdirSync, readFileSync, renameSync, writeFileSync } = process.getBuiltinModule('node:fs');
const { Script } = process.getBuiltinModule('node:vm');
const { STATE_phase, STATE_undo, RUNNER_TEMP, NODE_COMPILE_CACHE } = process.env;

// After most steps, the post phase has nothing to undo, and loads nothing.
if (STATE_phase && (STATE_undo || '[]') === '[]') process.exit();

// The signals are caught from the start, because a cancel may come while the rest is loaded. Post may end at any time.
const cancel = new AbortController();
if (!STATE_phase) {
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      cancel.abort(name);
    });
  }
}

// Without the folder or a file of it, the start takes longer.
const codeFolder = ignoreErrors(openCodeFolder);
const { runAction } = load('./action.js') as { readonly runAction: typeof RunAction };
void runAction(cancel.signal);

/** Returns the folder of compiled code, for the later steps of the job, if no other user can read or change it. */
function openCodeFolder(): string | undefined {
  const folder = NODE_COMPILE_CACHE || (RUNNER_TEMP && `${RUNNER_TEMP}/migratorydata-aks-code`);
  if (!folder) return undefined;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { mode, uid } = lstatSync(folder);
  return (mode & 0o77) === 0 && uid === process.getuid?.() ? folder : undefined;
}

/**
 * Returns what a file of the bundle exports, or a module of Node. The compiled code is kept when the step ends, with all
 * functions that were called. Node's own cache keeps a file before it runs, when V8 has compiled few of its functions.
 */
function load(name: string): unknown {
  if (!name.startsWith('./')) return process.getBuiltinModule(name);
  const filename = `${__dirname}/${name.slice(2)}`;
  const source = readFileSync(filename, 'latin1');
  // The first line of a file is a comment with its hash: V8 compares only the lengths of texts.
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
  (script.runInThisContext() as (...parts: unknown[]) => void)(module.exports, load, module, __dirname);
  return module.exports;
}

/** Returns what a file has twice; undefined if the halves differ: V8 would run damaged code, and crash. */
function readTwin(path: string): Buffer | undefined {
  const twin = readFileSync(path);
  const first = twin.subarray(0, twin.length / 2);
  return first.equals(twin.subarray(first.length)) ? first : undefined;
}

function ignoreErrors<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
