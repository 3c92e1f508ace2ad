import { ActionError } from '../../errors/action-error.js';
import type { KubernetesApi } from '../../kubernetes/api/api.js';
import { creationCommand, deletionCommand } from '../../kubernetes/api/kubectl-equivalents.js';
import type { KubernetesObject, Pod, Service, StatefulSet } from '../../kubernetes/api/types.js';
import { found, missing, observe } from '../../kubernetes/informer/observer.js';
import { containersOf, describePod } from '../../kubernetes/pods.js';
import { diagnose } from '../../kubernetes/rollout/diagnose.js';
import { gatherEvidence } from '../../kubernetes/rollout/evidence.js';
import { createFindingConfirmation } from '../../kubernetes/rollout/finding-confirmation.js';
import type { RolloutLimits } from '../../kubernetes/rollout/rollout.js';
import { liveTlsSecretOf } from '../../migratorydata/live-options.js';
import { clientPortOf } from '../../migratorydata/manifests/client-service.js';
import { probeLabels, probePodName } from '../../migratorydata/object-names.js';
import type { CommandStep } from '../../runtime/command-line.js';
import { ipVersionOf } from '../../runtime/ip-version.js';
import { followInsideProbe, type InsideProbe } from './inside-probe.js';
import { probeScript } from './probe-script.js';

/** How long the pod may take to run, with the pull of its image, and then to get its first answer, in milliseconds. */
const [runningMs, answerMs] = [120_000, 15_000] as const;

/** How much longer an experiment takes with a probe inside the cluster, at most, in milliseconds. */
export const probePodMs = runningMs + answerMs;

const container = 'probe';

interface ProbePodSettings {
  readonly namespace: string;
  readonly image: string;
  readonly service: Service;
  /** The StatefulSet of the members. */
  readonly statefulSet: StatefulSet;
  /** The nodes that the probe must not run on. */
  readonly targets: readonly string[];
  /** How long the pod may run if nobody deletes it, in milliseconds. */
  readonly lastsMs: number;
}

/** Returns the URL of the client Service inside the cluster. @throws ActionError `not-deployed` without a cluster address. */
function insideUrl(service: Service, statefulSet: StatefulSet): string {
  const { clusterIP = '' } = service.spec;
  const version = ipVersionOf(clusterIP);
  if (version === 0) {
    const message = `Service ${service.metadata.name} has no cluster address, which a probe inside the cluster needs.`;
    throw new ActionError('not-deployed', message, { hint: 'Leave `probe-image` empty.' });
  }
  const scheme = liveTlsSecretOf(statefulSet) === '' ? 'http' : 'https';
  return `${scheme}://${version === 6 ? `[${clusterIP}]` : clusterIP}:${clientPortOf(service).port}/`;
}

/**
 * Renders the probe pod: it can be pulled and scheduled as the members can, except on the targets. It has no rights, and
 * no owner, so that only its deletion and its deadline end it.
 */
export function renderProbePod(settings: ProbePodSettings): KubernetesObject & { readonly spec: object } {
  const { namespace, image, service, statefulSet, targets, lastsMs } = settings;
  const { imagePullSecrets, tolerations } = statefulSet.spec.template.spec;
  // A field selector of a node takes one value.
  const matchFields = targets.map(node => ({ key: 'metadata.name', operator: 'NotIn', values: [node] }));
  const nodeSelectorTerms = [{ matchFields }];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: probePodName, namespace, labels: probeLabels },
    spec: {
      restartPolicy: 'Never',
      activeDeadlineSeconds: Math.ceil(lastsMs / 1_000),
      terminationGracePeriodSeconds: 1,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      nodeSelector: { 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' },
      ...(targets.length > 0 && {
        affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } },
      }),
      ...(tolerations !== undefined && { tolerations }),
      ...(imagePullSecrets !== undefined && { imagePullSecrets }),
      // An image may name its user, which Kubernetes cannot tell from root.
      securityContext: {
        ...{ runAsNonRoot: true, runAsUser: 65_534, runAsGroup: 65_534 },
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [
        {
          name: container,
          image,
          imagePullPolicy: 'IfNotPresent',
          command: ['sh', '-c', probeScript],
          env: [{ name: 'URL', value: insideUrl(service, statefulSet) }],
          resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { cpu: '200m', memory: '64Mi' } },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
        },
      ],
    },
  };
}

/**
 * Starts the probe pod, which the revert record must have, and waits until it has got an answer.
 * @param changing the API for changes, which confirms that no other run has taken over.
 * @throws ActionError `probe-pod-failed`; the error of the creation.
 */
export async function startInsideProbe(
  api: KubernetesApi,
  changing: KubernetesApi,
  settings: Omit<ProbePodSettings, 'service'> & { readonly serviceName: string },
  limits: RolloutLimits,
): Promise<InsideProbe> {
  const { namespace, serviceName, targets } = settings;
  const service = await api.get('Service', { namespace, name: serviceName }, 'read the address inside the cluster');
  await changing.create(renderProbePod({ ...settings, service }), 'start the probe inside the cluster');
  const pod = await waitUntilRunning(api, namespace, limits);
  const node = pod.spec.nodeName ?? '';
  if (targets.includes(node)) throw await failed(api, `It runs on node ${node}, which is a target.`, pod, limits);
  const probe = followInsideProbe(api, { namespace, name: probePodName, node, container });
  if (await probe.hasAnswer(answerMs)) return probe;
  await probe.stop();
  const message = `It has got no answer from Service ${serviceName} within ${answerMs / 1_000} s.`;
  throw await failed(api, message, pod, limits);
}

async function waitUntilRunning(api: KubernetesApi, namespace: string, limits: RolloutLimits): Promise<Pod> {
  const observer = observe(api, [{ kind: 'Pod', namespace, fields: `metadata.name=${probePodName}` }]);
  const confirmation = createFindingConfirmation();
  try {
    const { pod, failure } = await observer.until<{ readonly pod: Pod | undefined; readonly failure?: string }>(
      observation => {
        const now = observation.find('Pod', probePodName);
        if (now === undefined) return found({ pod: now, failure: 'It was deleted.' });
        const [status] = containersOf(now);
        if (status?.state?.running !== undefined) return found({ pod: now });
        const { phase = '', reason = '', message = '' } = now.status;
        if (phase === 'Failed' || phase === 'Succeeded') {
          const { exitCode, reason: why = reason, message: text = message } = status?.state?.terminated ?? {};
          const code = exitCode === undefined ? '' : ` with exit code ${exitCode}`;
          return found({
            pod: now,
            failure: `It ended${code} (${[why, text].filter(part => part !== '').join(': ')}).`,
          });
        }
        const seen = { pods: [now], statefulSet: undefined, events: [], isNew: () => true };
        const findings = diagnose({ ...seen, autoscaled: limits.autoscaled });
        const { confirmed, recheckMs } = confirmation.examine(findings, api.clock.now());
        return confirmed === undefined
          ? missing(describePod(now), recheckMs)
          : found({ pod: now, failure: confirmed.message });
      },
      {
        timeoutMs: runningMs,
        onTimeout: (last, observation) =>
          failed(api, `After ${runningMs / 1_000} s ${last}.`, observation.find('Pod', probePodName), limits),
      },
    );
    if (pod === undefined || failure !== undefined) throw await failed(api, failure ?? '', pod, limits);
    return pod;
  } finally {
    observer.close();
  }
}

async function failed(
  api: KubernetesApi,
  what: string,
  pod: Pod | undefined,
  { redact }: RolloutLimits,
): Promise<ActionError> {
  const state = { pods: pod === undefined ? [] : [pod], statefulSet: undefined, events: [] };
  const { text } = await gatherEvidence(api, state, redact, probePodName);
  const message = `The probe pod ${probePodName} cannot be used. ${redact(what)} No fault was injected.`;
  return new ActionError('probe-pod-failed', message, { evidence: text });
}

/** The commands that start the probe pod and delete it, for a dry run. */
export function probePodCommands(namespace: string): readonly [CommandStep, CommandStep] {
  const metadata = { name: probePodName, namespace };
  return [
    creationCommand({ apiVersion: 'v1', kind: 'Pod', metadata }, 'start the probe inside the cluster'),
    deletionCommand('Pod', metadata, 'delete the probe pod'),
  ];
}
