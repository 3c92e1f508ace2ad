// Runs the test tiers and prints the totals. `npm test -- unit contract` runs only these tiers.
// Words after a second `--` go to jest, as in `npm test -- lab -- --testNamePattern cancel`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';

/** They run beside the lab, which waits for clusters for half of its first minutes. */
const besideLab = ['unit', 'contract', 'workflows'];
/** The last one needs root, so it runs only when it is named. */
const tiers = [...besideLab, 'lab', 'real'];
/** How many suites run at once: more than the two cores where tests wait for processes and clusters. */
const workers = { unit: 3, contract: 5, workflows: 2, lab: 6, real: 1 };
/**
 * Seconds that a tier takes at most in a run of all tiers on two idle cores with installed tools. A tier over its budget is
 * reported, and does not fail.
 */
const budgets = { unit: 150, contract: 260, workflows: 80, lab: 580, real: 1800 };
/** Programs that install tools before a tier, once and with progress, so that no test has to wait for them. */
const preparations = {
  workflows: { what: 'installing the linters', program: 'build/test/workflows/tools/prepare.js' },
  lab: { what: 'installing the tools of the lab', program: 'build/test/lab/tools/prepare.js' },
  real: { what: 'installing the tools of real nodes', program: 'build/test/lab/tools/prepare-nodes.js' },
};
/** npm starts this script on the Node of the action, in node_modules/.bin. With OWN_NODE=true, the tests run on that of npm. */
const { OWN_NODE, npm_node_execpath: ownNode = process.execPath } = process.env;
const testNode = OWN_NODE === 'true' ? ownNode : process.execPath;
/** More room for young objects: without it, bundler and tests collect garbage for a good part of their time. */
const roomy = '--max-semi-space-size=64';
const environment = ['--env', './build/test/lab/failure-environment.js'];
/** What the test files of a tier share. */
const setups = { lab: ['--globalSetup', './build/test/lab/setup.js', ...environment], real: environment };
const words = process.argv.slice(2);
const cut = words.includes('--') ? words.indexOf('--') : words.length;
const chosen = words.slice(0, cut);
const forJest = words.slice(cut + 1);
const all = chosen.length === 0;
const running = new Set();
const unknown = chosen.filter(word => !tiers.includes(word));
if (unknown.length > 0) stop(`no such tier: ${unknown.join(', ')}; there are ${tiers.join(', ')}`);

// Beside the compiler and the bundler, which use one core.
const linting = all ? exitOf('npm', ['run', 'lint', '--silent']) : undefined;
await run('compile', ['node_modules/typescript/bin/tsc']);
removeMoved();
await run('bundle', ['scripts/bundle.mjs']);
const totals = { passed: 0, failed: 0 };
if (all) await Promise.all([runTiers(['lab']), check().then(() => runTiers(besideLab))]);
else await runTiers(tiers.filter(name => chosen.includes(name)));
console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exit(totals.failed === 0 && totals.passed > 0 ? 0 : 1);

/** Runs tiers one after another, and adds their results to the totals. */
async function runTiers(names) {
  for (const tier of names) {
    const prepare = preparations[tier];
    if (prepare) await run(prepare.what, [prepare.program]);
    const results = `build/results-${tier}.json`;
    rmSync(results, { force: true });
    const startedMs = Date.now();
    await jest([
      ...['--roots', `build/test/${tier}`, '--json', '--outputFile', results, '--passWithNoTests=false'],
      ...['--maxWorkers', String(workersOf(tier)), '--testSequencer', './scripts/longest-first.mjs'],
      ...(setups[tier] ?? []),
      ...forJest,
    ]);
    const counted = readResults(results);
    totals.passed += counted.passed;
    totals.failed += counted.failed;
    const seconds = Math.round((Date.now() - startedMs) / 1000);
    const time = `in ${seconds} s (${seconds > budgets[tier] ? 'over the ' : ''}budget ${budgets[tier]} s)`;
    console.log(`${tier}: ${counted.passed} passed, ${counted.failed} failed, ${time}\n`);
  }
}

/** Beside the lab, half of the workers are enough to keep the processor busy; more would slow down the lab. */
function workersOf(tier) {
  return all && besideLab.includes(tier) ? Math.ceil(workers[tier] / 2) : workers[tier];
}

/** Removes compiled tests whose source has moved or is gone, because jest would run them. */
function removeMoved() {
  for (const name of readdirSync('build/test', { recursive: true })) {
    if (name.endsWith('.test.js') && !existsSync(`test/${name.replace(/js$/, 'ts')}`)) rmSync(`build/test/${name}`);
  }
}

/** Checks what needs no tests. */
async function check() {
  if ((await linting) !== 0) stop('lint failed');
  await run('documentation', ['build/scripts/write-docs.js', '--check']);
  await run('search for unused code', ['node_modules/knip/bin/knip.js', '--no-progress']);
}

/** Reads the totals. A suite that could not be loaded counts as one failure, because jest lists no test for it. */
function readResults(path) {
  try {
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(path, 'utf8'));
    return { passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites };
  } catch {
    return { passed: 0, failed: 1 };
  }
}

async function run(what, args) {
  if ((await exitOf(process.execPath, [roomy, ...args])) !== 0) stop(`${what} failed`);
}

/** Runs jest. On a terminal, it draws its progress in place, which two at once must not do. */
function jest(args) {
  const flags = [roomy, '--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const program = [...flags, 'node_modules/jest/bin/jest.js', ...args];
  return all && process.stderr.isTTY ? exitOf(testNode, [...program, '--colors'], 'pipe') : exitOf(testNode, program);
}

/** Returns the exit code of a program when it has ended, with all its output. */
async function exitOf(program, args, output = 'inherit') {
  const child = spawn(program, args, { stdio: ['inherit', output, output] });
  child.stdout?.pipe(process.stdout, { end: false });
  child.stderr?.pipe(process.stderr, { end: false });
  running.add(child);
  const [status] = await once(child, 'close');
  running.delete(child);
  return status;
}

function stop(message) {
  for (const child of running) child.kill();
  console.error(message);
  console.log('0 passed, 1 failed');
  process.exit(1);
}
