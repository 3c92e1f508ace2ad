import { readyEndpointsOf, slicesOf } from '../../kubernetes/endpoint-slices.js';
import type { Pod } from '../../kubernetes/types.js';
import { waitUntil } from '../../kubernetes/wait-until.js';
import type { ExperimentContext } from '../experiment-context.js';

/** The endpoints follow their pods within moments. */
const followMs = 10_000;

/**
 * Says who of the members of before, named by UID, is still a pod or still behind the client Service, a moment after
 * they should be gone; undefined when nobody is.
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
  const names = pods.map(({ metadata }) => metadata.name).join(', ');
  return names === '' ? `The Service ${serviceName} still leads to a member that is gone.` : `${names} did not leave.`;
}
