import { checkOrder, checkScaleTo } from './bound-rules.js';
import { checkChaos } from './chaos-section.js';
import { checkExposure } from './exposure-section.js';
import { checkKubeconfig } from './kubeconfig-target.js';
import { checkNewCluster } from './new-cluster-rules.js';
import { checkLogin, checkProvider } from './provider-rules.js';
import type { InputReader } from './reader.js';
import type { Operation, Sections } from './request.js';

/** Which operations do what; a rule that no phase of the operation would break is not worth a refusal. */
const making: readonly Operation[] = ['preflight', 'create', 'e2e'];
const deleting: readonly Operation[] = ['create', 'e2e', 'teardown'];
const breaking: readonly Operation[] = ['chaos', 'e2e'];

/** Reports combinations of inputs that cannot work. Inputs with a problem of their own are not reported again. */
export function checkCombinations(inputs: InputReader, sections: Sections): void {
  checkOrder(inputs, ['seed-members', 'min-replicas', 'replicas', 'max-replicas']);
  checkOrder(inputs, ['min-nodes', 'node-count', 'max-nodes']);
  checkScaleTo(inputs, sections);
  checkProvider(inputs, sections);
  checkExposure(inputs, sections.deployment.exposure);
  checkTeardown(inputs, sections.operation);
  if (breaking.includes(sections.operation)) checkChaos(inputs, sections);
  if (sections.provider === 'kubeconfig') {
    checkKubeconfig(inputs, sections.kubeconfig);
  } else {
    checkLogin(inputs);
    if (making.includes(sections.operation)) checkNewCluster(inputs, sections);
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
      remedy: 'leave it at auto and run operation teardown',
    });
  }
}
