import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startDeployedJob } from './support/deployed-job.js';
import type { Job } from './support/job.js';

const isAsked = (name: string) => (path: string) => path.includes(`/pods/http:${name}:8800/proxy/`);

let job: Job;
beforeAll(async () => {
  job = await startDeployedJob();
});
afterAll(async () => {
  await job[Symbol.asyncDispose]();
});

describe('each member is asked', () => {
  it.each(['deploy', 'verify'])('by %s, which names the one that does not answer', async operation => {
    job.kubernetes.behaviour.hangs = isAsked('migratorydata-1');
    const main = await job.run({ ...job.onKubeconfig, operation });
    expect([main.code, main.outputs['error-code'], main.outputs['error-transient']]).toEqual([
      ...[1, 'member-not-answering', 'true'],
    ]);
    const [error] = main.report.errors;
    expect(error?.message).toMatch(/no answer from migratorydata-1 on node aks-\S+ \(no answer\), but one from/);
    expect(error?.hint).toContain('delete its pod');
    expect(main.outputs['ready-members']).toBe('3');
  });

  it.each(['deploy', 'verify'])('by %s, which says what it cannot see without the permission', async operation => {
    const message = 'pods "http:migratorydata-0:8800" is forbidden: User "shop" cannot get resource "pods/proxy"';
    job.kubernetes.refuse({ path: /\/pods\/http:/, status: 403, reason: 'Forbidden', message });
    const main = await job.run({ ...job.onKubeconfig, operation });
    expect([main.code, main.report.warnings.at(-1)]).toEqual([
      ...[0, `This step cannot see whether each member answers: ${message}. docs/permissions.md has the permission.`],
    ]);
  });
});
