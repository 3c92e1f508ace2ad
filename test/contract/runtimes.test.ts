import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { declaredNode, developerNode } from '../support/action-runner.js';
import { startJob } from './support/job.js';
import { shortChaos } from './support/short-chaos.js';

describe('the bundle', () => {
  it('is tested on the Node that the action declares', () => {
    expect(execFileSync(declaredNode, ['--version'], { encoding: 'utf8' })).toMatch(/^v24\./);
  });

  it('runs on the Node of the developer as well', async () => {
    await using job = await startJob();
    const inputs = { ...job.onKubeconfig, operation: 'e2e', ...shortChaos };
    const main = await job.run(inputs, { node: developerNode });
    expect([main.code, main.stderr]).toEqual([0, '']);
    const post = await job.post(inputs, main, { node: developerNode });
    expect([post.code, post.stderr]).toEqual([0, '']);
  });
});
