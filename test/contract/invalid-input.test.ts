import { describe, expect, it } from '@jest/globals';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startJob } from './support/job.js';

describe('invalid inputs', () => {
  it('are reported all at once, and nothing is started', async () => {
    await using job = await startJob();
    const inputs = {
      operation: 'deploy',
      replicas: '9',
      'cpu-percent': 'many',
      'node-cuont': '4',
      'service-type': 'loadbalancer',
      timeout: '1m',
    };
    const main = await job.run(inputs);
    expect([main.code, main.processes, main.changes, main.reads]).toEqual([1, [], [], []]);
    expect(main.annotations).toEqual([
      {
        level: 'error',
        title: 'invalid-input',
        message: [
          '5 problems with the inputs; nothing was started:',
          '- node-cuont: is not an input of this action; did you mean node-count.',
          '- service-type "loadbalancer": must be one of public, internal, node-port, cluster-ip; choose one of these.',
          '- cpu-percent "many": must be a whole number from 1 to 1000; write digits only, such as 1.',
          '- replicas "9": must not be above max-replicas (5); lower replicas or raise max-replicas.',
          '- timeout "1m": must be at least the sum of the limits of the phases (deploy 5m = 5m); set timeout to 5m or more, or lower one of these limits.',
          'Correct the inputs named above; nothing was started.',
        ].join('\n'),
      },
    ]);
  });

  it('are reported by the outputs and in the folder of the input, and leave nothing for post to do', async () => {
    await using job = await startJob();
    const folder = join(job.folder, 'reports');
    const inputs = { operation: 'deploy', replicas: '9', 'report-directory': folder, instance: 'main-eastus' };
    const main = await job.run(inputs);
    expect(main.outputs).toMatchObject({
      outcome: 'failure',
      'error-code': 'invalid-input',
      'error-transient': 'false',
      'error-hint': main.report.errors[0]?.hint,
      'report-directory': folder,
    });
    expect((await readdir(folder)).sort()).toEqual(['report.json', 'report.xml']);
    expect(main.report).toMatchObject({ operation: 'deploy', outcome: 'failure', phases: [], instance: 'main-eastus' });
    expect(main.report.errors).toMatchObject([{ code: 'invalid-input', message: expect.stringContaining('replicas') }]);
    expect(main.junit).toContain('invalid-input');
    expect(main.summary).toContain('invalid-input');
    const post = await job.post(inputs, main);
    expect([post.code, post.processes, post.annotations, post.summary]).toEqual([0, [], [], '']);
  });

  it('are reported with a valid instance name only', async () => {
    await using job = await startJob();
    const main = await job.run({ operation: 'e2e', replicas: '9', instance: 'no name at all' });
    expect(main.report).toMatchObject({ instance: '', errors: [{ code: 'invalid-input' }] });
  });

  it('include what is wrong with an earlier report, and where', async () => {
    await using job = await startJob();
    const path = join(job.folder, 'earlier.json');
    await writeFile(path, '{"schemaVersion": 2, "experiments": [{"name": 5}]}');
    const main = await job.run({ operation: 'chaos', repeat: '21', 'baseline-report': path });
    const message = main.report.errors[0]?.message ?? '';
    expect([main.code, main.processes, message.split('\n').length]).toEqual([1, [], 3]);
    expect(message).toContain('- repeat "21": must be a whole number from 1 to 20; ');
    expect(message).toMatch(
      /follow the schema of reports: schemaVersion must be 3, experiments\/0\/name must be of type string, /,
    );
  });
});

describe('an unknown input', () => {
  it('is a warning when no input has a similar name', async () => {
    await using job = await startJob();
    const main = await job.run({ operation: 'render', frobnicate: 'yes' });
    expect([main.code, main.annotations]).toMatchObject([
      0,
      expect.arrayContaining([{ level: 'warning', message: 'There is no input named frobnicate; it is ignored.' }]),
    ]);
  });
});
