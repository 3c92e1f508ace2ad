import { describe, expect, it } from '@jest/globals';
import type { ObjectMeta } from '../../../src/kubernetes/api/types.js';
import { reconcilerOf } from '../../../src/kubernetes/reconcilers.js';

const scaledObject = { kind: 'ScaledObject', name: 'web', uid: 'u', controller: true };
const flux = 'kustomize.toolkit.fluxcd.io';
const helm = { 'helm.toolkit.fluxcd.io/name': 'shop', 'helm.toolkit.fluxcd.io/namespace': 'flux-system' };
const argo = 'argocd.argoproj.io/tracking-id';

function reconciler(metadata: Partial<ObjectMeta>): ReturnType<typeof reconcilerOf> {
  return reconcilerOf({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'm', namespace: 'ns', ...metadata },
  });
}

describe('reconcilerOf', () => {
  it.each<[string, Partial<ObjectMeta>, string, boolean, string]>([
    [
      'the owner that KEDA sets, whatever labels its autoscaler has inherited',
      { ownerReferences: [scaledObject], labels: { [`${flux}/name`]: 'apps' } },
      'ScaledObject web of KEDA',
      true,
      'run `kubectl annotate -n ns scaledobject/web autoscaling.keda.sh/paused=true` before, and',
    ],
    [
      'the label of KEDA',
      { labels: { 'scaledobject.keda.sh/name': 'web' } },
      'ScaledObject web of KEDA',
      true,
      'scaledobject/web ',
    ],
    [
      'the label of a Kustomization',
      { labels: { [`${flux}/name`]: 'apps' } },
      'Kustomization apps of Flux',
      true,
      'run `kubectl annotate -n ns statefulset/m kustomize.toolkit.fluxcd.io/reconcile=disabled` before, and',
    ],
    [
      'the label of a HelmRelease',
      { labels: helm },
      'HelmRelease shop of Flux',
      false,
      'if drift correction is on, run `flux suspend helmrelease shop -n flux-system` before',
    ],
    [
      'the annotation of Argo CD',
      { annotations: { [argo]: 'shop:apps/StatefulSet:ns/m' } },
      'application shop of Argo CD',
      false,
      'if self-heal is on, run `argocd app set shop --self-heal=false` before',
    ],
  ])('knows %s', (_, metadata, name, always, pause) => {
    expect(reconciler(metadata)).toEqual({ name, always, pause: expect.stringContaining(pause) });
  });

  it.each<[string, Partial<ObjectMeta>]>([
    ['no marks', {}],
    ['the label of any release, which many tools set', { labels: { 'app.kubernetes.io/instance': 'shop' } }],
    ['another owner', { ownerReferences: [{ ...scaledObject, kind: 'Shop' }] }],
    ...['reconcile: disabled', 'reconcile: Disabled', 'ssa: Ignore', 'ssa: IfNotPresent'].map(
      (text): [string, Partial<ObjectMeta>] => {
        const [key = '', value = ''] = text.split(': ');
        return [
          `Flux and ${text}`,
          { labels: { [`${flux}/name`]: 'apps' }, annotations: { [`${flux}/${key}`]: value } },
        ];
      },
    ),
  ])('finds none with %s', (_, metadata) => {
    expect(reconciler(metadata)).toBeUndefined();
  });

  it('puts no text into a command that is not a name', () => {
    const name = 'web; rm -rf /';
    expect(reconciler({ ownerReferences: [{ ...scaledObject, name }] })?.pause).toContain('scaledobject/NAME ');
    expect(reconciler({ annotations: { [argo]: '$(id):x' } })?.pause).toContain('argocd app set NAME ');
  });
});
