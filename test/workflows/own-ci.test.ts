import { describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { parse } from 'yaml';
import { catalogue } from '../../src/errors/catalogue.js';
import { expand } from '../support/expressions.js';
import { ciWorkflow, jobOf, ownCi, runScript, stepsOf, type CiJob, type CiWorkflow } from './support/own-ci.js';
import { filesBelow, readText } from './support/project-files.js';
import { pinsOf } from './support/workflow.js';

/** Jobs of a workflow for which something does not hold. */
function failing(workflow: CiWorkflow, holds: (job: CiJob) => boolean): readonly string[] {
  return Object.entries(workflow.jobs).flatMap(([name, job]) => (holds(job) ? [] : [name]));
}

/** All matches of the first group of an expression. */
function found(text: string, expression: RegExp): readonly string[] {
  return [...text.matchAll(expression)].map(([, match = '']) => match);
}

it('there is a workflow for changes, one for the public check, and one for releases', () => {
  const names = ['ci-check.yml', 'ci-release.yml', 'ci.yml'];
  expect(ownCi.map(({ path }) => path)).toEqual(names.map(name => `.github/workflows/${name}`));
});

describe.each(ownCi)('$path', ({ text, workflow }) => {
  it('has a name, and so has each job and each step', () => {
    expect(workflow.name).toMatch(/^CI/);
    expect(failing(workflow, ({ name }) => Boolean(name))).toEqual([]);
    expect(stepsOf(workflow).filter(({ name }) => !name)).toEqual([]);
  });

  it('takes no permission for all jobs, each job just what it says, and says why', () => {
    expect(workflow.permissions).toEqual({});
    expect(failing(workflow, ({ permissions }) => permissions !== undefined)).toEqual([]);
    const granted = Object.values(workflow.jobs).flatMap(({ permissions = {} }) => Object.entries(permissions));
    const explained = found(text, /^ +([\w-]+: (?:read|write)) # \w/gm);
    expect(explained).toEqual(granted.map(([name, level]) => `${name}: ${level}`));
  });

  it('lets no job that may write run code of the repository', () => {
    const writes = ({ permissions = {} }: CiJob): boolean => Object.values(permissions).includes('write');
    const runsCode = ({ steps = [], uses }: CiJob): boolean =>
      uses !== undefined || steps.some(step => /^(actions\/checkout@|\.|\$\/)/.test(step.uses ?? ''));
    expect(failing(workflow, job => !writes(job) || !runsCode(job))).toEqual([]);
  });

  it('bounds the time of each job; a called workflow bounds its own', () => {
    const isBound = (job: CiJob): boolean => job.uses !== undefined || (job['timeout-minutes'] ?? 0) > 0;
    expect(failing(workflow, isBound)).toEqual([]);
  });

  it('says what happens to a run that another one meets', () => {
    expect(workflow.concurrency?.group).toBeTruthy();
    expect(workflow.concurrency?.['cancel-in-progress']).toBeDefined();
  });

  it('uses what is in this repository, and actions of others by commit with the version as a comment', () => {
    const loose = pinsOf(text).filter(({ uses, comment }) => {
      if (uses.startsWith('$/')) return !existsSync(uses.slice('$/'.length));
      return !/^[\w-]+\/[\w/-]+@[0-9a-f]{40}$/.test(uses) || !/^v\d+(\.\d+)*$/.test(comment);
    });
    expect(loose).toEqual([]);
  });

  it('leaves no token in a checkout', () => {
    const checkouts = stepsOf(workflow).filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    expect(checkouts.filter(step => step.with?.['persist-credentials'] !== false)).toEqual([]);
  });

  it('puts no expression into a script', () => {
    expect(stepsOf(workflow).filter(({ run }) => run?.includes('${{'))).toEqual([]);
  });

  it('names only files, scripts and programs that exist', () => {
    const files = [...found(text, /-version-file: (\S+)/g), ...found(text, /'((?:test|src)\/[^']+)'/g)];
    const scripts = stepsOf(workflow).flatMap(({ run = '' }) => found(run, /(?:^|\s)((?:build\/)?scripts\/[\w./-]+)/g));
    const sources = scripts.map(path => path.replace(/^build\/(.*)\.js$/, '$1.ts'));
    expect([...files, ...sources].filter(path => !existsSync(path))).toEqual([]);
  });
});

it('an action is pinned to the same commit wherever it is used', () => {
  const everywhere = [...filesBelow('.github', '.yml'), ...filesBelow('examples', '.yml')];
  const pins = new Map<string, Set<string>>();
  for (const { uses, comment } of everywhere.flatMap(path => pinsOf(readText(path)))) {
    const [action = '', version] = uses.split('@');
    if (version !== undefined) pins.set(action, (pins.get(action) ?? new Set()).add(`${version} # ${comment}`));
  }
  expect(pins.size).toBeGreaterThan(5);
  expect([...pins].filter(([, versions]) => versions.size > 1)).toEqual([]);
});

describe.each(['ci.yml', 'ci-check.yml'])('%s', file => {
  const { group = '', 'cancel-in-progress': cancel } = ciWorkflow(file).concurrency ?? {};
  const both = (github: Readonly<Record<string, string>>): readonly string[] =>
    [group, String(cancel)].map(text => expand(text, { contexts: { github: { workflow: 'CI', ...github } } }));

  it('tests every commit on main, and of a pull request only the last', () => {
    const [main, proposed] = ['refs/heads/main', 'refs/pull/7/merge'];
    expect(both({ event_name: 'push', ref: main, sha: 'a' })).toEqual(['CI-a', 'false']);
    expect(both({ event_name: 'pull_request', ref: proposed, sha: 'b' })).toEqual([`CI-${proposed}`, 'true']);
  });
});

describe('ci.yml', () => {
  const workflow = ciWorkflow('ci.yml');

  it('runs for every change, and when asked', () => {
    expect(Object.keys(workflow.on).sort()).toEqual(['pull_request', 'push', 'workflow_dispatch']);
  });

  it('tests on the Node of the action and on the oldest that developers may have', () => {
    expect(jobOf(workflow, 'test').strategy?.matrix['node']).toEqual([readText('.node-version').trim(), '20']);
    const { engines } = JSON.parse(readText('package.json')) as { readonly engines: { readonly node: string } };
    expect(engines.node).toMatch(/^>=20\./);
    const tests = jobOf(workflow, 'test').steps?.find(({ run }) => run?.startsWith('npm test'));
    expect(tests?.env).toEqual({ OWN_NODE: 'true' });
  });

  it('runs every tier of the tests, lint and the comparison of dist', () => {
    const scripts = stepsOf(workflow).flatMap(({ run = [] }) => run);
    const tiers = scripts.flatMap(script => found(script, /^npm test -- (.*)$/gm)).flatMap(words => words.split(' '));
    expect(tiers).toEqual(['unit', 'contract', 'workflows', 'lab']);
    expect(scripts.join('\n')).toContain('npm run lint');
    expect(scripts.join('\n')).toContain('scripts/check-dist.sh');
  });

  it('has one job that waits for all others, whatever their end', () => {
    const { name, if: condition, needs } = jobOf(workflow, 'ok');
    expect({ name, condition }).toEqual({ name: 'CI OK', condition: 'always()' });
    expect(needs).toEqual(Object.keys(workflow.jobs).filter(job => job !== 'ok'));
  });

  it.each([
    ['success success success', 0],
    ['success failure success', 1],
    ['success success cancelled', 1],
    ['skipped success success', 1],
  ])('is OK only when every job has succeeded: %s', (RESULTS, code) => {
    const script = jobOf(workflow, 'ok').steps?.[0]?.run ?? '';
    expect(runScript(script, { RESULTS })).toMatchObject({ code });
  });
});

describe('ci-check.yml', () => {
  const workflow = ciWorkflow('ci-check.yml');
  const step = jobOf(workflow, 'ok').steps?.[0];
  const asExpected = {
    PASSES_RESULT: 'success',
    PASSES_OUTCOME: 'success',
    PASSES_VERDICT: 'pass',
    PASSES_ERROR_CODE: '',
    PASSES_READY_MEMBERS: '4',
    FAILS_OUTCOME: 'failure',
    FAILS_ERROR_CODE: 'image-pull',
  };

  it('judges both calls, whatever their end', () => {
    const { if: condition, needs } = jobOf(workflow, 'ok');
    expect({ condition, needs }).toEqual({ condition: 'always()', needs: ['passes', 'fails'] });
    expect(Object.keys(step?.env ?? {})).toEqual(Object.keys(asExpected));
  });

  it('expects a code that the catalogue has, and the members that were scaled to', () => {
    expect(Object.keys(catalogue)).toContain(asExpected.FAILS_ERROR_CODE);
    const { with: inputs = {} } = jobOf(workflow, 'passes');
    expect(String(inputs['scale-to']).split(',').at(-1)).toBe(asExpected.PASSES_READY_MEMBERS);
  });

  it('is content with what was expected', () => {
    expect(runScript(step?.run ?? '', asExpected)).toMatchObject({ code: 0 });
  });

  it.each(Object.keys(asExpected))('is not content with another %s', name => {
    const { code, output } = runScript(step?.run ?? '', { ...asExpected, [name]: 'another' });
    expect(code).toBe(1);
    expect(output).toMatch(/^::error::.*found 'another'$/m);
  });
});

describe('dependabot.yml', () => {
  const { updates } = parse(readText('.github/dependabot.yml')) as {
    readonly updates: readonly {
      readonly 'package-ecosystem': string;
      readonly directory?: string;
      readonly directories?: readonly string[];
      readonly schedule: { readonly interval: string };
      readonly cooldown?: { readonly 'default-days': number };
      readonly groups?: Readonly<Record<string, { readonly patterns: readonly string[] }>>;
    }[];
  };
  const manifests: Readonly<Record<string, readonly string[]>> = {
    npm: ['package.json'],
    'github-actions': ['.github/workflows/ci.yml'],
    gomod: filesBelow('test', 'go.mod'),
    pip: filesBelow('test', 'requirements.txt'),
  };

  it('looks at all that pins a version, and at nothing that is not there', () => {
    const watched = updates.map(update => [
      update['package-ecosystem'],
      update.directories ?? [update.directory ?? 'none'],
    ]);
    const present = Object.entries(manifests).map(([ecosystem, paths]) => [
      ecosystem,
      ecosystem === 'github-actions' ? ['/'] : paths.map(path => `/${dirname(path)}`.replace(/\.$/, '')),
    ]);
    expect(watched).toEqual(present);
    expect(
      Object.values(manifests)
        .flat()
        .filter(path => !existsSync(path)),
    ).toEqual([]);
  });

  it('proposes once a week in one group what is a week old', () => {
    for (const { schedule, cooldown, groups } of updates) {
      expect({ schedule, cooldown }).toEqual({ schedule: { interval: 'weekly' }, cooldown: { 'default-days': 7 } });
      expect(Object.values(groups ?? {})).toEqual([{ patterns: ['*'] }]);
    }
  });
});
