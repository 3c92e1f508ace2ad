/**
 * Writes the generated parts of documents and workflows, from the root of the project: the defaults in action.yml, the
 * tables of inputs and outputs, the schema of the config file, docs/errors.md, docs/permissions.md, the generated blocks
 * of the public workflows, and their copy of action.yml. With --check it writes nothing, and the exit code is 1 if
 * something is stale.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { catalogueGroups } from '../src/errors/catalogue.js';
import { reasonOf } from '../src/runtime/thrown.js';
import { nameDefaults, parseActionFile } from './docs/action-file.js';
import { commonInputs } from './docs/common-inputs.js';
import { configSchema } from './docs/config-schema.js';
import { errorsPage } from './docs/errors-page.js';
import { fillMarkers } from './docs/markers.js';
import { permissionsPage } from './docs/permissions-page.js';
import { inputsTable, inputsTables, outputsTables } from './docs/tables.js';
import { fillBlocks } from './docs/workflow-blocks.js';

interface Page {
  readonly path: string;
  readonly write: (current: string) => string;
}

const yaml = nameDefaults(readFileSync('action.yml', 'utf8'));
const actionFile = parseActionFile(yaml);
const { printWidth } = JSON.parse(readFileSync('.oxfmtrc.json', 'utf8')) as { readonly printWidth: number };

const pages: readonly Page[] = [
  { path: 'action.yml', write: () => yaml },
  {
    path: 'README.md',
    write: current => fillMarkers(current, 'inputs', inputsTable(actionFile, commonInputs)),
  },
  {
    path: 'docs/inputs.md',
    write: current => fillMarkers(current, 'inputs', inputsTables(actionFile, yaml)),
  },
  {
    path: 'docs/outputs.md',
    write: current => fillMarkers(current, 'outputs', outputsTables(actionFile, yaml)),
  },
  { path: 'schema/config.schema.json', write: () => configSchema(actionFile) },
  { path: 'docs/errors.md', write: () => errorsPage(catalogueGroups) },
  { path: 'docs/permissions.md', write: permissionsPage },
  // GitHub refuses `uses: $/` without a path, so the workflows need the action in a folder (actions/runner, PipelineConstants.cs).
  { path: '.github/actions/migratorydata/action.yml', write: () => actionBelow(yaml, '../../../') },
  ...readdirSync('.github/workflows').map(name => ({
    path: `.github/workflows/${name}`,
    write: (current: string) => fillBlocks(current, printWidth),
  })),
];

/** Returns action.yml for a folder of its own: the same names and defaults, without descriptions. */
function actionBelow(text: string, root: string): string {
  const { name, description, inputs, outputs, runs } = parse(text) as ActionText;
  const programs = Object.entries(runs).map(([key, value]) => [key, value.replace(/^(?=dist\/)/, root)]);
  const file = {
    name,
    description,
    inputs: withoutDescriptions(inputs),
    outputs: withoutDescriptions(outputs),
    runs: Object.fromEntries(programs) as unknown,
  };
  const heading = '# Written from action.yml by npm run docs, for the workflows of this repository.\n';
  return heading + stringify(file, { lineWidth: 0, singleQuote: true });
}

interface ActionText {
  readonly name: string;
  readonly description: string;
  readonly inputs: Declarations;
  readonly outputs: Declarations;
  readonly runs: Readonly<Record<string, string>>;
}

type Declarations = Readonly<Record<string, { readonly default?: string }>>;

function withoutDescriptions(declarations: Declarations): unknown {
  const entries = Object.entries(declarations);
  return Object.fromEntries(
    entries.map(([name, one]) => [name, one.default === undefined ? {} : { default: one.default }]),
  );
}

/** Writes a page, or checks it. Returns what is wrong with it, or undefined. */
function update({ path, write }: Page, check: boolean): string | undefined {
  try {
    const current = readIfThere(path);
    const wanted = write(current);
    if (current === wanted) return undefined;
    if (check) return `${path} is stale: run npm run docs`;
    writeFileSync(path, wanted);
    console.log(`wrote ${path}`);
    return undefined;
  } catch (error) {
    return `${path}: ${reasonOf(error)}`;
  }
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}

const check = process.argv.includes('--check');
const failures = pages.map(page => update(page, check)).filter(failure => failure !== undefined);
for (const failure of failures) console.error(failure);
process.exitCode = failures.length === 0 ? 0 : 1;
