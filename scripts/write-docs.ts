/**
 * Writes the generated parts of documents and workflows, from the root of the project: the tables of inputs and outputs,
 * docs/errors.md, docs/permissions.md, the generated blocks of the public workflows, and their copy of action.yml. With
 * --check it writes nothing, and the exit code is 1 if something is stale.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { catalogueGroups } from '../src/errors/catalogue.js';
import { parseActionFile } from '../src/inputs/action-file.js';
import { commonInputs } from './docs/common-inputs.js';
import { errorsPage } from './docs/errors-page.js';
import { fillMarkers } from './docs/markers.js';
import { permissionsPage } from './docs/permissions-page.js';
import { inputsTable, inputsTables, outputsTables } from './docs/tables.js';
import { fillBlocks } from './docs/workflow-blocks.js';

interface Page {
  readonly path: string;
  readonly write: (current: string) => string;
}

const yaml = readFileSync('action.yml', 'utf8');
const actionFile = parseActionFile(yaml);

const pages: readonly Page[] = [
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
  { path: 'docs/errors.md', write: () => errorsPage(catalogueGroups) },
  { path: 'docs/permissions.md', write: permissionsPage },
  // GitHub refuses `uses: $/` without a path, so the workflows need the action in a folder (actions/runner, PipelineConstants.cs).
  { path: '.github/actions/migratorydata/action.yml', write: () => actionBelow(yaml, '../../../') },
  ...readdirSync('.github/workflows').map(name => ({
    path: `.github/workflows/${name}`,
    write: (current: string) => fillBlocks(current, { actionFile, yaml }),
  })),
];

/** Returns action.yml for a folder of its own: only the paths of its programs differ. */
function actionBelow(text: string, root: string): string {
  const moved = text.replace(/^( +(?:main|post): )(?=dist\/)/gm, `$1${root}`);
  return `# Written from action.yml by npm run docs, for the workflows of this repository.\n${moved}`;
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
    return `${path}: ${error instanceof Error ? error.message : String(error)}`;
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
