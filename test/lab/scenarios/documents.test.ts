import { expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeBlocks } from '../../workflows/support/markdown.js';
import { readText } from '../../workflows/support/project-files.js';
import type { Lab } from '../lab.js';
import { startKubeconfigJob, type KubeconfigJob } from './support/kubeconfig-job.js';
import { uidsOf } from './support/objects.js';
import { useLab } from './support/use-lab.js';

/** What a user types, in one shell per page. */
interface Typed {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

let lab: Lab;
let typed: Readonly<Record<'connecting' | 'manifests' | 'lab', Typed>>;
let byHand: KubeconfigJob;

useLab(async started => {
  lab = started;
  const [deployed, fresh, other] = await Promise.all(
    ['deployed', 'fresh', 'other'].map(async name => startKubeconfigJob(lab, await lab.standaloneCluster(name))),
  );
  if (deployed === undefined || fresh === undefined || other === undefined) {
    throw new Error('there are three clusters');
  }
  byHand = fresh;
  const [connecting, manifests, inLab] = await Promise.all([
    deployed.pass({ operation: 'deploy', rest: 'true' }).then(() => type(deployed, 'docs/connecting.md')),
    fresh
      .pass({ operation: 'render' })
      .then(({ main }) => type(fresh, 'docs/manifests.md', { MANIFESTS: main.outputs['manifests'] ?? '' })),
    type(other, 'docs/lab.md'),
  ]);
  typed = { connecting, manifests, lab: inLab };
});

it('connect an application to the cluster, with the token from its Secret', () => {
  const { code, stdout, stderr } = typed.connecting;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('<html');
  expect(stdout).toMatch(/"status": ?"OK"/);
  expect(stdout).toMatch(/"content": ?"hello"/);
});

it('apply the manifests to a cluster by hand, and deploy takes it over as it is', async () => {
  expect(typed.manifests).toMatchObject({ code: 0 });
  const members = await byHand.objects.untilReady('migratory', 3);
  expect(members).toHaveLength(3);
  await byHand.pass({ operation: 'deploy' });
  expect(uidsOf(await byHand.objects.members('migratory'))).toEqual(uidsOf(members));
});

it('run the action in the lab by hand', () => {
  const { code, stdout, stderr } = typed.lab;
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(stdout).toMatch(/statefulset|pod\/migratorydata-2/);
  expect(stdout).toMatch(/migratorydata-2 +\d+m/);
});

/** Types all blocks of a page that are marked `in-lab` into one shell, which stops at the first command that fails. */
async function type(job: KubeconfigJob, page: string, env: Readonly<Record<string, string>> = {}): Promise<Typed> {
  const blocks = codeBlocks(readText(page)).filter(({ info }) => info === 'in-lab');
  expect(blocks.length).toBeGreaterThan(0);
  const folder = join(job.folder, 'shell');
  await mkdir(folder);
  const { HOME = '', PATH = '' } = process.env;
  const tools = [dirname(lab.tools.kubectl), dirname(process.execPath), PATH].join(':');
  const shell = spawn('bash', ['-euo', 'pipefail', '-s'], {
    // `node dist/index.js` is typed in the project; everything else leaves its files in a separate folder.
    cwd: page === 'docs/lab.md' ? process.cwd() : folder,
    env: { HOME, TMPDIR: folder, PATH: tools, KUBECONFIG: job.cluster.kubeconfig, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const [stdout, stderr]: [string[], string[]] = [[], []];
  shell.stdout.on('data', (chunk: Buffer) => stdout.push(chunk.toString()));
  shell.stderr.on('data', (chunk: Buffer) => stderr.push(chunk.toString()));
  shell.stdin.end(blocks.map(({ text }) => text).join('\n'));
  const [code] = (await once(shell, 'close')) as [number | null];
  return { code, stdout: stdout.join(''), stderr: stderr.join('') };
}
