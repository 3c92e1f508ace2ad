import { createHash } from 'node:crypto';
import { chmod, copyFile, cp, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { runTool } from '../tools/run.js';

/** Images of one layer, made of files of this machine. */
export interface ImageSpec {
  /**
   * What distinguishes each image of these files, an environment, by its reference with registry and tag, such as
   * `docker.io/lab/busybox:1`.
   */
  readonly references: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** A repository, such as `docker.io/lab/busybox`, in which the first image also has a name by its digest. */
  readonly pinnedIn?: string;
  /** Programs of this machine, by their path in the image; the libraries that they load come with them. */
  readonly programs: Readonly<Record<string, string>>;
  /** Folders of this machine, by their path in the image. */
  readonly folders?: Readonly<Record<string, string>>;
  /** Scripts by their path. */
  readonly scripts?: Readonly<Record<string, string>>;
  /** Links in the image: the target by the path of the link. */
  readonly links?: Readonly<Record<string, string>>;
  readonly entrypoint?: readonly string[];
  readonly workingFolder?: string;
}

/** What the OCI image layout says of a blob. */
interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

const type = (name: string): string => `application/vnd.oci.image.${name}`;

/** Writes images as an archive that `ctr images import` reads (OCI image layout): `FILENAME.tar` in `folder`. */
export async function writeImage(folder: string, fileName: string, spec: ImageSpec): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), 'migratorydata-aks-image-'));
  try {
    const [root, layout, layer] = [join(work, 'root'), join(work, 'layout'), join(work, 'layer.tar')];
    const blobs = join(layout, 'blobs', 'sha256');
    await mkdir(blobs, { recursive: true });
    await fill(root, spec);
    await runTool('tar', ['--owner=0', '--group=0', '--numeric-owner', '-cf', layer, '-C', root, '.']);
    const digest = hashOf(await readFile(layer));
    await copyFile(layer, join(blobs, digest));
    const put = async (mediaType: string, value: object): Promise<Descriptor> => {
      const text = JSON.stringify(value);
      await writeFile(join(blobs, hashOf(text)), text);
      return { mediaType, digest: `sha256:${hashOf(text)}`, size: text.length };
    };
    const { entrypoint, workingFolder, pinnedIn } = spec;
    const { size } = await stat(layer);
    const manifests: object[] = [];
    for (const [reference, environment] of Object.entries(spec.references)) {
      const config = await put(type('config.v1+json'), {
        architecture: process.arch === 'x64' ? 'amd64' : process.arch,
        os: 'linux',
        config: {
          Env: Object.entries({ PATH: '/usr/bin:/bin', ...environment }).map(([key, value]) => `${key}=${value}`),
          ...(entrypoint && { Entrypoint: entrypoint }),
          ...(workingFolder !== undefined && { WorkingDir: workingFolder }),
        },
        rootfs: { type: 'layers', diff_ids: [`sha256:${digest}`] },
      });
      const manifest = await put(type('manifest.v1+json'), {
        ...{ schemaVersion: 2, mediaType: type('manifest.v1+json'), config },
        layers: [{ mediaType: type('layer.v1.tar'), digest: `sha256:${digest}`, size }],
      });
      const isFirst = manifests.length === 0;
      const pinned = pinnedIn !== undefined && isFirst ? [`${pinnedIn}@${manifest.digest}`] : [];
      for (const name of [reference, ...pinned]) {
        const annotations = { 'io.containerd.image.name': name, 'org.opencontainers.image.ref.name': '1' };
        manifests.push({ ...manifest, annotations });
      }
    }
    await writeFile(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
    await writeFile(join(layout, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
    await mkdir(folder, { recursive: true });
    await runTool('tar', ['-cf', join(folder, `${fileName}.tar`), '-C', layout, '.']);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function fill(root: string, { programs, folders = {}, scripts = {}, links = {} }: ImageSpec): Promise<void> {
  const place = async (path: string): Promise<string> => {
    const target = join(root, path);
    await mkdir(dirname(target), { recursive: true });
    return target;
  };
  const files = new Map(Object.entries(programs));
  for (const program of Object.values(programs))
    for (const library of await librariesOf(program)) files.set(library, library);
  for (const [path, source] of files) {
    const target = await place(path);
    await copyFile(source, target);
    await chmod(target, 0o755);
  }
  for (const [path, source] of Object.entries(folders)) await cp(source, await place(path), { recursive: true });
  for (const [path, text] of Object.entries(scripts)) await writeFile(await place(path), text, { mode: 0o755 });
  for (const [path, target] of Object.entries(links)) await symlink(target, await place(path));
}

/** Returns the libraries that a program loads, by their absolute paths; none for a static one. */
async function librariesOf(program: string): Promise<readonly string[]> {
  const said = await runTool('ldd', [program]).catch(() => '');
  return said.split('\n').flatMap(line => /(?:=> |^\s*)(\/\S+) \(0x/.exec(line)?.[1] ?? []);
}

function hashOf(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
