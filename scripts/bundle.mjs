// Bundles what GitHub runs, from the compiled sources: the action, and the two small programs of its workflows.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import ncc from '@vercel/ncc';
import { parse } from 'acorn';

/** The size limit of the file that the runner starts. */
const startLimitBytes = 2_500;

// Code that only some steps load is a file of its own. The number in its name may change, so `dist` is emptied first.
rmSync('dist', { recursive: true, force: true });
// The runner starts a small file that loads the rest, with the code that V8 compiled in an earlier step: src/index.ts.
// It is a script: Node starts a module more slowly.
writeFile('dist/package.json', '{ "type": "commonjs" }\n');
const start = readFileSync('build/src/index.js', 'utf8').replace(/^ *(\/\/|\/?\*).*\n?/gm, '');
if (start.length > startLimitBytes) throw new Error(`dist/index.js would have ${start.length} bytes`);
writeFile('dist/index.js', start.replace('export {};\n', ''));
const { 'index.js': action, ...later } = await bundle('build/src/action.js', { esm: false });
for (const [name, text] of Object.entries({ 'action.js': compiledAtOnce(action), ...later })) {
  writeFile(`dist/${name}`, withHash(inAscii(text)));
}
for (const program of ['plan', 'fold']) {
  const files = await bundle(`build/src/workflows/${program}-step.js`, { esm: true });
  for (const [name, text] of Object.entries(files)) writeFile(`dist/${program}/${name}`, text);
}
writeFileSync('dist/licenses.txt', readLicenses());

/** Returns the files that a program is bundled into: `index.js`, and what it loads later. */
async function bundle(entry, options) {
  // The cache of ncc would return what an earlier build at the same path made as another kind of module.
  const { code, assets } = await ncc(resolve(entry), { ...options, minify: true, quiet: true, cache: false });
  const files = Object.entries(assets).map(([name, { source }]) => [name, String(source)]);
  return { 'index.js': code, ...Object.fromEntries(files) };
}

/**
 * Puts the function of each module in parentheses. V8 then compiles it when it first reads it; without them, it reads it
 * again when the module runs, which all modules of the start do.
 */
function compiledAtOnce(text) {
  const [{ expression }] = parse(text, { ecmaVersion: 'latest' }).body;
  const { declarations } = expression.callee.body.body.find(({ type }) => type === 'VariableDeclaration');
  const put = (result, { value: { start, end } }) =>
    `${result.slice(0, start)}(${result.slice(start, end)})${result.slice(end)}`;
  return declarations[0].init.properties.reduceRight(put, text);
}

/** Returns a text without other characters than those of ASCII, which Node reads and compiles faster. */
function inAscii(text) {
  return text.replace(/[^\0-\x7f]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Returns a text after a line with its hash, which names its compiled code. */
function withHash(text) {
  return `//${createHash('sha256').update(text).digest('hex')}\n${text}`;
}

function writeFile(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** Returns the licences of all packages that the action may contain; the list of ncc covers one file only. */
function readLicenses() {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
  const texts = Object.entries(packages)
    .filter(([path, { dev }]) => path !== '' && !dev)
    .map(([path, { license }]) => {
      const file = readdirSync(path).find(name => /^licen[cs]e/i.test(name));
      if (file === undefined) throw new Error(`${path} has no licence`);
      const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
      return `${name}\n${license}\n${readFileSync(join(path, file), 'utf8').replaceAll('\r\n', '\n').trim()}\n`;
    });
  return [...new Set(texts)].sort().join('\n');
}
