import { describe, expect, it } from '@jest/globals';
import { equivalentCommand, type Mutation } from '../../../../src/kubernetes/api/kubectl-equivalents.js';

const key = { namespace: 'ns', name: 'x' };
const object = { apiVersion: 'v1', kind: 'Secret', metadata: key, data: { password: 'aHVudGVyMg==' } };

describe('equivalentCommand', () => {
  it.each<[string, Mutation, string]>([
    [
      'an apply',
      { verb: 'apply', object, force: true },
      'kubectl apply --server-side --field-manager=migratorydata-aks --force-conflicts -n ns -f secret-x.yaml',
    ],
    ['a create', { verb: 'create', object }, 'kubectl create -n ns -f secret-x.yaml'],
    [
      'a cordon',
      {
        verb: 'patch',
        kind: 'Node',
        key: { name: 'n' },
        patch: { metadata: { annotations: {} }, spec: { unschedulable: true } },
      },
      'kubectl cordon n',
    ],
    [
      'an uncordon',
      { verb: 'patch', kind: 'Node', key: { name: 'n' }, patch: { spec: { unschedulable: null } } },
      'kubectl uncordon n',
    ],
    [
      'a patch',
      { verb: 'patch', kind: 'Service', key, patch: { a: "it's" } },
      `kubectl patch -n ns service/x --type=merge -p '{"a":"it'\\''s"}'`,
    ],
    ['a deletion', { verb: 'delete', kind: 'Pod', key }, 'kubectl delete -n ns pod/x'],
    [
      'a scaling',
      { verb: 'scale', kind: 'StatefulSet', key, replicas: 4 },
      'kubectl scale -n ns statefulset/x --replicas=4',
    ],
    [
      'an eviction',
      { verb: 'evict', path: '/p/eviction', eviction: { kind: 'Eviction' } },
      `echo '{"kind":"Eviction"}' | kubectl create --raw /p/eviction -f -`,
    ],
  ])('returns the command for %s', (_, mutation, command) => {
    expect(equivalentCommand(mutation)).toBe(command);
  });

  it('never contains the contents of a Secret', () => {
    const patch = { data: { password: 'aHVudGVyMg==' } };
    const all = [
      { verb: 'apply', object, force: false },
      { verb: 'create', object },
      { verb: 'patch', kind: 'Secret', key, patch },
    ];
    for (const mutation of all as Mutation[]) expect(equivalentCommand(mutation)).not.toContain('aHVudGVyMg');
  });
});
