import { join } from 'node:path';

import { faultVariable, startFaults } from '../server/start-faults.js';
import type { NodePrograms } from '../tools/node-programs.js';
import { findOnPath } from '../tools/path.js';
import { projectFile } from '../tools/project-files.js';
import { writeImage } from './images.js';

/** A small image with the usual commands; also that of each pod's sandbox, which only waits. */
export const busyboxImage = 'docker.io/lab/busybox:1';
/** The repository of that image, which also has a name by its digest there. */
export const busyboxRepository = 'docker.io/lab/busybox';
export const dnsImage = 'docker.io/lab/coredns:1';
/** Images of the lab under the name of the vendor's: versions that differ only in their name, and one for each fault. */
const serverImages = Object.fromEntries([
  ...['6.0.24', '6.0.25', '6.0.26'].map(version => [`docker.io/migratorydata/server:${version}`, {}] as const),
  ...Object.keys(startFaults).map(tag => [`docker.io/migratorydata/server:${tag}`, { [faultVariable]: tag }] as const),
]);

const start = `#!/bin/bash
exec /usr/bin/node /migratorydata/server/lab/server/main.js
`;

/** Writes the images that real nodes have. @throws Error when bash is not on PATH. */
export async function writeLabImages(folder: string, { busybox, coredns }: NodePrograms): Promise<void> {
  const bash = await findOnPath('bash');
  if (bash === undefined) throw new Error('bash is not on PATH');
  const commands = ['sh', 'sleep', 'cat', 'ls', 'touch', 'kill', 'nslookup', 'timeout', 'wget'];
  const links = Object.fromEntries(commands.map(name => [`bin/${name}`, 'busybox']));
  const build = (name: string): string => projectFile(join('build', 'test', 'lab', name));
  await Promise.all([
    writeImage(folder, 'busybox', {
      ...{ references: { [busyboxImage]: {} }, programs: { 'bin/busybox': busybox }, links },
      pinnedIn: busyboxRepository,
      entrypoint: ['/bin/busybox', 'sleep', '2147483647'],
    }),
    writeImage(folder, 'coredns', {
      references: { [dnsImage]: {} },
      programs: { coredns: coredns },
      entrypoint: ['/coredns'],
    }),
    writeImage(folder, 'server', {
      ...{ references: serverImages, workingFolder: '/migratorydata', links },
      programs: { 'bin/busybox': busybox, 'bin/bash': bash, 'usr/bin/node': process.execPath },
      folders: {
        'migratorydata/server/lab/server': build('server'),
        'migratorydata/server/lab/workload': build('workload'),
      },
      scripts: { 'migratorydata/start-migratorydata.sh': start, 'migratorydata/package.json': '{"type":"module"}' },
    }),
  ]);
}
