import { afterAll, describe, expect, it } from '@jest/globals';
import { readdir } from 'node:fs/promises';
import { startGitHub, type GitHubStandIn } from '../../../contract/support/github.js';
import { faultImages, type Lab } from '../../lab.js';
import { labMachine } from '../../workflow/lab-machine.js';
import type { JobResult, RunResult } from '../../workflow/result.js';
import { startWorkflow, type WorkflowRun } from '../../workflow/start.js';
import { objectsOf } from '../support/objects.js';
import { useLab } from '../support/use-lab.js';
import { outcomesOf } from '../support/workflow-job.js';

const caller = 'test/fixtures/caller';
const pullRequest = 7;
const secrets = { COMMENTER: 'ghp_TokenOfTheTeam4711', MIGRATORYDATA_ENTITLEMENT_TOKEN: 'entitled-to-publish' };

/**
 * A pull request of a repository that calls check.yml, with its own file, its own patches and a comment for reviewers.
 */
describe('the check of a pull request', () => {
  let lab: Lab;

  const open = (github: GitHubStandIn, image: string): Promise<WorkflowRun> =>
    startWorkflow(labMachine(lab), {
      file: `${caller}/.github/workflows/pull-request.yml`,
      event: 'pull_request',
      repository: caller,
      vars: { MIGRATORYDATA_IMAGE: image },
      secrets,
      github: {
        api_url: github.environment['GITHUB_API_URL'] ?? '',
        event: { pull_request: { number: pullRequest } },
        ref: `refs/pull/${pullRequest}/merge`,
      },
    });
  const jobOf = ({ jobs }: Pick<RunResult, 'jobs'>, ...path: readonly string[]): JobResult => {
    const [id = '', ...inner] = path;
    const job = jobs[id];
    if (job === undefined) throw new Error(`no job ${id}`);
    return inner.length === 0 ? job : jobOf(job, ...inner);
  };
  const stepsOf = (run: RunResult): readonly string[] =>
    jobOf(run, 'check', 'check').steps.flatMap(({ name, phase, conclusion }) =>
      phase === 'post' ? [] : [`${name}: ${conclusion}`],
    );
  const keptBy = async ({ artifacts }: RunResult): Promise<readonly string[]> => {
    expect(Object.keys(artifacts).map(name => name.replace(/-[0-9a-f]{6}-/, '-'))).toEqual([
      'migratorydata-check-main-1',
    ]);
    return readdir(Object.values(artifacts)[0] ?? '', { recursive: true });
  };
  /** Without the question who the token is, which GraphQL answers. */
  const writes = ({ calls }: GitHubStandIn): readonly string[] =>
    calls.flatMap(({ method, url }) => (method === 'GET' || url.endsWith('/graphql') ? [] : [method]));

  afterAll(() => {
    expect(lab.azure.requests()).toEqual([]);
  });

  useLab(started => {
    lab = started;
  });

  it('deploys with the patches of the repository, scales, drains, verifies, and reports to the reviewers in one comment', async () => {
    await using github = await startGitHub();
    const running = await open(github, '');
    await running.logged('::group::Scale\n');
    const { template } = (await objectsOf(lab.cluster('chart-testing').api).statefulSet('migratory')).spec;
    expect(template.spec['tolerations']).toEqual([{ key: 'dedicated', operator: 'Exists' }]);
    const run = await running.ended;
    expect(run.conclusion).toBe('success');
    expect(outcomesOf({ ...run, jobs: jobOf(run, 'check').jobs }, 'check')).toEqual([
      ...['deploy success', 'scale success', 'chaos success', 'verify success'],
    ]);
    expect(jobOf(run, 'tell').steps[0]?.log).toContain(
      'success: outcome=success verdict=pass members=4 of 4 lost=0 code=\n',
    );
    expect(await keptBy(run)).toEqual(
      expect.arrayContaining([
        'deploy/report.json',
        'scale/report.xml',
        'chaos/timeline-1-drain.svg',
        'verify/report.json',
      ]),
    );
    expect(writes(github)).toEqual(['POST', 'PATCH', 'PATCH', 'PATCH']);
    expect(github.comments).toMatchObject([{ on: pullRequest, body: expect.stringContaining('verify succeeded in') }]);
    expect(github.calls.map(({ headers }) => headers.authorization)).toContain(`token ${secrets.COMMENTER}`);
    expect(run.log).not.toContain(secrets.COMMENTER);
    expect(lab.clusters()).toEqual([]);
  });

  it('fails for an image that cannot be pulled, reports it to the reviewers, and keeps the diagnostics', async () => {
    await using github = await startGitHub();
    const run = await (await open(github, faultImages.neverPulls)).ended;
    expect(run.conclusion).toBe('failure');
    expect(stepsOf(run).slice(3)).toEqual([
      ...['Deploy: failure', 'Scale: skipped', 'Run the experiments: skipped', 'Verify: skipped'],
      ...['Collect diagnostics: success', 'Keep the reports: success'],
    ]);
    const { log = '' } = jobOf(run, 'tell').steps[0] ?? {};
    expect(log).toMatch(/^failure: outcome=failure verdict= members= of  lost= code=image-pull\n\S/);
    expect(await keptBy(run)).toEqual(
      expect.arrayContaining(['deploy/report.json', 'collect/diagnostics/events.txt', 'collect/diagnostics/pod.yaml']),
    );
    expect(writes(github)).toEqual(['POST']);
    expect(github.comments).toMatchObject([
      { on: pullRequest, body: expect.stringContaining('### Error: image-pull') },
    ]);
    expect(lab.clusters()).toEqual([]);
  });
});
