import type { Pod } from '../../kubernetes/types.js';
import { readyIn, slicesOf } from '../endpoints.js';
import type { Scene } from '../scene.js';
import { seenWithin } from '../seen.js';

/** The endpoints follow their pods within moments. */
const followMs = 10_000;

/**
 * Says who of the members of before, named by UID, is still a pod or still behind the client Service, a moment after
 * they should be gone; undefined when nobody is.
 */
export async function whoStayed(
  { api, members, serviceName }: Scene,
  uids: readonly string[],
): Promise<string | undefined> {
  const { namespace, labels } = members;
  let pods: readonly Pod[] = [];
  const gone = await seenWithin(
    api,
    [{ kind: 'Pod', namespace, labels }, slicesOf(members, serviceName)],
    view => {
      pods = view.all('Pod').filter(({ metadata }) => uids.includes(metadata.uid ?? ''));
      return (
        pods.length === 0 &&
        !view
          .all('EndpointSlice')
          .flatMap(readyIn)
          .some(uid => uids.includes(uid))
      );
    },
    followMs,
  );
  if (gone) return undefined;
  const names = pods.map(({ metadata }) => metadata.name).join(', ');
  return names === '' ? `The Service ${serviceName} still leads to a member that is gone.` : `${names} did not leave.`;
}
