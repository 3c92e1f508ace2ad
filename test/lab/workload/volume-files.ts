import type { References } from './environment.js';
import type { Container, MemberPod } from './objects.js';

/**
 * Reads a file that a container finds in a volume of a Secret.
 * @throws Error when no volume has it, or the Secret or the key is missing, in kubelet's words.
 */
export async function readVolumeFile(
  { metadata, spec }: MemberPod,
  { volumeMounts = [] }: Container,
  path: string,
  references: References,
): Promise<Buffer> {
  const mount = volumeMounts.find(({ mountPath }) => path.startsWith(`${mountPath}/`));
  const secret = spec.volumes?.find(({ name }) => name === mount?.name)?.secret;
  if (mount === undefined || secret === undefined) throw new Error(`${path} is in no volume of a Secret`);
  const file = path.slice(mount.mountPath.length + 1);
  const key = secret.items === undefined ? file : secret.items.find(item => item.path === file)?.key;
  const files = await references.secretFiles(secret.secretName);
  if (files === undefined) {
    const object = `secret "${secret.secretName}" not found`;
    throw new Error(`MountVolume.SetUp failed for volume "${mount.name}" : ${object} (pod ${metadata.name})`);
  }
  const content = key === undefined ? undefined : files[key];
  if (content === undefined) throw new Error(`references non-existent secret key: ${key ?? file}`);
  return content;
}
