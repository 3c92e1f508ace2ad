import { liveFacts } from '../migratorydata/live-facts.js';
import { memberList } from '../migratorydata/membership.js';
import type { Deployment } from '../migratorydata/spec.js';
import { readDeploymentSecrets } from './deployment-secrets.js';
import { readExposure } from './exposure-section.js';
import { deploymentName, dnsName, namespace } from './name-parsers.js';
import { worksOnLive } from './operation-inputs.js';
import { boolean, choice, duration, integer, line } from './parsers.js';
import { cpuQuantity, image, memoryQuantity, serverMemory } from './quantities.js';
import type { InputReader } from './reader.js';
import type { Operation } from './request.js';
import { javaOptions, readSecretOpts, serverOptionsText } from './server-parameters.js';

/** Most members: the member list of every server grows with it, and so does the traffic between them. */
const mostMembers = 100;
/** Most seed members: the server counts the first five of the list at most (clustering chapter of its documentation). */
const mostSeeds = 5;

/** The longest host name (RFC 1035, section 2.3.4, without the length of the first label and the final dot). */
const longestHost = 253;

/** Reads everything that the manifests are made of. */
export function readDeployment(inputs: InputReader, operation: Operation): Deployment {
  const memberPauseMs = inputs.optional('member-pause', duration('0s', '1h'));
  return {
    namespace: inputs.value('namespace', namespace),
    name: inputs.value('name', deploymentName),
    clusterDomain: inputs.value('cluster-domain', dnsName),
    image: inputs.value('image', image),
    replicas: inputs.value('replicas', integer(1, mostMembers)),
    minReplicas: inputs.value('min-replicas', integer(1, mostMembers)),
    maxReplicas: inputs.value('max-replicas', integer(1, mostMembers)),
    seedMembers: inputs.value('seed-members', integer(1, mostSeeds)),
    memory: inputs.value('memory', serverMemory),
    memoryRequest: inputs.value('memory-request', memoryQuantity),
    cpuRequest: inputs.value('cpu-request', cpuQuantity),
    extraOpts: inputs.optional('server-options', serverOptionsText) ?? '',
    secretOpts: readSecretOpts(inputs),
    javaExtraOpts: inputs.optional('java-extra-opts', javaOptions) ?? '',
    ...(memberPauseMs !== undefined && { memberPauseMs }),
    allowFullRestart: inputs.value('allow-full-restart', boolean),
    liveness: inputs.value('liveness', choice(['tcp', 'http'])),
    podSecurity: inputs.optional('pod-security', choice(['restricted'])) ?? '',
    podSpread: inputs.value('pod-spread', choice(['preferred', 'required'])),
    disruptionBudget: inputs.value('disruption-budget', choice(['min-available', 'max-unavailable'])),
    rest: inputs.value('rest', boolean),
    patches: inputs.optional('patches', line) ?? '',
    resources: inputs.optional('resources', line) ?? '',
    exposure: readExposure(inputs, operation),
    ...(worksOnLive(operation) && { given: liveFacts.filter(inputs.isGiven) }),
    secrets: readDeploymentSecrets(inputs),
  };
}

/** Reports host names of members that would be too long; only a long domain can make them so. */
export function checkHostNames({ problems, areValid, text }: InputReader, deployment: Deployment): void {
  if (!areValid('namespace', 'name', 'cluster-domain', 'max-replicas')) return;
  const [host = ''] = memberList(deployment).at(-1)?.split(':') ?? [];
  if (host.length <= longestHost) return;
  const rule = `makes host names of members ${host.length} characters long, and DNS allows ${longestHost}: ${host}`;
  const remedy = 'choose a shorter name or namespace';
  problems.add({ input: 'cluster-domain', value: text('cluster-domain'), rule, remedy });
}
