import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { runTool } from '../tools/run.js';

/** An image of one layer, made of files of this machine. */
export interface ImageSpec {
  /** Without registry and tag, such as `busybox`; the image is `lab/NAME:1`. */
  readonly name: string;
  /** Files of this machine by their path in the image. */
  readonly files: Readonly<Record<string, string>>;
  /** Links in the image: the target by the path of the link. */
  readonly links?: Readonly<Record<string, string>>;
  readonly entrypoint: readonly string[];
}

/** Writes an image as an archive in the format that `ctr images import` reads (OCI image layout), as `NAME.tar`. */
export async function writeImage(folder: string, spec: ImageSpec): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), 'migratorydata-aks-image-'));
  try {
    const [root, layout] = [join(work, 'root'), join(work, 'layout')];
    const blobs = join(layout, 'blobs', 'sha256');
    await mkdir(blobs, { recursive: true });
    await fill(root, spec);
    const layer = join(work, 'layer.tar');
    await runTool('tar', [
      '--owner=0',
      '--group=0',
      '--numeric-owner',
      '--mtime=@0',
      '--sort=name',
      '-cf',
      layer,
      '-C',
      root,
      '.',
    ]);
    const digest = await hashOf(layer);
    await copyFile(layer, join(blobs, digest));
    const put = async (mediaType: string, value: object): Promise<object> => {
      const text = JSON.stringify(value);
      const sha256 = createHash('sha256').update(text).digest('hex');
      await writeFile(join(blobs, sha256), text);
      return { mediaType, digest: `sha256:${sha256}`, size: text.length };
    };
    const config = await put('application/vnd.oci.image.config.v1+json', {
      architecture: process.arch === 'x64' ? 'amd64' : process.arch,
      os: 'linux',
      config: { Entrypoint: spec.entrypoint, Env: ['PATH=/usr/bin:/bin'] },
      rootfs: { type: 'layers', diff_ids: [`sha256:${digest}`] },
    });
    const { size } = await stat(layer);
    const manifest = await put('application/vnd.oci.image.manifest.v1+json', {
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config,
      layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: `sha256:${digest}`, size }],
    });
    const named = {
      'io.containerd.image.name': `docker.io/lab/${spec.name}:1`,
      'org.opencontainers.image.ref.name': '1',
    };
    const index = { schemaVersion: 2, manifests: [{ ...manifest, annotations: named }] };
    await writeFile(join(layout, 'index.json'), JSON.stringify(index));
    await writeFile(join(layout, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
    await mkdir(folder, { recursive: true });
    await runTool('tar', ['-cf', join(folder, `${spec.name}.tar`), '-C', layout, '.']);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function fill(root: string, { files, links = {} }: ImageSpec): Promise<void> {
  for (const [path, source] of Object.entries(files)) {
    const target = join(root, path);
    await mkdir(join(target, '..'), { recursive: true });
    await copyFile(source, target);
    await chmod(target, 0o755);
  }
  for (const [path, target] of Object.entries(links)) await symlink(target, join(root, path));
}

async function hashOf(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
}
