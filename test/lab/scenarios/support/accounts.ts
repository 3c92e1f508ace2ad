import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { rolesOf } from '../../../../scripts/docs/roles.js';
import type { AccessRule } from '../../../../src/kubernetes/api/access-rule.js';
import type { Permissions } from '../../../../src/operations/shared-permissions.js';
import { everything } from '../../azure/role.js';
import type { Lab, LabCluster } from '../../lab.js';
import { waitForObjects } from '../../wait.js';

const accountNamespace = 'default';
const rbac = '/apis/rbac.authorization.k8s.io/v1';
const apiGroup = 'rbac.authorization.k8s.io';

/** Creates a service account that may do nothing but what every account may. Returns its kubeconfig. */
export async function createAccount(lab: Lab, { api, controlPlane }: LabCluster, name: string): Promise<string> {
  // A new API server creates its own roles, which let every account read the version, after its first responses.
  await waitForObjects(api, `${rbac}/clusterrolebindings`, bindings =>
    bindings.some(({ metadata }) => metadata.name === 'system:public-info-viewer'),
  );
  const accounts = `/api/v1/namespaces/${accountNamespace}/serviceaccounts`;
  await api.request('POST', accounts, { metadata: { name } });
  const { status } = await api.request<{ readonly status: { readonly token: string } }>(
    'POST',
    `${accounts}/${name}/token`,
    { spec: { expirationSeconds: 7200 } },
  );
  const { server, credentials } = controlPlane;
  const ca = Buffer.from(credentials.ca).toString('base64');
  const path = join(lab.folder, `${name}.kubeconfig`);
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server, 'certificate-authority-data': ca } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
    users: [{ name, user: { token: status.token } }],
  };
  await writeFile(path, stringify(config), { mode: 0o600 });
  return path;
}

/**
 * Creates and binds roles with exactly these rules, for a deployment in a namespace.
 * @param namespace undefined: any, because the account creates it
 */
export async function allow(
  { api }: LabCluster,
  account: string,
  rules: readonly AccessRule[],
  namespace: string | undefined,
): Promise<void> {
  for (const { scope, rules: granted } of rolesOf(rules)) {
    const place = scope === 'deployment' ? namespace : scope === 'cluster' ? undefined : scope;
    const root = place === undefined ? rbac : `${rbac}/namespaces/${place}`;
    const role = { kind: place === undefined ? 'ClusterRole' : 'Role', name: `${account}-${scope}` };
    await api.request('POST', `${root}/${role.kind.toLowerCase()}s`, {
      metadata: { name: role.name },
      rules: granted.map(({ rule }) => rule),
    });
    await bind({ api }, account, role, place);
  }
}

/** Binds a role to an account, in one namespace or in all. */
export async function bind(
  { api }: Pick<LabCluster, 'api'>,
  account: string,
  role: { readonly kind: string; readonly name: string },
  namespace: string | undefined,
): Promise<void> {
  const root = namespace === undefined ? `${rbac}/clusterrolebindings` : `${rbac}/namespaces/${namespace}/rolebindings`;
  const subjects = [{ kind: 'ServiceAccount', name: account, namespace: accountNamespace }];
  await api.request('POST', root, {
    metadata: { name: `${account}-${role.name}` },
    roleRef: { apiGroup, ...role },
    subjects,
  });
}

let restricted = 0;

/**
 * Restricts every login of a lab, and every user of its cluster of this name, to exactly these permissions. The cluster may
 * be created later.
 * @param namespace of the deployment; undefined: any, because the account creates it
 * @returns what lifts the restriction
 */
export function restrict(
  lab: Lab,
  clusterName: string,
  { access, actions }: Permissions,
  namespace?: string,
): () => void {
  lab.azure.tune({ role: actions.map(({ action }) => action) });
  const faults = lab.faultsOf(clusterName);
  const create = async (cluster: LabCluster): Promise<string> => {
    const account = `restricted-${(restricted += 1)}`;
    await allow(cluster, account, access, namespace);
    return readFile(await createAccount(lab, cluster, account), 'utf8');
  };
  let kubeconfig: Promise<string> | undefined;
  faults.userKubeconfig = cluster => (kubeconfig ??= create(cluster));
  return () => {
    lab.azure.tune({ role: [everything] });
    faults.userKubeconfig = undefined;
  };
}
