import type { Az } from '../azure/az.js';
import { drainShortage } from '../azure/capacity.js';
import { joinProblems, planOutlivesLogin, preflightAzure } from '../azure/preflight-checks.js';
import type { AzureTarget } from '../azure/spec.js';
import type { E2eRequest, PreflightRequest } from '../inputs/request.js';
import { budgetMs } from '../inputs/time-budget.js';
import { explainSkew, readKubectlVersion, waitForApi } from '../kubernetes/kubectl-version.js';
import { parseCpuMillicores } from '../kubernetes/quantity.js';
import { firstSecretNames } from '../migratorydata/secret-plan.js';
import type { Deployment } from '../migratorydata/spec.js';
import { ownerOf } from '../step-context/azure-session.js';
import { connectCluster } from '../step-context/connection.js';
import type { Context } from '../step-context/context.js';
import { buildManifests } from '../step-context/manifests.js';

/** How long an API server that is said to run may take to answer, in milliseconds. */
const apiTimeoutMs = 30_000;

/**
 * Looks at all that the operation depends on and changes nothing: patches and tools; login, rights, quota, sizes and
 * names for Azure; reachability and rights for a cluster that is there.
 * @throws ActionError with every problem found, at once.
 */
export async function preflight(
  context: Context,
  az: Az | undefined,
  request: PreflightRequest | E2eRequest,
): Promise<void> {
  await context.journal.phase('preflight', 'Check tools, rights and limits', async note => {
    const kubectl = await readKubectlVersion(context.ports.runner, context.signal);
    if (kubectl !== undefined) note(`kubectl ${kubectl.text}`);
    const { target, deployment } = request;
    await checkPatches(context, deployment, note);
    if (target.kind === 'kubeconfig') {
      const server = await connectCluster(context, { target, az }, ({ api }) => waitForApi(api, apiTimeoutMs));
      note(`The API server answers; it runs ${server.text}.`);
      const skew = explainSkew(kubectl, server);
      if (skew !== undefined) context.journal.warn(skew);
      return;
    }
    if (az === undefined) throw new Error('a target on AKS comes with az');
    await checkAzure(context, az, request, target, note);
  });
}

/** Patches that do not fit must show before there is a cluster to deploy to. */
async function checkPatches(context: Context, deployment: Deployment, note: (text: string) => void): Promise<void> {
  const { patches, replicas } = deployment;
  if (patches === '') return;
  await buildManifests(context, { deployment, replicas, secretNames: firstSecretNames(deployment) });
  note(`The patches in ${patches} fit the manifests.`);
}

async function checkAzure(
  context: Context,
  az: Az,
  request: PreflightRequest | E2eRequest,
  target: AzureTarget,
  note: (text: string) => void,
): Promise<void> {
  const { cluster: spec, deployment } = request;
  const { existingCluster } = spec;
  // Nothing is created here, so there is no creation to recognize.
  const claim = { existingCluster, owner: ownerOf(context, request.general), creationId: '' };
  const found = await preflightAzure(az, target, spec, claim);
  for (const text of found.notes) note(text);
  for (const text of found.warnings) context.journal.warn(text);
  const [size] = found.sizes;
  const cpuMillicores = parseCpuMillicores(deployment.cpuRequest);
  const shortage = size && drainShortage(size.vcpus, spec.maxNodes, deployment.replicas, cpuMillicores);
  if (shortage !== undefined) context.journal.warn(shortage);
  const tearsDown = request.operation === 'e2e' && request.teardown.policy !== 'never';
  const outlived = planOutlivesLogin(budgetMs(request), target.login !== undefined, tearsDown);
  const problem = joinProblems([...found.problems, ...(outlived ? [outlived] : [])]);
  if (problem) throw problem;
}
