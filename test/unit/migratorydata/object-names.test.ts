import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { deploymentName } from '../../../src/inputs/name-parsers.js';
import { isSelectedBy } from '../../../src/kubernetes/api/label-selector.js';
import type { KubernetesObject, Service, StatefulSet } from '../../../src/kubernetes/api/types.js';
import { isSeed, memberList } from '../../../src/migratorydata/membership.js';
import { deploymentNames, membersOf } from '../../../src/migratorydata/object-names.js';
import { isIdentifier } from '../../../src/runtime/identifiers.js';
import { problemsOf } from '../inputs/read.js';
import { deploymentWith, objectsOf, secrets } from './samples.js';

const longest = 'x'.repeat(52);
const names = fc.stringMatching(/^[a-z][a-z0-9-]{0,60}$/).filter(name => deploymentName(name).ok);

/** The selectors in the objects of a deployment, by object. */
function selectorsOf(objects: readonly KubernetesObject[]): ReadonlyMap<string, Readonly<Record<string, string>>> {
  const found = new Map<string, Readonly<Record<string, string>>>();
  for (const object of objects) {
    const { selector } = (object as Partial<Service & StatefulSet>).spec ?? {};
    const labels = selector && 'matchLabels' in selector ? selector.matchLabels : selector;
    if (labels) found.set(`${object.kind} ${object.metadata.name}`, labels as Readonly<Record<string, string>>);
  }
  return found;
}

function labelsOfMembers(objects: readonly KubernetesObject[]): Readonly<Record<string, string>> {
  const set = objects.find(({ kind }) => kind === 'StatefulSet') as StatefulSet;
  return set.spec.template.metadata?.labels ?? {};
}

describe('the name of a deployment', () => {
  it('is the beginning of all names, except that of the namespace', () => {
    const objects = objectsOf({ name: 'chat', secrets });
    expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
      'Namespace migratory',
      'Service chat-cs',
      'Service chat-hs',
      'PodDisruptionBudget chat-pdb',
      'StatefulSet chat',
      'HorizontalPodAutoscaler chat-autoscale',
    ]);
    // The product, its image, its container and the label of the action have the same names in any deployment.
    const others = JSON.stringify(objects).replaceAll(
      /"(?:app\.kubernetes\.io\/name":"migratorydata|name":"migratorydata)"|migratorydata\/server|migratorydata-aks|start-migratorydata/g,
      '',
    );
    expect(others).not.toContain('migratorydata');
    expect(others).toContain('chat-secrets-1');
  });

  it('decides where the members of a host name lie, and which are seeds', () => {
    const deployment = deploymentWith({ name: 'chat', maxReplicas: 2 });
    expect(memberList(deployment)).toEqual([
      'chat-0.chat-hs.migratory.svc.cluster.local:8801',
      'chat-1.chat-hs.migratory.svc.cluster.local:8801',
    ]);
    expect(['chat-0', 'migratorydata-0'].map(name => isSeed(name, deployment))).toEqual([true, false]);
  });

  it('gives two deployments no name in common, and selectors of their own members only', () => {
    fc.assert(
      fc.property(names, names, (one, other) => {
        fc.pre(one !== other);
        const [a, b] = [Object.values(deploymentNames(one)), Object.values(deploymentNames(other))];
        const kinds = [objectsOf({ name: one }), objectsOf({ name: other })] as const;
        const idsOf = (objects: readonly KubernetesObject[]): readonly string[] =>
          objects.slice(1).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
        expect(idsOf(kinds[0]).filter(id => idsOf(kinds[1]).includes(id))).toEqual([]);
        expect([a, b].every(list => new Set(list).size === list.length)).toBe(true);
        for (const matchLabels of selectorsOf(kinds[0]).values()) {
          expect(isSelectedBy({ matchLabels }, labelsOfMembers(kinds[0]))).toBe(true);
          expect(isSelectedBy({ matchLabels }, labelsOfMembers(kinds[1]))).toBe(false);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('gives the two Services different selectors, as the policies of AKS require', () => {
    const selectors = selectorsOf(objectsOf());
    expect([...selectors.keys()]).toEqual([
      'Service migratorydata-cs',
      'Service migratorydata-hs',
      'PodDisruptionBudget migratorydata-pdb',
      'StatefulSet migratorydata',
    ]);
    expect(selectors.get('Service migratorydata-cs')).not.toEqual(selectors.get('Service migratorydata-hs'));
  });

  it('is part of the selector of its pods, which kubectl understands as well', () => {
    expect(membersOf({ namespace: 'ns', name: 'chat' })).toEqual({
      namespace: 'ns',
      name: 'chat',
      labels: 'app.kubernetes.io/name=migratorydata,app.kubernetes.io/instance=chat',
    });
  });

  it('fits each name and each label value that Kubernetes derives from it', () => {
    expect(deploymentName(longest).ok).toBe(true);
    const { clientService, headlessService } = deploymentNames(longest);
    const [host = ''] =
      memberList(deploymentWith({ name: longest, maxReplicas: 100 }))
        .at(-1)
        ?.split('.') ?? [];
    // The hash of a revision has up to 10 characters.
    for (const label of [clientService, headlessService, host, `${longest}-${'f'.repeat(10)}`]) {
      expect([label, label.length <= 63]).toEqual([label, true]);
    }
    expect(problemsOf({ name: `${longest}x` })).toEqual([
      expect.stringContaining('name "' + longest + 'x": must have at most 52 characters, because Kubernetes appends'),
    ]);
  });

  it('is checked in the same way in an input and in a revert record', () => {
    fc.assert(
      fc.property(fc.oneof(names, fc.string({ maxLength: 60 }), fc.stringMatching(/^[a-z0-9.-]{1,55}$/)), text => {
        expect(isIdentifier('deployment name', text)).toBe(deploymentName(text).ok);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is refused with a domain that makes host names too long for DNS', () => {
    const domain = `${'d'.repeat(60)}.${'e'.repeat(60)}`;
    const given = { name: longest, namespace: 'n'.repeat(63), 'cluster-domain': domain, operation: 'render' };
    expect(problemsOf(given)).toEqual([
      expect.stringMatching(
        /^cluster-domain ".*": makes host names of members 300 characters long, and DNS allows 253/,
      ),
    ]);
    expect(problemsOf({ ...given, name: 'chat', namespace: 'n' })).toEqual([]);
  });
});
