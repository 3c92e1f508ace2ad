import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { startJob } from './job.js';
import { expectAccount, expectDeclaredOutputs, readReport } from './promises.js';

describe('the rules for every step', () => {
  it('require declared outputs', () => {
    expectDeclaredOutputs({ outputs: { outcome: 'success' } });
    expect(() => {
      expectDeclaredOutputs({ outputs: { outcome: 'success', 'secret-sauce': 'x' } });
    }).toThrow('secret-sauce');
  });

  it('require a report that follows its schema and is complete', async () => {
    await using job = await startJob();
    const main = await job.run({ ...job.onKubeconfig, operation: 'preflight' });
    const text = readFileSync(main.outputs['report-json'] ?? '', 'utf8');
    expect(() => readReport(text.replace('"ms": ', '"ms": -'))).toThrow('must be at least 0');
    expect(() => readReport(text.replaceAll(/"startedAt": "[^"]+"/g, '"startedAt": "yesterday"'))).toThrow('yesterday');
    const { invocations } = job.programs;
    const { calls } = job.kubernetes;
    const seen = { invocations, calls, requests: [] };
    expectAccount(main.report, seen);
    expect(() => {
      expectAccount({ ...main.report, commands: [] }, seen);
    }).toThrow('kubectl');
    expect(() => {
      expectAccount({ ...main.report, calls: [] }, seen);
    }).toThrow('/version');
  });
});
