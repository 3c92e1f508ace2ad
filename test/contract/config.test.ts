import { describe, expect, it } from '@jest/globals';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { type Job, startJob } from './support/job.js';

const path = '.github/migratorydata.yml';
/** That of the run. */
const sha = '0123456789abcdef0123456789abcdef01234567';
const text = 'configVersion: 1\ndeployment:\n  memory: 192MB\nexposure: { idle-timeout: 10m }\n';

/** Makes the workspace a checkout of a commit with a config file. */
async function checkOut({ temp }: Job, config: string, commit = sha): Promise<void> {
  for (const [file, content] of [
    [path, config],
    ['.git/HEAD', `${commit}\n`],
  ] as const) {
    await mkdir(dirname(join(temp, file)), { recursive: true });
    await writeFile(join(temp, file), content);
  }
}

const noteOf = ({ kubernetes }: Job): unknown =>
  kubernetes.get('StatefulSet', 'migratory', 'migratorydata')?.metadata.annotations?.['migratorydata-aks/config'];

describe('a config file in the workspace', () => {
  it('is the first thing that a step names, is deployed, and must not be missing later', async () => {
    await using job = await startJob();
    await checkOut(job, text);
    const inputs = { ...job.onKubeconfig, operation: 'deploy' };
    const main = await job.run(inputs);
    expect(main.code).toBe(0);
    const digest = main.outputs['config-digest'] ?? '';
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(main.outputs['config-path']).toBe(path);
    expect(main.log.split('\n').find(line => !line.startsWith('::'))).toBe(
      `The config file is ${path} at commit ${sha}, with SHA-256 ${digest}.`,
    );
    expect(noteOf(job)).toBe(`${path} sha256:${digest}`);
    expect(JSON.stringify(job.kubernetes.get('StatefulSet', 'migratory', 'migratorydata'))).toContain('192MB');

    await checkOut(job, text, 'f'.repeat(40));
    const stale = await job.run(inputs);
    expect([
      stale.code,
      stale.outputs['error-code'],
      stale.changes.filter(line => line.includes('statefulset')),
    ]).toEqual([1, 'config-missing', []]);
    expect(stale.annotations[0]).toMatchObject({ level: 'warning', message: expect.stringContaining('is not used') });

    const without = await job.run({ ...inputs, config: 'none', 'member-pause': '0s' });
    expect([without.code, without.outputs['changed'], noteOf(job)]).toEqual([0, 'true', undefined]);
  });

  it('is reported with its problems at once with the other inputs, and nothing is started', async () => {
    await using job = await startJob();
    await checkOut(job, `${text}  replica: 4\n`.replace('exposure: {', 'exposure: { replica: 4,'));
    const main = await job.run({ ...job.onKubeconfig, operation: 'deploy', timeout: '90' });
    expect([main.code, main.processes, main.outputs['error-code']]).toEqual([1, [], 'invalid-input']);
  });

  it('is shown by render, value by value, with where each came from', async () => {
    await using job = await startJob({ tools: [] });
    await checkOut(job, text);
    const main = await job.run({ operation: 'render', replicas: '4', options: '{rest: true}' });
    const shown = await readFile(join(main.outputs['report-directory'] ?? '', 'effective-config.yml'), 'utf8');
    expect(shown.split('\n')).toEqual(
      expect.arrayContaining([
        '  replicas: "4" # with:',
        '  rest: "true" # options',
        `  memory: "192MB" # ${path}:3:11 deployment.memory`,
        '  max-replicas: "5" # default',
      ]),
    );
    expect(parse(shown)).toMatchObject({
      configVersion: 1,
      deployment: { replicas: '4' },
      azure: { location: 'eastus' },
    });
    expect(main.report.phases[0]?.notes).toContain(`memory is 192MB (${path}:3:11 deployment.memory).`);
    expect(await readFile(join(main.outputs['manifests'] ?? '', '5-stateful-set.yaml'), 'utf8')).toContain(
      `migratorydata-aks/config: ${path} sha256:`,
    );
  });
});
