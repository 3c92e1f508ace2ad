import { experiments } from '../chaos/experiments/index.js';
import { unlicensedClients } from '../chaos/settings.js';
import type { Chaos } from '../chaos/spec.js';
import { ActionError } from '../errors/action-error.js';
import type { StatefulSet } from '../kubernetes/api/types.js';
import { optionsOf } from '../migratorydata/live-options.js';
import { secretOptions } from '../migratorydata/server-options.js';
import type { Deployment } from '../migratorydata/spec.js';

/**
 * Without REST, messages cannot be counted.
 * @throws ActionError `deployment-differs`.
 */
export function checkRest({ rest, namespace }: Deployment, { experiments: wanted, limits }: Chaos): void {
  const needing = [
    ...wanted.filter(name => experiments[name].needs.rest === true),
    ...(limits.maxLost > 0 ? ['max-lost'] : []),
  ];
  if (rest || needing.length === 0) return;
  const message = `The deployment in namespace ${namespace} has no REST interface, which ${needing.join(' and ')} needs.`;
  throw new ActionError('deployment-differs', message, { hint: 'Deploy with `rest` set to true first.' });
}

/**
 * Without a license of their own, the servers refuse connections, which the clients would need.
 * @throws ActionError `deployment-differs`.
 */
export function checkLicense(statefulSet: StatefulSet, { namespace }: Deployment, { clients }: Chaos): void {
  if (clients <= unlicensedClients || optionsOf(statefulSet).has(secretOptions.licenseKey.parameter)) return;
  const message = `The deployment in namespace ${namespace} has no license key, which more than ${unlicensedClients} clients need.`;
  const hint = `Deploy with \`license-key\` first, or set \`clients\` to ${unlicensedClients} or less.`;
  throw new ActionError('deployment-differs', message, { hint });
}
