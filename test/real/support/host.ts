import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';

import { controllers } from '../../lab/real/requirements.js';
import { locateNodePrograms } from '../../lab/tools/node-programs.js';
import { runTool } from '../../lab/tools/run.js';
import { processIds } from '../../support/process-table.js';

/** Settings that a kubelet or a container runtime changes on a machine of its own. */
const settings = [
  ...['vm/overcommit_memory', 'vm/panic_on_oom', 'kernel/panic', 'kernel/panic_on_oops', 'kernel/keys/root_maxkeys'],
  ...['net/ipv4/ip_forward', 'net/ipv4/conf/all/rp_filter', 'net/netfilter/nf_conntrack_max'],
];

/**
 * Returns what real nodes could leave on the host, a line each: devices, routes, mounts, namespaces, control groups,
 * packet filters, settings, processes, folders.
 */
export async function describeHost(): Promise<readonly string[]> {
  const { env } = await locateNodePrograms(() => undefined);
  const [links, routes, filters] = await Promise.all([
    runTool('ip', ['-brief', 'link']),
    runTool('ip', ['route']),
    runTool('iptables-save', [], { env }),
  ]);
  const pids = processIds();
  const processes = pids.flatMap(pid => {
    const line = read(`/proc/${pid}/cmdline`);
    return /migratorydata-aks-real-|containerd-shim/.test(line) ? [`process ${line.replaceAll('\0', ' ')}`] : [];
  });
  return [
    ...links.split('\n').map(line => `device ${line.split(/[ @]/)[0] ?? ''}`),
    ...routes.split('\n').map(line => `route ${line.trim()}`),
    ...read('/proc/mounts')
      .split('\n')
      .map(line => `mount ${line}`),
    ...new Set(pids.flatMap(namespacesOf)),
    // Without counters and comments, which hold the time.
    ...filters.split('\n').flatMap(line => (/^[*-]/.test(line) ? [`filter ${line}`] : [])),
    ...readdirSync(tmpdir()).flatMap(name => (/^migratorydata-aks-real-/.test(name) ? [`folder ${name}`] : [])),
    ...controllers.flatMap(name => readdirSync(`/sys/fs/cgroup/${name}`).map(file => `group ${name}/${file}`)),
    ...settings.map(name => `setting ${name} ${read(`/proc/sys/${name}`)}`),
    ...processes,
  ];
}

/**
 * Resolves with what differs on the host, a line each, when nothing does or after a time, half a minute by default: the
 * guard of a killed cluster removes what is left, and nothing tells when.
 */
export async function differencesFrom(before: readonly string[], patienceMs = 30_000): Promise<readonly string[]> {
  const deadlineMs = performance.now() + patienceMs;
  for (;;) {
    const now = await describeHost();
    const differences = [
      ...now.filter(line => !before.includes(line)).map(line => `+ ${line}`),
      ...before.filter(line => !now.includes(line)).map(line => `- ${line}`),
    ];
    if (differences.length === 0 || performance.now() > deadlineMs) return differences;
    await pause(100);
  }
}

function namespacesOf(pid: number): readonly string[] {
  try {
    return ['net', 'mnt', 'pid', 'uts', 'ipc', 'cgroup'].map(
      name => `namespace ${readlinkSync(`/proc/${pid}/ns/${name}`)}`,
    );
  } catch {
    return [];
  }
}

/** Returns the text of a file that may have gone in the meantime. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}
