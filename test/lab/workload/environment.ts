import type { Container, EnvVar, MemberPod } from './objects.js';

/** Returns the texts of a Secret or ConfigMap by name in the namespace of the pod; undefined when it does not exist. */
export interface References {
  secret(name: string): Promise<Readonly<Record<string, string>> | undefined>;
  configMap(name: string): Promise<Readonly<Record<string, string>> | undefined>;
  /** Returns the files of a volume that is a Secret; undefined when the Secret does not exist. */
  secretFiles(name: string): Promise<Readonly<Record<string, Buffer>> | undefined>;
}

/** A container that kubelet cannot start, with kubelet's reason and message. */
class ContainerConfigError extends Error {
  override readonly name = 'CreateContainerConfigError';
}

/**
 * Returns the environment that kubelet gives the container: entries in order, each of which may refer to earlier ones
 * by `$(NAME)`. https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
 * @throws ContainerConfigError when a Secret, ConfigMap or key is missing and not optional.
 */
export async function resolveEnvironment(
  pod: MemberPod,
  container: Container,
  references: References,
): Promise<ReadonlyMap<string, string>> {
  if (container.envFrom?.length) throw new ContainerConfigError('envFrom is not known to this kubelet');
  const environment = new Map<string, string>();
  for (const entry of container.env ?? []) {
    const value = entry.valueFrom
      ? await valueFrom(entry, entry.valueFrom, pod, references)
      : expandReferences(entry.value ?? '', environment);
    if (value !== undefined) environment.set(entry.name, value);
  }
  return environment;
}

/** Replaces `$(NAME)` by an earlier variable. An unknown one stays, and `$$` is one dollar sign. */
export function expandReferences(text: string, environment: ReadonlyMap<string, string>): string {
  return text.replace(/\$(?:\$|\(([^)]*)\))/g, (match, name: string | undefined) =>
    name === undefined ? '$' : (environment.get(name) ?? match),
  );
}

async function valueFrom(
  entry: EnvVar,
  source: NonNullable<EnvVar['valueFrom']>,
  pod: MemberPod,
  references: References,
): Promise<string | undefined> {
  if (source.fieldRef) return fieldOf(pod, source.fieldRef.fieldPath);
  const kind = source.secretKeyRef ? 'secret' : 'configmap';
  const reference = source.secretKeyRef ?? source.configMapKeyRef;
  if (!reference)
    throw new ContainerConfigError(`env ${entry.name}: this kind of valueFrom is not known to this kubelet`);
  const { name, key, optional } = reference;
  const data = await (kind === 'secret' ? references.secret(name) : references.configMap(name));
  const value = data?.[key];
  if (value !== undefined || optional === true) return value;
  const namespace = pod.metadata.namespace ?? '';
  throw new ContainerConfigError(
    data
      ? `couldn't find key ${key} in ${kind === 'secret' ? 'Secret' : 'ConfigMap'} ${namespace}/${name}`
      : `${kind} "${name}" not found`,
  );
}

function fieldOf(pod: MemberPod, path: string): string {
  const { metadata, spec, status } = pod;
  const subscript = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path);
  if (subscript) return metadata[subscript[1] as 'labels' | 'annotations']?.[subscript[2] ?? ''] ?? '';
  const fields: Readonly<Record<string, string | undefined>> = {
    'metadata.name': metadata.name,
    'metadata.namespace': metadata.namespace,
    'metadata.uid': metadata.uid,
    'spec.nodeName': spec.nodeName,
    'status.podIP': status.podIP,
  };
  if (!(path in fields)) throw new ContainerConfigError(`fieldRef ${path} is not known to this kubelet`);
  return fields[path] ?? '';
}
