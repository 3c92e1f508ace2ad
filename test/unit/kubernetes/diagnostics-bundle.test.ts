import { describe, expect, it } from '@jest/globals';
import { collectBundle, withoutNoise } from '../../../src/kubernetes/diagnostics-bundle.js';
import { FakeCluster, refuse } from './fake-cluster.js';
import { eventOf, events, podOf, pods } from './samples.js';

const plain = { redact: (text: string): string => text, onSecret: (): void => undefined };

describe('collectBundle and withoutNoise', () => {
  it('include the keys of a Secret, but never its contents', () => {
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: 's',
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"data":"aHVudGVyMg=="}' },
      },
      data: { password: 'aHVudGVyMg==' },
      stringData: { password: 'hunter2' },
    };
    const shown = withoutNoise(secret);
    expect(shown).toMatchObject({ kind: 'Secret', metadata: { name: 's' }, keys: ['password'] });
    expect(JSON.stringify(shown)).not.toMatch(/aHVudGVyMg|hunter2/);
  });

  it('omit managed fields', () => {
    const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', managedFields: [{ manager: 'x' }] } };
    expect(withoutNoise(object)).toEqual({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' } });
  });

  it('lie in their folder, whatever a pod is called', async () => {
    await using cluster = await FakeCluster.start();
    cluster.scripts.push(({ path }, response) => {
      if (!path.endsWith('/pods')) return false;
      response.end(
        JSON.stringify({ items: [{ ...podOf(0, { containers: [{}] }), metadata: { name: '../../../tmp/x' } }] }),
      );
      return true;
    });
    const bundle = await collectBundle(cluster.api(), 'ns', plain);
    expect(bundle.filter(({ fileName }) => /^\.\.|\/\.\.\//.test(fileName))).toEqual([]);
    expect(bundle.at(-1)?.fileName).toBe('logs/.._.._.._tmp_x-migratorydata.log');
  });

  it('include the nodes of the pods, and the first of the others with the number of those left out', async () => {
    await using cluster = await FakeCluster.start();
    for (let index = 100; index < 200; index += 1) cluster.put('/api/v1/nodes', { metadata: { name: `n${index}` } });
    cluster.put(pods, podOf(0, { node: 'n190' }));
    const bundle = await collectBundle(cluster.api(), 'ns', plain);
    const text = bundle.find(({ fileName }) => fileName === 'node.yaml')?.text ?? '';
    const names = [...text.matchAll(/name: (n\d+)/g)].map(([, name]) => name);
    expect(names).toEqual(['n190', ...Array.from({ length: 50 }, (_, index) => `n${100 + index}`)]);
    expect(text).toContain('# 49 more nodes were not collected.');
  });

  it('include redacted objects, events and logs, and the reason if something cannot be read', async () => {
    await using cluster = await FakeCluster.start();
    cluster.put(pods, podOf(0, { containers: [{ restartCount: 1 }] }));
    cluster.put(events, eventOf('Pod', 'migratorydata-0', 'BackOff', 'with hunter2'));
    cluster.scripts.push(({ path, query }, response) => {
      if (path.endsWith('/nodes')) refuse(response, 403, 'Forbidden');
      else if (path.endsWith('/log') && query.get('previous') === 'true') refuse(response, 400, 'BadRequest');
      else if (path.endsWith('/log')) response.end('started with hunter2\n');
      else return false;
      return true;
    });
    cluster.put('/api/v1/namespaces/ns/secrets', { metadata: { name: 's' }, data: { password: 'aHVudGVyMg==' } });
    const hidden: string[] = [];
    const bundle = await collectBundle(cluster.api(), 'ns', {
      redact: text => hidden.reduce((rest, secret) => rest.replaceAll(secret, '***'), text),
      onSecret: ({ data }) => {
        hidden.push(Buffer.from(data?.['password'] ?? '', 'base64').toString());
      },
    });
    const textOf = (name: string): string => bundle.find(({ fileName }) => fileName === name)?.text ?? '';
    expect(textOf('pod.yaml')).toContain('name: migratorydata-0');
    expect(textOf('events.txt')).toContain('Pod/migratorydata-0');
    expect(textOf('events.txt')).toContain('with ***');
    expect(textOf('logs/migratorydata-0-migratorydata.log')).toBe('started with ***\n');
    expect(textOf('logs/migratorydata-0-migratorydata-previous.log')).toContain('Not collected: ');
    expect(textOf('node.yaml')).toContain('Not collected: ');
    expect(bundle.map(({ fileName }) => fileName)).toContain('secret.yaml');
  });
});
