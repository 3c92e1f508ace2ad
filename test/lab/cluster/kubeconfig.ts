import { stringify } from 'yaml';

import type { Credentials } from './control-plane.js';

export interface KubeconfigNames {
  readonly cluster: string;
  readonly context: string;
  readonly user: string;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** Returns a self-contained kubeconfig as YAML, with inline certificates instead of paths. */
export function renderKubeconfig(names: KubeconfigNames, server: string, { ca, cert, key }: Credentials): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: names.cluster, cluster: { 'certificate-authority-data': base64(ca), server } }],
    contexts: [{ name: names.context, context: { cluster: names.cluster, user: names.user } }],
    'current-context': names.context,
    preferences: {},
    users: [{ name: names.user, user: { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) } }],
  });
}
