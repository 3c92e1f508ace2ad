import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { arch } from 'node:process';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';

import { etcdVersion, kubernetesVersion, kwokVersion, type GoTool } from './pins.js';
import { runTool } from './run.js';

/** A release file and how to learn its SHA-256. */
interface Release {
  readonly url: string;
  /** Fetches the checksum that the project publishes beside the file. */
  readonly readSha256: () => Promise<string>;
  /** The program's path inside the archive, when the file is a .tar.gz. */
  readonly member?: string;
}

const checksumTimeoutMs = 5_000;
const downloadTimeoutMs = 600_000;
const releaseArch = arch === 'x64' ? 'amd64' : arch;

async function fetchText(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(checksumTimeoutMs) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.text();
}

function requireSha256(text: string | undefined, from: string): string {
  const sha256 = /^(?:sha256:)?([0-9a-f]{64})$/.exec((text ?? '').trim())?.[1];
  if (sha256 === undefined) throw new Error(`no SHA-256 found in ${from}`);
  return sha256;
}

/**
 * The checksums are those that each project publishes today beside its files, not values committed here: they protect
 * against a broken or mixed-up download, and the projects' own hosts are trusted for the rest. The build from source
 * is stricter: go.sum is committed.
 */
export function releaseOf(tool: GoTool): Release {
  switch (tool) {
    case 'kubectl':
    case 'kube-apiserver':
    case 'kube-controller-manager':
    case 'kube-scheduler': {
      const url = `https://dl.k8s.io/release/v${kubernetesVersion}/bin/linux/${releaseArch}/${tool}`;
      return { url, readSha256: async () => requireSha256(await fetchText(`${url}.sha256`), `${url}.sha256`) };
    }
    case 'kwok':
    case 'kwokctl': {
      // kwok publishes no checksum file; GitHub states the digest of every release asset.
      const file = `${tool}-linux-${releaseArch}`;
      const assets = `https://api.github.com/repos/kubernetes-sigs/kwok/releases/tags/v${kwokVersion}`;
      return {
        url: `https://github.com/kubernetes-sigs/kwok/releases/download/v${kwokVersion}/${file}`,
        readSha256: async () => {
          const release = JSON.parse(await fetchText(assets)) as { assets: { name: string; digest?: string }[] };
          return requireSha256(release.assets.find(asset => asset.name === file)?.digest, assets);
        },
      };
    }
    case 'etcd': {
      const folder = `etcd-v${etcdVersion}-linux-${releaseArch}`;
      const base = `https://github.com/etcd-io/etcd/releases/download/v${etcdVersion}`;
      return {
        url: `${base}/${folder}.tar.gz`,
        member: `${folder}/etcd`,
        readSha256: async () => {
          const line = (await fetchText(`${base}/SHA256SUMS`))
            .split('\n')
            .find(each => each.endsWith(`${folder}.tar.gz`));
          return requireSha256(line?.split(' ')[0], `${base}/SHA256SUMS`);
        },
      };
    }
  }
}

async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/**
 * Downloads a release, compares its SHA-256 and puts the program at `target` in one step.
 * @throws Error when a host cannot be reached, answers other than 200, or the checksum differs; nothing is left then.
 */
export async function downloadRelease(release: Release, target: string): Promise<void> {
  const expected = await release.readSha256();
  const folder = await mkdtemp(join(dirname(target), '.download-'));
  try {
    const file = join(folder, 'file');
    const response = await fetch(release.url, { signal: AbortSignal.timeout(downloadTimeoutMs) });
    if (!response.ok || response.body === null) throw new Error(`${release.url} answered ${response.status}`);
    await pipeline(Readable.fromWeb(response.body as ReadableStream<Uint8Array>), createWriteStream(file));
    const found = await hashFile(file);
    if (found !== expected) throw new Error(`${release.url} has SHA-256 ${found}, published is ${expected}`);
    if (release.member !== undefined) await runTool('tar', ['-xzf', file, '-C', folder, release.member]);
    const program = release.member === undefined ? file : join(folder, release.member);
    await chmod(program, 0o755);
    await rename(program, target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
