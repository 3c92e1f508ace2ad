import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { AccessRule } from '../../../../src/kubernetes/access-rule.js';
import { rolesOf } from '../../../../scripts/docs/roles.js';
import type { Lab, LabCluster } from '../../lab.js';

const accountNamespace = 'default';
const rbac = '/apis/rbac.authorization.k8s.io/v1';
const apiGroup = 'rbac.authorization.k8s.io';

/** Creates a service account that may do nothing. Returns its kubeconfig. */
export async function createAccount(lab: Lab, { api, controlPlane }: LabCluster, name: string): Promise<string> {
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

/** Creates and binds roles with exactly these rules, for a deployment in a namespace. */
export async function allow(
  { api }: LabCluster,
  name: string,
  rules: readonly AccessRule[],
  namespace: string,
): Promise<void> {
  for (const { scope, rules: granted } of rolesOf(rules)) {
    const inNamespace = scope === 'deployment' ? namespace : scope;
    const root = scope === 'cluster' ? rbac : `${rbac}/namespaces/${inNamespace}`;
    const kind = scope === 'cluster' ? 'ClusterRole' : 'Role';
    await api.request('POST', `${root}/${kind.toLowerCase()}s`, {
      metadata: { name },
      rules: granted.map(({ rule }) => rule),
    });
    await bind({ api }, name, { kind, name }, scope === 'cluster' ? undefined : inNamespace);
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
  await api.request('POST', root, { metadata: { name: account }, roleRef: { apiGroup, ...role }, subjects });
}
