import { readdirSync, readFileSync } from 'node:fs';

import { controllers } from '../../lab/real/requirements.js';
import { runTool } from '../../lab/tools/run.js';

/** Settings that a kubelet or a container runtime changes on a machine of its own. */
const settings = [
  ...['vm/overcommit_memory', 'vm/panic_on_oom', 'kernel/panic', 'kernel/panic_on_oops', 'kernel/keys/root_maxkeys'],
  ...['net/ipv4/ip_forward', 'net/ipv4/conf/all/rp_filter', 'net/netfilter/nf_conntrack_max'],
];

/**
 * Returns what real nodes could leave on the host, a line each: devices, routes, mounts, control groups, settings,
 * processes.
 */
export async function describeHost(): Promise<readonly string[]> {
  const [links, routes] = await Promise.all([runTool('ip', ['-brief', 'link']), runTool('ip', ['route'])]);
  const processes = readdirSync('/proc').flatMap(name => {
    const line = /^\d+$/.test(name) ? read(`/proc/${name}/cmdline`) : '';
    return /migratorydata-aks-real-|containerd-shim/.test(line) ? [`process ${line.replaceAll('\0', ' ')}`] : [];
  });
  return [
    ...links.split('\n').map(line => `device ${line.split(/[ @]/)[0] ?? ''}`),
    ...routes.split('\n').map(line => `route ${line.trim()}`),
    ...read('/proc/mounts')
      .split('\n')
      .map(line => `mount ${line}`),
    ...controllers.flatMap(name => readdirSync(`/sys/fs/cgroup/${name}`).map(file => `group ${name}/${file}`)),
    ...settings.map(name => `setting ${name} ${read(`/proc/sys/${name}`)}`),
    ...processes,
  ];
}

/** Returns the text of a file that may have gone in the meantime. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}
