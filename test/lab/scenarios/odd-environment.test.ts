import { describe, expect, it } from '@jest/globals';
import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startLab, type Lab } from '../lab.js';
import { logIn, startAzureJob } from './support/azure-job.js';
import { useStarted } from './support/use-lab.js';

/** Defaults of a user for the flags of kubectl. With them, `kubectl proxy` refuses every change. */
const kuberc = `apiVersion: kubectl.config.k8s.io/v1beta1
kind: Preference
defaults:
- command: proxy
  options:
  - {name: reject-methods, default: 'POST,PUT,PATCH,DELETE'}
`;

describe('a runner with settings of a user', () => {
  let lab: Lab;
  let settings: Readonly<Record<string, string>>;

  useStarted(
    () => startLab({ unforkedAz: true }),
    async started => {
      lab = started;
      await logIn(lab);
      const file = join(lab.folder, 'kuberc');
      await writeFile(file, kuberc);
      const home = lab.env['HOME'] ?? '';
      await mkdir(join(home, '.kube'), { recursive: true });
      await writeFile(join(home, '.kube', 'kuberc'), kuberc);
      const defaults = '[defaults]\ngroup = one\nlocation = westus\n';
      await appendFile(join(lab.env['AZURE_CONFIG_DIR'] ?? '', 'config'), defaults);
      settings = {
        ...{ KUBERC: file, KUBECTL_KUBERC: 'true', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8', COLUMNS: '20' },
        ...{ AZURE_DEFAULTS_GROUP: 'one', AZURE_DEFAULTS_LOCATION: 'westus', AZURE_CORE_OUTPUT: 'none' },
        ...{ AZURE_CORE_ONLY_SHOW_ERRORS: 'no', AZURE_CORE_DISABLE_CONFIRM_PROMPT: 'false' },
      };
    },
  );

  it('works as any other: creates, deploys, and sweeps both expired clusters', async () => {
    const expired = String(Math.floor(Date.now() / 1000) - 3600);
    for (const name of ['one', 'two']) {
      const run = { 'run-id': '1', instance: 'check-0', attempt: '1', 'expires-at': expired };
      const tags = { 'managed-by': 'migratorydata-aks', repository: 'acme/shop', 'creation-id': name, ...run };
      lab.azure.place.group({ name, tags });
      await lab.azure.place.cluster({ group: name, name: 'aks', tags });
    }
    const job = await startAzureJob(lab, { runId: '2', env: settings });
    const { main } = await job.pass({ operation: 'sweep' });
    expect(main.outputs).toMatchObject({ swept: '2' });
    await job.pass({ operation: 'create' });
    await job.pass({ operation: 'deploy' });
  });
});
