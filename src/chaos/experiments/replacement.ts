import type { Pod } from '../../kubernetes/api/types.js';
import { readyEndpointsOf, slicesOf } from '../../kubernetes/endpoint-slices.js';
import { waitUntil } from '../../kubernetes/informer/wait-until.js';
import { describeHolders } from '../../kubernetes/pods.js';
import type { ExperimentContext } from '../experiment-context.js';

/** How long the endpoints may take to follow their pods, in milliseconds. */
const followMs = 10_000;

/**
 * Returns which former members, by UID, still exist as pods or behind the client Service a short time after their
 * removal; undefined if none does.
 */
export async function describeRemaining(
  { api, members, serviceName }: ExperimentContext,
  uids: readonly string[],
): Promise<string | undefined> {
  const { namespace, labels } = members;
  let pods: readonly Pod[] = [];
  const gone = await waitUntil(
    api,
    [{ kind: 'Pod', namespace, labels }, slicesOf(members, serviceName)],
    observation => {
      pods = observation.all('Pod').filter(({ metadata }) => uids.includes(metadata.uid ?? ''));
      return (
        pods.length === 0 &&
        !observation
          .all('EndpointSlice')
          .flatMap(readyEndpointsOf)
          .some(uid => uids.includes(uid))
      );
    },
    followMs,
  );
  if (gone) return undefined;
  const names = pods.map(pod => pod.metadata.name + describeHolders(pod)).join(', ');
  return names === ''
    ? `The Service ${serviceName} still has an endpoint of a removed member.`
    : `Still present: ${names}.`;
}
