import { ActionError } from '../errors/action-error.js';
import type { StatefulSet } from '../kubernetes/api/types.js';
import { clipName, toOneLine } from '../runtime/text.js';
import { annotationKey } from './object-names.js';
import type { Deployment } from './spec.js';

const key = annotationKey('config');

/** Returns the annotation of the StatefulSet that names the config file of the deployment; nothing without a file. */
export function configAnnotation({ config }: Pick<Deployment, 'config'>): {
  readonly annotations?: Readonly<Record<string, string>>;
} {
  if (config === undefined || config === 'none') return {};
  return { annotations: { [key]: `${config.path} sha256:${config.digest}` } };
}

/**
 * Refuses to update a deployment without the config file that it was made with: all that is only in the file would go
 * back to the defaults.
 * @throws ActionError `config-missing`.
 */
export function checkConfigNote(live: StatefulSet, { config }: Pick<Deployment, 'config'>): void {
  const noted = live.metadata.annotations?.[key];
  if (noted === undefined || config !== undefined) return;
  const name = clipName(toOneLine(noted), 200);
  throw new ActionError(
    'config-missing',
    `The deployment was made with the config file ${name}, and this step has none.`,
  );
}
