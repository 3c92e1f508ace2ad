import type { Az } from '../azure/az.js';
import { assertNever } from '../errors/assert-never.js';
import type { Request } from '../inputs/request.js';
import { openAz } from '../step-context/azure-session.js';
import { connectCluster, type ConnectedCluster } from '../step-context/connection.js';
import type { Context } from '../step-context/context.js';
import { underLock } from '../step-context/lock.js';
import { autoscale } from './autoscale.js';
import { runChaos } from './chaos.js';
import { collect } from './collect.js';
import { create } from './create.js';
import { deploy } from './deploy.js';
import { e2e } from './e2e.js';
import { preflight } from './preflight.js';
import { recover } from './recover.js';
import { render } from './render.js';
import { scale } from './scale.js';
import { sweep } from './sweep.js';
import { teardown } from './teardown.js';
import { verify } from './verify.js';

/** Runs the operation of a request. @throws ActionError what fails it. */
export async function runOperation(context: Context, request: Request): Promise<void> {
  if (request.operation === 'render') return render(context, request);
  const { target } = request;
  const az = target.kind === 'aks' ? openAz(context, target) : undefined;
  const open = (body: (cluster: ConnectedCluster) => Promise<void>): Promise<void> =>
    connectCluster(context, { target, az }, body);
  const openLocked = (
    { namespace }: { readonly namespace: string },
    body: (context: Context, cluster: ConnectedCluster) => Promise<void>,
  ): Promise<void> => open(cluster => underLock(context, cluster, { target, az, namespace }, body));
  switch (request.operation) {
    case 'preflight':
      return preflight(context, az, request);
    case 'create':
      return create(context, requireAz(az), request);
    case 'deploy':
      return openLocked(request.deployment, async (held, cluster) => {
        await deploy(held, cluster, { ...request, keepNamespace: true });
      });
    case 'verify':
      return open(cluster => verify(context, cluster, request));
    case 'scale':
      return openLocked(request.deployment, (held, cluster) => scale(held, cluster, request));
    case 'autoscale':
      return openLocked(request.deployment, (held, cluster) => autoscale(held, cluster, request));
    case 'chaos':
      return openLocked(request.deployment, (held, cluster) => runChaos(held, az, cluster, request));
    case 'recover':
      return open(cluster => recover(context, az, cluster, request));
    case 'collect':
      return collect(context, az, request);
    case 'teardown':
      return teardown(context, az, { ...request, foreign: 'refuse' });
    case 'sweep':
      return sweep(context, requireAz(az), request);
    case 'e2e':
      return e2e(context, az, request);
    default:
      return assertNever(request);
  }
}

/** Operations that only Azure has come with a target on AKS; the request's type says so. */
function requireAz(az: Az | undefined): Az {
  if (az === undefined) throw new Error('the operation needs az');
  return az;
}
