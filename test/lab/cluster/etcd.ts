/** The objects of a Kubernetes by their keys in etcd, the values in base64. */
export type StoredObjects = Readonly<Record<string, string>>;

/** Changes of one transaction; etcd allows 128. */
const mostChanges = 100;

const encode = (text: string): string => Buffer.from(text).toString('base64');

/**
 * What a running control plane keeps changing: its signs of life. They say nothing about users' objects, and carry
 * leases of etcd that a write would remove.
 */
const signsOfLife = /^\/registry\/(leases\/kube-system\/apiserver-|masterleases\/|peerserverleases\/)/;

/** Reads everything that a control plane stores, but for its signs of life. */
export async function readObjects(etcd: string): Promise<StoredObjects> {
  const range = { key: encode('/registry/'), range_end: encode('/registry0') };
  const { kvs = [] } = (await call(etcd, 'range', range)) as { kvs?: { key: string; value: string }[] };
  return Object.fromEntries(
    kvs
      .map(({ key, value }) => [Buffer.from(key, 'base64').toString('utf8'), value] as const)
      .filter(([key]) => !signsOfLife.test(key)),
  );
}

/**
 * Makes a control plane store what it stored before, and nothing else: no finalizer, grace period or controller is
 * asked. Returns the number of changes. Its programs learn of them as of every other change of etcd.
 */
export async function writeObjects(etcd: string, wanted: StoredObjects): Promise<number> {
  const present = await readObjects(etcd);
  const changes = [
    ...Object.keys(present)
      .filter(key => !(key in wanted))
      .map(key => ({ requestDeleteRange: { key: encode(key) } })),
    ...Object.entries(wanted)
      .filter(([key, value]) => present[key] !== value)
      .map(([key, value]) => ({ requestPut: { key: encode(key), value } })),
  ];
  for (let from = 0; from < changes.length; from += mostChanges)
    await call(etcd, 'txn', { success: changes.slice(from, from + mostChanges) });
  return changes.length;
}

/** https://etcd.io/docs/v3.6/dev-guide/api_grpc_gateway */
async function call(etcd: string, method: 'range' | 'txn', body: object): Promise<unknown> {
  const response = await fetch(`${etcd}/v3/kv/${method}`, { method: 'POST', body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`etcd ${method}: ${response.status} ${await response.text()}`);
  return response.json();
}
