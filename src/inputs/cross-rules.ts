import type { RunFacts } from '../runtime/ports.js';
import { checkOrder, checkScaleTo } from './bound-rules.js';
import { checkChaos, checkClients } from './chaos-section.js';
import { checkHostNames } from './deployment-section.js';
import { checkExposure, checkServicePorts, checkTls } from './exposure-section.js';
import { checkKubeconfig } from './kubeconfig-target.js';
import { checkNewCluster } from './new-cluster-rules.js';
import { worksOnLive } from './operation-inputs.js';
import { checkLogin, checkProvider } from './provider-rules.js';
import type { InputReader } from './reader.js';
import type { Operation, Sections } from './request.js';
import { checkRequiredSecrets } from './required-secrets.js';

/** The operations by what they do. A rule is only checked for operations that could break it. */
const creating: readonly Operation[] = ['preflight', 'create', 'e2e'];
/** Preflight checks the login for a deletion at the end of what follows. */
const deleting: readonly Operation[] = ['preflight', 'create', 'e2e', 'teardown'];
const injecting: readonly Operation[] = ['chaos', 'e2e'];

/** Reports combinations of inputs that cannot work. Invalid inputs are not reported again. */
export function checkCombinations(inputs: InputReader, sections: Sections, run: RunFacts): void {
  const bounds = ['seed-members', 'min-replicas', 'replicas', 'max-replicas'];
  // The cluster knows the others.
  checkOrder(
    inputs,
    worksOnLive(sections.operation) ? bounds.filter(name => name !== 'replicas' && inputs.isGiven(name)) : bounds,
  );
  checkOrder(inputs, ['min-nodes', 'node-count', 'max-nodes']);
  checkScaleTo(inputs, sections);
  checkProvider(inputs, sections);
  checkHostNames(inputs, sections.deployment);
  checkExposure(inputs, sections.deployment.exposure);
  checkServicePorts(inputs, sections.deployment.exposure);
  if (!worksOnLive(sections.operation)) checkTls(inputs, sections.deployment.exposure);
  checkTeardown(inputs, sections.operation);
  checkRequiredSecrets(inputs);
  if (injecting.includes(sections.operation)) {
    checkChaos(inputs, sections);
    checkClients(inputs, sections, run);
  }
  if (sections.provider === 'kubeconfig') {
    // Rendering needs no cluster.
    if (sections.operation !== 'render') checkKubeconfig(inputs, sections.kubeconfig);
  } else {
    checkLogin(inputs);
    if (creating.includes(sections.operation)) checkNewCluster(inputs, sections);
  }
}

function checkTeardown({ problems, areValid, text }: InputReader, operation: Operation): void {
  const policy = text('teardown');
  if (!areValid('operation', 'teardown')) return;
  if (operation === 'teardown' && policy === 'never') {
    const remedy = 'remove it, or choose another operation';
    problems.add({ input: 'teardown', value: policy, rule: 'contradicts operation teardown', remedy });
  }
  if ((policy === 'always' || policy === 'on-success') && !deleting.includes(operation)) {
    problems.add({
      input: 'teardown',
      value: policy,
      rule: `operation ${operation} creates no cluster and deletes nothing`,
      remedy: 'set it to auto and run operation teardown',
    });
  }
}
