import { describe, expect, it } from '@jest/globals';
import { reportMembers } from '../../../src/step-context/members.js';
import { podOf } from '../kubernetes/samples.js';
import { defaults } from '../migratorydata/samples.js';
import { OperationBench } from '../operations/support.js';

describe('reportMembers', () => {
  it('reports the container of the server, not a sidecar that stands before it', async () => {
    await using bench = await OperationBench.start('verify');
    const sidecar = { name: 'istio-proxy', image: 'proxy:1', restartCount: 4 };
    const server = { name: 'migratorydata', image: 'migratorydata/server:7', restartCount: 1 };
    reportMembers(bench.context, [podOf(0, { containers: [sidecar, server] })], defaults);
    const { members } = bench.context.journal.report;
    expect(members).toMatchObject([{ name: 'migratorydata-0', image: 'migratorydata/server:7', restarts: 1 }]);
  });
});
