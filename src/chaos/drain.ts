import { cordon } from '../kubernetes/cordon.js';
import { drainMembers, drainOthers, explainRefusal } from '../kubernetes/drain.js';
import { waitForMembers } from '../kubernetes/rollout.js';
import { requestReplicas } from '../kubernetes/scaling.js';
import type { Pod } from '../kubernetes/types.js';
import type { ExperimentRecord } from '../report/model.js';
import type { Changes } from './putback.js';
import { putBack } from './putback.js';
import type { Found, Scene } from './scene.js';
import { lookAround, readAllowedDisruptions } from './scene.js';
import type { TargetNode } from './target.js';
import { chooseTarget, describeTarget } from './target.js';
import type { DrainPlan } from './when-blocked.js';
import { planDrain } from './when-blocked.js';

/** Above the pods' grace period of 60 s and the minute that a replacement takes to become Ready, in milliseconds. */
const othersTimeoutMs = 150_000;

/**
 * Drains one node as an upgrade would, and puts everything back: cordon, members off one at a time within the
 * disruption budget, then everything else, hold, uncordon. What a client sees meanwhile is not measured.
 * @throws ActionError `target-refused`, `disruption-blocked`, `drain-timeout`, `recovery-timeout`, and what fails a
 * rollout; the cluster is put back in each case.
 */
export async function drain(scene: Scene): Promise<ExperimentRecord> {
  const found = await lookAround(scene);
  const { isSeed, chaos, maxReplicas, note } = scene;
  const target = chooseTarget({ nodes: found.nodes, members: found.members, isSeed, wanted: chaos.targetNode });
  note(`Target: ${describeTarget(target)}.`);
  const plan = planDrain({
    mode: chaos.whenBlocked,
    allowedDisruptions: found.allowedDisruptions,
    replicas: found.replicas,
    maxReplicas,
  });
  return plan.kind === 'expect-blocked' ? expectRefusal(scene, found, target) : empty(scene, found, target, plan);
}

/** Empties the node, holds, and puts the cluster back. */
async function empty(scene: Scene, found: Found, target: TargetNode, plan: DrainPlan): Promise<ExperimentRecord> {
  const { api, members, limits, chaos, note } = scene;
  const { clock } = api;
  const changes: Changes = {};
  const recovery = { ...limits, timeoutMs: chaos.maxRecoveryMs, timeoutCode: 'recovery-timeout' } as const;
  try {
    await cordonTarget(scene, target, changes);
    await settleReplicas(scene, found, plan, changes);

    const startedMs = clock.now();
    const left = await removeMembers({ ...scene, limits: recovery }, target, plan);
    const recoveryMs = Math.round(clock.now() - startedMs);
    const others = await drainOthers(api, scene.runner, {
      access: scene.access,
      members,
      node: target.name,
      timeoutMs: othersTimeoutMs,
    });
    if (others.length > 0) note(`Also moved off the node: ${others.join(', ')}.`);
    const confirmed = await isEmptyAndCordoned(scene, target, left);
    note(`Holding for ${Math.round(chaos.holdMs / 1000)} s.`);
    await clock.sleep(chaos.holdMs, api.signal);

    return {
      name: 'drain',
      verdict: confirmed ? 'pass' : 'inconclusive',
      reason: confirmed
        ? `Node ${target.name} was drained; its members (${target.members.map(({ name }) => name).join(', ')}) were all Ready in other places after ${recoveryMs} ms. What clients saw was not measured.`
        : `Node ${target.name} did not stay cordoned and empty while it was held.`,
      facts: await factsOf(scene, found, target, { plan: plan.kind, recoveryMs, evicted: left.length }),
    };
  } finally {
    await putBack(scene, found, changes);
  }
}

/** Cordons the target and expects the budget to refuse an eviction, without trying one for real. */
async function expectRefusal(scene: Scene, found: Found, target: TargetNode): Promise<ExperimentRecord> {
  const { api, members, note } = scene;
  const changes: Changes = {};
  try {
    await cordonTarget(scene, target, changes);
    const victim = found.members.find(({ spec }) => spec.nodeName === target.name);
    const refusal = victim && (await explainRefusal(api, victim, members.namespace));
    if (refusal !== undefined) note(`The budget refuses: ${refusal}`);
    return {
      name: 'drain',
      verdict: refusal === undefined ? 'fail' : 'pass',
      reason:
        refusal === undefined
          ? `The eviction of ${victim?.metadata.name ?? 'a member'} would have been allowed, although it was expected to be blocked.`
          : `The eviction was refused as expected, and no member was touched: ${refusal}`,
      facts: await factsOf(scene, found, target, { plan: 'expect-blocked' }),
    };
  } finally {
    await putBack(scene, found, changes);
  }
}

async function cordonTarget({ api, guard }: Scene, target: TargetNode, changes: Changes): Promise<void> {
  changes.cordoned = { node: target.name, settle: guard.uncordon(target.name) };
  await cordon(api, target.name);
}

/**
 * Keeps the number of members as the experiment needs it: one more for a surge, and no autoscaler that changes it. A
 * scale-in does not ask the budget, so it must not happen meanwhile.
 */
async function settleReplicas(scene: Scene, found: Found, plan: DrainPlan, changes: Changes): Promise<void> {
  const { api, members, guard, limits, note } = scene;
  const replicas = plan.kind === 'surge' ? plan.replicas : found.replicas;
  if (plan.kind !== 'surge' && found.autoscaler === undefined) return;
  changes.scaled = {
    settle: [guard.replicas(found.replicas), ...(found.autoscaler ? [guard.autoscalerBounds(found.autoscaler)] : [])],
  };
  await requestReplicas(api, members, replicas);
  if (found.autoscaler) note(`Autoscaler ${found.autoscaler.name} is held at ${replicas} members.`);
  if (plan.kind !== 'surge') return;
  note(`The budget allows 0 disruptions with ${found.replicas} members: adding one first.`);
  await waitForMembers(api, { members, replicas, available: true }, limits);
}

/** Moves the members off the target; gives those that left. */
async function removeMembers(scene: Scene, target: TargetNode, plan: DrainPlan): Promise<readonly string[]> {
  const { api, members, limits, note } = scene;
  if (plan.kind !== 'bypass') {
    const evicted = await drainMembers(api, { members, node: target.name, limits, note });
    return evicted.map(uidOf);
  }
  for (const member of [...target.members].reverse()) {
    const key = { namespace: members.namespace, name: member.name };
    await api.remove('Pod', key, `delete ${member.name} without asking the budget`, { uid: member.uid });
    await waitForMembers(api, { members, gone: [member.uid] }, limits);
    note(`${member.name} was deleted and is Ready in another place.`);
  }
  return target.members.map(({ uid }) => uid);
}

/** The proof that the fault took place: the node takes no pods, and none of the members of before is left anywhere. */
async function isEmptyAndCordoned(
  { api, members }: Scene,
  target: TargetNode,
  left: readonly string[],
): Promise<boolean> {
  const { namespace, labels } = members;
  const [node, pods] = await Promise.all([
    api.find('Node', { name: target.name }, 'confirm that the node is cordoned'),
    api.list('Pod', { namespace, labels }, 'confirm that the members have left'),
  ]);
  const gone = pods.items.every(pod => !left.includes(uidOf(pod)) && pod.spec.nodeName !== target.name);
  return node?.spec.unschedulable === true && gone;
}

async function factsOf(
  { api, members, budgetName }: Scene,
  found: Found,
  target: TargetNode,
  more: ExperimentRecord['facts'],
): Promise<ExperimentRecord['facts']> {
  const after = await readAllowedDisruptions(api, members.namespace, budgetName);
  return {
    target: target.name,
    members: target.members.map(({ name }) => name).join(', '),
    seeds: target.members.filter(({ seed }) => seed).length,
    allowedDisruptionsBefore: found.allowedDisruptions ?? 'no budget',
    allowedDisruptionsDuring: after ?? 'no budget',
    ...more,
  };
}

function uidOf({ metadata }: Pod): string {
  return metadata.uid ?? '';
}
