import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { runCommand } from './command.js';
import type { Lab } from './lab.js';

/** Variables of the user's shell that would direct az or kubectl elsewhere. */
const misleading = /^(AZURE_|ARM_|KUBE|PYTHON|REQUESTS_|CURL_|SSL_|ALL_PROXY$|all_proxy$)/;

const quote = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** Returns lines for a shell: the variables to unset, and those to set. */
function shellLines(env: Readonly<Record<string, string>>): readonly string[] {
  const forget = Object.keys(process.env).filter(name => misleading.test(name) && !(name in env));
  return [
    ...forget.map(name => `unset ${name}`),
    ...Object.entries(env).map(([name, value]) => `export ${name}=${quote(value)}`),
  ];
}

function describe({ azure }: Lab, file: string, kubeconfig: string): string {
  const login = `az login --service-principal -u ${azure.clientId} -p ${azure.clientSecret} --tenant ${azure.tenantId}`;
  return `
The lab is up. In another shell (its HOME changes, so take one that you can close):

  source ${file}

Azure:
  ${login}
  az group create --name rg-migratorydata --location eastus
  az aks create --resource-group rg-migratorydata --name aks-migratorydata --node-count 3 --no-ssh-key
  az aks get-credentials --resource-group rg-migratorydata --name aks-migratorydata
  kubectl get nodes

A cluster that Azure does not know, like one of kind:
  kubectl --kubeconfig ${kubeconfig} get nodes

Ctrl-C ends everything and removes ${file.slice(0, file.lastIndexOf('/'))}.
`;
}

async function serve(lab: Lab): Promise<void> {
  const cluster = await lab.standaloneCluster('kind');
  const file = join(lab.folder, 'environment.sh');
  const lines = shellLines(lab.env).join('\n');
  await writeFile(file, `${lines}\n`, { mode: 0o600 });
  // Registered only now: until here a signal ends the process at once, and the guard of the lab cleans up.
  const ended = Promise.race(['SIGINT', 'SIGTERM', 'SIGHUP'].map(signal => once(process, signal)));
  console.log(lines);
  console.log(describe(lab, file, cluster.kubeconfig));
  await ended;
  console.log('ending the lab');
}

await runCommand(serve);
