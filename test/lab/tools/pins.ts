/** Which tools the lab runs and in which versions. One place to change on an update, with control-plane/go.mod. */

export const azureCliVersion = '2.91.0';
/** uv installs packages from the Python index faster than pip. */
export const uvVersion = '0.13.9';
/** The oldest az that has all commands and flags that the action uses. */
export const oldestAzureCli = '2.69.0';
export const kubernetesVersion = '1.36.3';
export const kwokVersion = '0.8.0';
/** The version that k8s.io/kubernetes requires as a module, so that a built and a downloaded etcd are the same. */
export const etcdVersion = '3.6.8';

export type GoTool =
  | 'kubectl'
  | 'kwok'
  | 'kwokctl'
  | 'etcd'
  | 'kube-apiserver'
  | 'kube-controller-manager'
  | 'kube-scheduler';

/** Absolute paths of the programs that the lab starts. */
export type Tools = Readonly<Record<GoTool | 'az', string>>;

/** The package of each program in control-plane/go.mod. */
export const goPackages: Readonly<Record<GoTool, string>> = {
  kubectl: 'k8s.io/kubernetes/cmd/kubectl',
  etcd: 'go.etcd.io/etcd/server/v3',
  kwok: 'sigs.k8s.io/kwok/cmd/kwok',
  kwokctl: 'sigs.k8s.io/kwok/cmd/kwokctl',
  'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
  'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
  'kube-scheduler': 'k8s.io/kubernetes/cmd/kube-scheduler',
};

export const goTools = Object.keys(goPackages) as readonly GoTool[];

/** Names the cache folder of the Go programs: other versions live beside it, not over it. */
export const goToolsKey = `kubernetes-${kubernetesVersion}_kwok-${kwokVersion}_etcd-${etcdVersion}_${process.platform}-${process.arch}`;
