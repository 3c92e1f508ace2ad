import { describe, expect, it } from '@jest/globals';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { errorOf, startSteps, type Inputs, type StepResult, type Steps } from './support/steps.js';
import { useLab } from './support/use-lab.js';

/** A kustomization of a user, which the kustomize of a real kubectl applies. Nothing is deployed. */
describe('patches in a kustomization', () => {
  let steps: Steps;

  /** Returns the inputs of a step with these files in a folder of its own. */
  const render = async (name: string, files: Inputs): Promise<Inputs> => {
    const folder = join(steps.folder, name);
    await mkdir(folder);
    await Promise.all(Object.entries(files).map(([file, text]) => writeFile(join(folder, file), text)));
    return { operation: 'render', patches: folder };
  };
  const manifest = async ({ reports }: StepResult, file: string): Promise<unknown> =>
    parse(await readFile(join(reports, 'manifests', file), 'utf8'));

  useLab(async lab => {
    steps = await startSteps(lab, 'renderer', { inputs: {} });
  });

  it('change the members and the autoscaler, as JSON patches and as others', async () => {
    const rendered = await steps.pass(
      await render('good', {
        'kustomization.yaml': `
          apiVersion: kustomize.config.k8s.io/v1alpha1
          kind: Component
          patches:
            - path: members.json
              target: { kind: StatefulSet }
            - path: pause.yaml
            - target: { kind: HorizontalPodAutoscaler }
              patch: |
                - { op: replace, path: /spec/behavior/scaleDown/stabilizationWindowSeconds, value: 600 }
          images: [{ name: migratorydata/server, newName: registry.example.com/push/server }]
          commonAnnotations: { owner: push }`,
        'members.json': JSON.stringify([
          { op: 'add', path: '/spec/template/spec/tolerations', value: [{ key: 'dedicated', operator: 'Exists' }] },
        ]),
        'pause.yaml': 'kind: StatefulSet\nmetadata: { name: migratorydata }\nspec: { minReadySeconds: 20 }\n',
      }),
    );
    expect(await manifest(rendered, '5-stateful-set.yaml')).toMatchObject({
      metadata: { annotations: { owner: 'push' } },
      spec: {
        minReadySeconds: 20,
        template: {
          spec: {
            tolerations: [{ key: 'dedicated', operator: 'Exists' }],
            containers: [{ image: 'registry.example.com/push/server:6.0.24' }],
          },
        },
      },
    });
    expect(await manifest(rendered, '6-autoscaler.yaml')).toMatchObject({
      spec: { behavior: { scaleDown: { stabilizationWindowSeconds: 600 } } },
    });
  });

  it('must leave what the action needs', async () => {
    const kustomization = `
      labels: [{ pairs: { app: another }, includeSelectors: true }]
      patches:
        - target: { kind: StatefulSet }
          patch: '[{ "op": "replace", "path": "/spec/replicas", "value": 1 }]'`;
    const { main } = await steps.fail(await render('replicas', { 'kustomization.yaml': kustomization }));
    expect(main.outputs['error-code']).toBe('patches-refused');
    expect(errorOf({ main })).toContain('spec.replicas is 1 instead of 3');
    expect(errorOf({ main })).toContain('Service migratorydata-hs: spec.selector is');
  });

  it('cannot name a target that does not exist, or other places', async () => {
    const patch = "'[{ op: remove, path: /spec }]'";
    const nobody = `patches: [{ target: { kind: Deployment }, patch: ${patch} }]`;
    const unmatched = await steps.fail(await render('nobody', { 'kustomization.yaml': nobody }));
    expect(errorOf(unmatched)).toContain('Deployment (patches[0] of');
    const remote = 'resources: [github.com/example/base]';
    const refused = await steps.fail(await render('remote', { 'kustomization.yaml': remote }));
    expect(errorOf(refused)).toContain('has the fields resources, which are not used');
  });
});
