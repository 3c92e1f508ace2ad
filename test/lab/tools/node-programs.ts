import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';

import { type BuildProgress, buildGoPrograms } from './build.js';
import { cacheFolder, withLock } from './cache.js';
import { kubernetesVersion } from './pins.js';
import { reportWhile, type Progress } from './progress.js';
import { runTool } from './run.js';

/** The programs of a real node, unpacked beside the other tools of the lab. Nothing is installed on the host. */
export interface NodePrograms {
  readonly kubelet: string;
  readonly kubeProxy: string;
  /** The folder of the CNI plugins. */
  readonly cni: string;
  readonly coredns: string;
  /** A static program with the usual commands, for images. */
  readonly busybox: string;
  /** What the programs need in their environment to find each other, their libraries and extensions. */
  readonly env: Readonly<Record<'PATH' | 'LD_LIBRARY_PATH' | 'XTABLES_LIBDIR', string>>;
}

/** Debian and Ubuntu name them alike. The libraries are those of iptables, conntrack and runc. */
const packages = [
  ...['containerd', 'runc', 'containernetworking-plugins', 'iptables', 'conntrack', 'busybox-static'],
  ...['libxtables12', 'libip4tc2', 'libip6tc2', 'libnftnl11', 'libmnl0', 'libnfnetlink0', 'libnetfilter-conntrack3'],
  'libseccomp2',
];
const goPackages = ['k8s.io/kubernetes/cmd/kubelet', 'k8s.io/kubernetes/cmd/kube-proxy'] as const;
/** The programs that kube-proxy, the kubelet and the CNI plugins start by these names; the package leaves the choice open. */
const iptables = ['iptables', 'ip6tables'].flatMap(name => [name, `${name}-save`, `${name}-restore`]);

/**
 * Finds the programs of a real node, and brings what is missing: kubelet and kube-proxy built from source with the other
 * programs of Kubernetes, the rest unpacked from packages of the distribution. Two processes may call it at once.
 * @throws Error with the words of apt-get, dpkg-deb or go.
 */
export async function locateNodePrograms(progress: Progress): Promise<NodePrograms> {
  const folder = join(cacheFolder(), `real-nodes_kubernetes-${kubernetesVersion}_${process.platform}-${process.arch}`);
  const [built, unpacked] = [join(folder, 'bin'), join(folder, 'packages')];
  const complete = join(folder, 'complete');
  if (!existsSync(complete)) {
    await withLock(folder, progress, async () => {
      if (existsSync(complete)) return;
      await rm(folder, { recursive: true, force: true });
      await mkdir(built, { recursive: true });
      await Promise.all([unpackPackages(unpacked, progress), buildPrograms(built, progress)]);
      await mkdir(complete);
    });
  }
  const libraries = join(unpacked, 'usr', 'lib', await archFolder(join(unpacked, 'usr', 'lib')));
  const programs = ['usr/bin', 'usr/sbin', 'bin', 'links'].map(name => join(unpacked, name));
  return {
    kubelet: join(built, 'kubelet'),
    kubeProxy: join(built, 'kube-proxy'),
    coredns: join(built, 'coredns'),
    cni: join(unpacked, 'usr', 'lib', 'cni'),
    busybox: join(unpacked, 'bin', 'busybox'),
    env: {
      PATH: [...programs, '/usr/sbin', '/usr/bin', '/sbin', '/bin'].join(':'),
      LD_LIBRARY_PATH: libraries,
      XTABLES_LIBDIR: join(libraries, 'xtables'),
    },
  };
}

/** Returns the name of the folder of libraries, such as `x86_64-linux-gnu`. */
async function archFolder(folder: string): Promise<string> {
  return (await readdir(folder)).find(name => name.endsWith('-linux-gnu')) ?? '';
}

async function unpackPackages(folder: string, progress: Progress): Promise<void> {
  const files = join(folder, 'files');
  await mkdir(files, { recursive: true });
  const own = ['-o', `Dir::State::lists=${files}`, '-o', `Dir::Cache=${files}`];
  await reportWhile(progress, 'container runtime: fetching packages of the distribution', async () => {
    // The lists of the host may be old or absent, and are not changed.
    await mkdir(join(files, 'partial'));
    await runTool('apt-get', [...own, '-qq', 'update']);
    await runTool('apt-get', [...own, '-qq', 'download', ...packages], { cwd: files });
  });
  const archives = (await readdir(files)).filter(name => name.endsWith('.deb'));
  for (const archive of archives) await runTool('dpkg-deb', ['-x', join(files, archive), folder]);
  await rm(files, { recursive: true });
  const links = join(folder, 'links');
  await mkdir(links);
  await Promise.all(iptables.map(name => symlink(join(folder, 'usr', 'sbin', 'xtables-nft-multi'), join(links, name))));
}

async function buildPrograms(folder: string, progress: Progress): Promise<void> {
  let state: BuildProgress | undefined;
  const report = (now: BuildProgress): void => {
    state = now;
  };
  const programs = goPackages.map(name => ({ package: name, target: join(folder, name.split('/').at(-1) ?? '') }));
  const work = async (): Promise<void> => {
    await buildGoPrograms(programs, 'test/lab/tools/control-plane/go.mod', {
      // Otherwise the node reports v0.0.0-master+$Format, and the scheduler and users cannot tell its version.
      linkerFlags: `-X k8s.io/component-base/version.gitVersion=v${kubernetesVersion}`,
      report,
    });
    const coredns = { package: 'lab/coredns', target: join(folder, 'coredns') };
    await buildGoPrograms([coredns], 'test/lab/tools/coredns/go.mod', { report });
  };
  await reportWhile(progress, 'kubelet and CoreDNS: building from source (up to 8 min on two cores)', work, () =>
    state === undefined ? 'fetching modules' : `${state.compiled} of at most ${state.total} packages compiled`,
  );
}
