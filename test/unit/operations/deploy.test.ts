import { describe, expect, it } from '@jest/globals';
import { deploymentLabels } from '../../../src/migratorydata/object-names.js';
import { type Json, refuse, reply } from '../kubernetes/fake-cluster.js';
import { pods, statefulSets } from '../kubernetes/samples.js';
import { namespaces, onKubeconfig, OperationBench } from './support.js';

const services = '/api/v1/namespaces/ns/services';
const secretPath = '/api/v1/namespaces/ns/secrets';

const applied = [
  'PATCH namespaces/ns',
  'POST secrets',
  'POST secrets',
  'PATCH services/migratorydata-cs',
  'PATCH services/migratorydata-hs',
  'PATCH poddisruptionbudgets/migratorydata-pdb',
  'PATCH statefulsets/migratorydata',
];
const inNamespace = applied.slice(1);
/** What a deployment that exists is applied with: its Secrets are kept. */
const again = applied.slice(3);
const locked = (steps: readonly string[]): readonly string[] =>
  ['POST leases', ...steps, 'DELETE leases/migratorydata-aks'].map(step => `${step} (lock)`);

describe('deploy', () => {
  it('applies the namespace first and the StatefulSet last, and has nothing to lock before that', async () => {
    await using bench = await OperationBench.start('deploy');
    expect(await bench.run('deploy')).toBeUndefined();
    expect(bench.steps).toEqual(applied);
    expect([bench.phases(), bench.left()]).toEqual([['deploy passed'], []]);
    expect(['changed', 'replicas', 'ready-members', 'namespace'].map(name => bench.output(name))).toEqual([
      true,
      3,
      3,
      'ns',
    ]);
  });

  it('applies the same again under the lock, except namespace and StatefulSet, and says that nothing has changed', async () => {
    await using bench = await OperationBench.onDeployment('deploy');
    expect(await bench.run('deploy')).toBeUndefined();
    expect(bench.steps).toEqual(locked(again.slice(0, -1)));
    expect(bench.output('changed')).toBe(false);
  });

  it('says that a Service has changed, although no member has', async () => {
    await using bench = await OperationBench.onDeployment('deploy');
    expect(await bench.run('deploy', { ...onKubeconfig, 'client-port': '8080' })).toBeUndefined();
    expect(bench.steps).toEqual(locked(again.slice(0, -1)));
    expect(bench.output('changed')).toBe(true);
  });

  /** Sets a CPU limit on all that is applied, as a policy of the cluster does; `dryRun` is its answer to a dry run. */
  const limitCpu = ({ cluster }: OperationBench, dryRun: 'supported' | 'refused'): void => {
    cluster.scripts.push(({ method, path, query, body, contentType }, response) => {
      if (!contentType.startsWith('application/apply-patch') || path !== `${statefulSets}/migratorydata`) return false;
      if (query.has('dryRun') && dryRun === 'refused') {
        const message = 'admission webhook "limits.example.com" does not support dry run';
        refuse(response, 400, 'BadRequest', { message });
        return true;
      }
      const sent = JSON.parse(body) as Json & {
        spec: { template: { spec: { containers: { resources: object }[] } } };
      };
      const { containers } = sent.spec.template.spec;
      for (const container of containers) container.resources = { limits: { cpu: '2', memory: '1Gi' } };
      const live = cluster.get(path);
      const object = { ...live, ...sent, metadata: { ...live?.metadata, ...sent.metadata } };
      reply(response, 200, query.has('dryRun') ? object : cluster.put(statefulSets, object));
      if (!query.has('dryRun')) cluster.react({ method, path, body: sent });
      return true;
    });
  };

  it('finds nothing changed when a webhook of the cluster sets resources', async () => {
    await using bench = await OperationBench.start('deploy');
    limitCpu(bench, 'supported');
    expect([await bench.run('deploy'), bench.output('changed')]).toEqual([undefined, true]);
    bench.steps.length = 0;
    expect([await bench.run('deploy'), bench.output('changed')]).toEqual([undefined, false]);
    expect(bench.steps).toEqual(locked(again.slice(0, -1)));
  });

  it('compares the manifest when that webhook does not support a dry run, and says so', async () => {
    await using bench = await OperationBench.onDeployment('deploy');
    limitCpu(bench, 'refused');
    expect([await bench.run('deploy'), bench.output('changed')]).toEqual([undefined, false]);
    expect(bench.context.journal.report.phases[0]?.notes.join()).toContain(
      'admission webhook "limits.example.com" does not support dry run. The manifest is compared',
    );
  });

  it('keeps the secrets that did not arrive, changes nothing, and says so', async () => {
    const inputs = { ...onKubeconfig, 'license-key': 'license-0123456789', 'cluster-password': 'password-0123456789' };
    await using bench = await OperationBench.onDeployment('deploy', inputs);
    expect(await bench.run('deploy')).toBeUndefined();
    expect([bench.steps, bench.output('changed')]).toEqual([locked(again.slice(0, -1)), false]);
    expect(bench.context.journal.report.warnings.join()).toContain(
      'that this step was not given: license-key (Secret migratorydata-secrets-1), cluster-password (Secret migratorydata-cluster-password-1). They are kept as they are.',
    );
    expect(bench.hidden).toEqual(expect.arrayContaining(['license-0123456789', 'password-0123456789']));
  });

  it('keeps the password and the token that it has generated, and masks them', async () => {
    await using bench = await OperationBench.onDeployment('deploy');
    const generated = (): readonly string[] =>
      [`${secretPath}/migratorydata-secrets-1`, `${secretPath}/migratorydata-cluster-password-1`].flatMap(path =>
        Object.values((bench.cluster.get(path)?.['data'] ?? {}) as Readonly<Record<string, string>>).map(value =>
          Buffer.from(value, 'base64').toString(),
        ),
      );
    const values = generated();
    expect(values).toEqual([expect.stringMatching(/^[\w-]{32}$/), expect.stringMatching(/^[\w-]{32}$/)]);
    expect(values[0]).not.toBe(values[1]);
    expect(bench.hidden).toEqual(expect.arrayContaining([...values]));
    expect(await bench.run('deploy')).toBeUndefined();
    expect([bench.steps, bench.output('changed')]).toEqual([locked(again.slice(0, -1)), false]);
    expect([generated(), bench.context.journal.report.warnings.join()]).toEqual([
      values,
      expect.not.stringContaining('Secret'),
    ]);
  });

  it.each([
    ['is gone', {}],
    ['has lost its key', { other: 'eA==' }],
  ])('refuses a new password where the Secret of the members %s, unless all may restart at once', async (_, data) => {
    await using bench = await OperationBench.onDeployment('deploy');
    const path = `${secretPath}/migratorydata-cluster-password-1`;
    const found = bench.cluster.get(path);
    bench.cluster.put(secretPath, { ...found, metadata: { name: '', ...found?.metadata }, data });
    const refused = await bench.run('deploy');
    expect(refused?.code).toBe('full-restart-needed');
    expect(refused?.message).toContain(
      'cluster-password (in Secret migratorydata-cluster-password-1, then in Secret migratorydata-cluster-password-2)',
    );
    expect(bench.context.journal.report.warnings.join()).toContain(
      'cannot be kept: cluster-password (Secret migratorydata-cluster-password-1)',
    );
    expect(bench.steps).toEqual(locked([]));
    expect(await bench.run('deploy', { ...onKubeconfig, 'allow-full-restart': 'true' })).toBeUndefined();
    expect(bench.steps).toContain('PATCH statefulsets/migratorydata/scale (lock)');
  });

  it('changes nothing where it must not read the Secrets', async () => {
    await using bench = await OperationBench.onDeployment('deploy');
    bench.cluster.scripts.unshift(({ path }, response) => {
      if (path !== secretPath) return false;
      refuse(response, 403, 'Forbidden');
      return true;
    });
    expect([(await bench.run('deploy'))?.code, bench.steps]).toEqual(['api-forbidden', locked([])]);
  });

  it('uses a namespace of somebody else, and does not put its label on it', async () => {
    await using bench = await OperationBench.start('deploy');
    bench.cluster.put(namespaces, { metadata: { name: 'ns' } });
    expect(await bench.run('deploy')).toBeUndefined();
    expect(bench.steps).toEqual(locked(inNamespace));
  });

  it('applies a namespace of ours again when an earlier deploy has set a label that is no longer wanted', async () => {
    await using bench = await OperationBench.onDeployment('deploy');
    const found = bench.cluster.get(`${namespaces}/ns`);
    const fieldsV1 = { 'f:metadata': { 'f:labels': { '.': {}, 'f:app.kubernetes.io/managed-by': {}, 'f:team': {} } } };
    const managedFields = [{ manager: 'migratorydata-aks', operation: 'Apply', fieldsV1 }];
    bench.cluster.put(namespaces, { ...found, metadata: { ...found?.metadata, name: 'ns', managedFields } });
    expect(await bench.run('deploy')).toBeUndefined();
    expect(bench.steps).toEqual(locked(['PATCH namespaces/ns', ...again.slice(0, -1)]));
  });

  it('refuses what is not its own, and names all of it', async () => {
    await using bench = await OperationBench.onDeployment('deploy');
    const set = bench.cluster.get(`${statefulSets}/migratorydata`);
    const annotations = { 'migratorydata-aks/repository': 'acme/other' };
    bench.cluster.put(statefulSets, { ...set, metadata: { ...set?.metadata, annotations } });
    const [label, ours] = [{ app: 'migratorydata' }, deploymentLabels('migratorydata')];
    const others = [
      {
        name: 'tutorial',
        spec: { selector: { matchLabels: label }, template: { metadata: { labels: label }, spec: {} } },
      },
      {
        name: 'copy',
        spec: { selector: { matchLabels: { copy: '1' } }, template: { metadata: { labels: ours }, spec: {} } },
      },
      {
        name: 'web',
        spec: { selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: {} }, spec: {} } },
      },
    ];
    for (const { name, spec } of others) bench.cluster.put(statefulSets, { metadata: { name, namespace: 'ns' }, spec });
    bench.cluster.put(services, { metadata: { name: 'migratorydata-hs', namespace: 'ns' }, spec: {} });
    const error = await bench.run('deploy');
    expect([error?.code, bench.steps]).toEqual(['deployment-not-ours', locked([])]);
    for (const text of [
      'StatefulSet migratorydata is of repository acme/other; to take it over, run kubectl annotate -n ns',
      'StatefulSet tutorial selects its pods by labels that the members of deployment migratorydata have, too',
      'the pods of StatefulSet copy have the labels by which the Services of deployment migratorydata select the members',
      'Service migratorydata-hs was not created by this action',
    ]) {
      expect(error?.message).toContain(text);
    }
    expect(error?.message).not.toContain('web');
  });

  it('refuses to change a selector, as that of a deployment of another version, and shows both', async () => {
    await using bench = await OperationBench.onDeployment('deploy');
    const set = bench.cluster.get(`${statefulSets}/migratorydata`);
    const spec = { ...(set?.['spec'] as object), selector: { matchLabels: { app: 'migratorydata' } } };
    bench.cluster.put(statefulSets, { ...set, metadata: { name: 'migratorydata', ...set?.metadata }, spec });
    const error = await bench.run('deploy');
    expect([error?.code, bench.steps]).toEqual(['immutable-field', locked([])]);
    expect(error?.message).toBe(
      'StatefulSet migratorydata exists, and Kubernetes does not allow changes of these fields: selector is ' +
        '{"matchLabels":{"app":"migratorydata"}} and would become {"matchLabels":{"app.kubernetes.io/name":"migratorydata",' +
        '"app.kubernetes.io/instance":"migratorydata"}}.',
    );
  });

  it('adds a deployment beside another one, whose objects stay as they are', async () => {
    await using bench = await OperationBench.onDeployment('deploy');
    const before = [statefulSets, services, pods].map(path => bench.cluster.list(path));
    expect(await bench.run('deploy', { ...onKubeconfig, name: 'chat' })).toBeUndefined();
    const objects = ['poddisruptionbudgets/chat-pdb', 'services/chat-cs', 'services/chat-hs', 'statefulsets/chat'];
    const written = ['POST secrets', 'POST secrets', ...objects.map(what => `PATCH ${what}`)];
    expect([...bench.steps].sort()).toEqual([...locked(written)].sort());
    const kept = [statefulSets, services, pods].map(path =>
      bench.cluster.list(path).filter(({ metadata }) => metadata.name.startsWith('migratorydata')),
    );
    expect(kept).toEqual(before);
    expect(bench.output('ready-members')).toBe(3);
  });

  it('updates a deployment that is of no repository yet, and of its own', async () => {
    await using bench = await OperationBench.onDeployment('deploy');
    const set = bench.cluster.get(`${statefulSets}/migratorydata`);
    expect(set?.metadata['annotations']).toMatchObject({ 'migratorydata-aks/repository': 'acme/shop' });
    bench.cluster.put(statefulSets, { ...set, metadata: { ...set?.metadata, annotations: {} } });
    expect(await bench.run('deploy')).toBeUndefined();
    expect(await bench.run('deploy')).toBeUndefined();
  });

  it.each([
    ['PATCH namespaces/ns', applied.slice(1)],
    ['PATCH services/migratorydata-cs', applied.slice(-1)],
    ['PATCH statefulsets/migratorydata', []],
  ])('passes on that %s was refused, and goes no further', async (step, later) => {
    await using bench = await OperationBench.start('deploy');
    bench.failAt(step);
    expect((await bench.run('deploy'))?.code).toBe('api-forbidden');
    expect(bench.steps).toContain(step);
    expect(bench.steps.filter(other => later.includes(other))).toEqual([]);
    // The namespace stays: the user has asked for a deployment, not for an e2e.
    expect([bench.phases(), bench.left(), bench.output('changed')]).toEqual([['deploy failed'], [], undefined]);
  });

  it('fails at the end of verify-timeout when no member comes, and gives the lock back', async () => {
    await using bench = await OperationBench.start('deploy');
    bench.cluster.put(namespaces, { metadata: { name: 'ns' } });
    bench.controlled = false;
    const error = await bench.run('deploy', { ...onKubeconfig, 'service-type': 'cluster-ip' });
    expect([error?.code, bench.clock.now()]).toEqual(['rollout-timeout', 60_000]);
    expect([bench.steps.at(-1), bench.left()]).toEqual(['DELETE leases/migratorydata-aks (lock)', []]);
    expect([bench.output('changed'), bench.output('ready-members')]).toEqual([undefined, undefined]);
  });

  it('ends a wait for members when the step is cancelled, and gives the lock back', async () => {
    await using bench = await OperationBench.start('deploy');
    bench.cluster.put(namespaces, { metadata: { name: 'ns' } });
    bench.controlled = false;
    bench.clock.at(7_000, bench.cancel);
    const error = await bench.run('deploy', { ...onKubeconfig, 'service-type': 'cluster-ip' });
    expect([error?.code, bench.clock.now(), bench.phases()]).toEqual(['cancelled', 7_000, ['deploy failed']]);
    expect([bench.steps.at(-1), bench.left()]).toEqual(['DELETE leases/migratorydata-aks (lock)', []]);
  });

  it('stops all members before the first new one, where the member list changes and that is permitted', async () => {
    await using bench = await OperationBench.onDeployment('deploy');
    const given = { ...onKubeconfig, 'max-replicas': '7' };
    const refused = await bench.run('deploy', given);
    expect([refused?.code, bench.steps]).toEqual(['full-restart-needed', locked([])]);
    bench.steps.length = 0;
    const error = await bench.run('deploy', { ...given, 'allow-full-restart': 'true' });
    expect([error, bench.output('changed')]).toEqual([undefined, true]);
    expect(bench.steps).toEqual(
      locked([...again.slice(0, -1), 'PATCH statefulsets/migratorydata/scale', ...again.slice(-1)]),
    );
  });
});

describe('render', () => {
  it('writes the manifests, and asks no cluster and starts no process', async () => {
    await using bench = await OperationBench.start('render');
    expect(await bench.run('render')).toBeUndefined();
    expect([...bench.files.texts.keys()].some(path => path.startsWith(String(bench.output('manifests'))))).toBe(true);
    expect([bench.phases(), bench.runner.commands, bench.cluster.received]).toEqual([['render passed'], [], []]);
  });

  it('passes on that a file cannot be written', async () => {
    await using bench = await OperationBench.start('render');
    bench.files.writeText = () => Promise.reject(new Error('ENOSPC: no space left on device'));
    expect((await bench.run('render'))?.message).toContain('ENOSPC');
    expect([bench.phases(), bench.output('manifests')]).toEqual([['render failed'], undefined]);
  });
});
