import { workActions } from '../azure/role-actions.js';
import { toActionError } from '../errors/action-error.js';
import type { StepRequest } from '../inputs/request.js';
import type { Note } from '../journal/journal.js';
import { access } from '../kubernetes/api/access-rule.js';
import type { KubernetesApi } from '../kubernetes/api/api.js';
import type { Pod } from '../kubernetes/api/types.js';
import { waitForMembers } from '../kubernetes/rollout/rollout.js';
import { memberList } from '../migratorydata/membership.js';
import { containerName, deploymentNames, membersOf } from '../migratorydata/object-names.js';
import type { Deployment } from '../migratorydata/spec.js';
import { checkConnection, fetchWelcomePage } from '../migratorydata/welcome.js';
import type { ConnectedCluster } from '../step-context/connection.js';
import type { Context } from '../step-context/context.js';
import { deliverMessage, type DeliveryOptions } from '../step-context/delivery.js';
import { type Endpoint, findEndpoint, reportEndpoint } from '../step-context/endpoint.js';
import { type LiveDeployment, readLiveDeployment } from '../step-context/live-deployment.js';
import { checkMemberAnswers } from '../step-context/member-answers.js';
import { reportMembers, rolloutLimits, warnOfForeignPods } from '../step-context/members.js';
import { defineOperation, onCluster, type Phase } from './operation.js';
import { answersAccess, clientAccess } from './shared-permissions.js';
import { workPhase } from './shared-phases.js';

const attemptMs = 5_000;
const pauseMs = 1_000;
const dayMs = 86_400_000;
/** A certificate that ends earlier is a warning. */
const shortestDays = 14;
/** Many times the number of lines that the server writes at startup. */
const logLines = 500;

/**
 * Verifies a deployment from outside: members, both Services, the member list in the logs, an answer of each member, TCP,
 * the welcome page and, if the REST interface is enabled, a message through the cluster.
 * @throws ActionError the check that failed, with the evidence.
 */
export async function verify(context: Context, { api }: ConnectedCluster, options: DeliveryOptions): Promise<void> {
  await context.journal.phase('verify', 'Verify the deployment', async note => {
    const { verification, target } = options;
    const live = await readLiveDeployment(api, options.deployment);
    const { deployment, service, statefulSet } = live;
    const pods = await verifyMembers(context, api, { ...options, ...live }, note);
    await verifyFormation(context, api, deployment, pods, note);
    await checkMemberAnswers(context, api, { namespace: deployment.namespace, statefulSet, pods }, note);
    const endpoint = await findEndpoint(context, api, { target, deployment, service }, verification.timeoutMs, note);
    const answering = await verifyResponses(context, endpoint, options, note);
    await deliverMessage(context, api, deployment, answering, note);
  });
}

async function verifyMembers(
  context: Context,
  api: KubernetesApi,
  { statefulSet, deployment, verification, target }: DeliveryOptions & LiveDeployment,
  note: Note,
): Promise<readonly Pod[]> {
  const { namespace } = deployment;
  const replicas = statefulSet.spec.replicas ?? 1;
  const limits = {
    ...rolloutLimits(context, target, verification.timeoutMs, note),
    onForeign: (foreign: readonly Pod[]) => {
      warnOfForeignPods(context, foreign);
    },
  };
  const pods = await waitForMembers(api, { members: membersOf(deployment), replicas }, limits);
  reportMembers(context, pods, deployment);
  const nodes = new Set(pods.map(({ spec }) => spec.nodeName));
  note(`${pods.length} of ${replicas} members are Ready, on ${nodes.size} nodes.`);
  const name = deploymentNames(deployment.name).headlessService;
  await api.get('Service', { namespace, name }, `find Service ${name}`);
  return pods;
}

/**
 * Ready members do not prove that they form one cluster, because readiness only means an open port. Members log their
 * member list at startup; a member whose log does not show the list is reported.
 */
async function verifyFormation(
  { journal }: Context,
  api: KubernetesApi,
  deployment: Deployment,
  pods: readonly Pod[],
  note: Note,
): Promise<void> {
  const list = memberList(deployment).join(',');
  const { namespace } = deployment;
  const unverified: string[] = [];
  await Promise.all(
    pods.map(async ({ metadata: { name } }) => {
      const log = await api.logs(
        { namespace, name },
        containerName,
        { tailLines: logLines },
        `read the log of ${name}`,
      );
      if (!log.includes(list)) unverified.push(name);
    }),
  );
  if (unverified.length === 0)
    note(`All members were started with the same list of ${deployment.maxReplicas} members.`);
  else if (deployment.rest) note(`The log of ${unverified.join(', ')} does not show the member list.`);
  else {
    journal.warn(
      `Cluster formation not verified: the log of ${unverified.sort().join(', ')} does not show the member list.`,
    );
  }
}

/**
 * Waits for a response, from each address in turn, and returns the endpoint with the address that responds. A new address
 * responds only after the probes of the load balancer have found the members.
 */
async function verifyResponses(
  context: Context,
  endpoint: Endpoint,
  { verification }: DeliveryOptions,
  note: Note,
): Promise<Endpoint> {
  const { clock } = context.ports;
  const deadlineMs = clock.now() + verification.timeoutMs;
  for (let attempt = 0; ; attempt += 1) {
    const url = endpoint.urls[attempt % endpoint.urls.length] ?? endpoint.url;
    try {
      if (endpoint.blindSpot === undefined) {
        const connectMs = await checkConnection(endpoint.network, url, attemptMs, context.signal);
        note(`TCP connection to ${url} in ${Math.round(connectMs)} ms.`);
      } else {
        note(`TCP is not verified: ${endpoint.blindSpot}.`);
      }
      const page = await fetchWelcomePage(endpoint.network, url, attemptMs, context.signal);
      note(`Welcome page "${page.title}" in ${Math.round(page.ms)} ms.`);
      if (page.certificateEnd !== undefined) reportCertificate(context, url, page.certificateEnd, note);
      return reportEndpoint(context, { ...endpoint, url });
    } catch (error) {
      context.signal.throwIfAborted();
      if (!toActionError(error).transient || clock.now() >= deadlineMs) throw error;
      await clock.sleep(pauseMs, context.signal);
    }
  }
}

/** Renewing a certificate needs a deployment, so the end is announced. */
function reportCertificate({ journal, ports }: Context, url: string, end: Date, note: Note): void {
  const days = Math.floor((end.getTime() - ports.clock.date().getTime()) / dayMs);
  const sentence = `The certificate of ${url} ends on ${end.toISOString().slice(0, 10)}, in ${days} days`;
  if (days >= shortestDays) note(`${sentence}.`);
  else journal.warn(`${sentence}: store a keystore with a new one in a new Secret, and deploy with it in tls-secret.`);
}

export function verifyPhase({ verification }: DeliveryOptions, name = 'verify'): Phase {
  return { name, limitMs: verification.timeoutMs, commands: () => [] };
}

export interface VerifyRequest extends StepRequest<'verify'>, DeliveryOptions {}

export const verifyOperation = defineOperation<VerifyRequest>({
  name: 'verify',
  permissions: {
    access: [...clientAccess, ...answersAccess, access('deployment', 'Pod/log', ['get'])],
    actions: workActions,
  },
  readRequest: ({ general, target, deployment, verification }) => ({
    operation: 'verify',
    general,
    target,
    deployment,
    verification,
  }),
  phases: request => [workPhase(request.target), verifyPhase(request)],
  run: (context, request) => onCluster(context, request, cluster => verify(context, cluster, request)),
});
