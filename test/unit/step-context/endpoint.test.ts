import { describe, expect, it } from '@jest/globals';
import type { Node, Service } from '../../../src/kubernetes/api/types.js';
import { exposureOf } from '../../../src/migratorydata/manifests/client-service.js';
import { annotationKey, deploymentLabels } from '../../../src/migratorydata/object-names.js';
import { clientEndpointFor, type Endpoint, findEndpoint } from '../../../src/step-context/endpoint.js';
import { requestFor } from '../inputs/read.js';
import { podOf, pods, setOf, statefulSets } from '../kubernetes/samples.js';
import { nodes, onKubeconfig, OperationBench } from '../operations/support.js';

const services = '/api/v1/namespaces/ns/services';
const clientPort = { name: 'client-port', port: 8080, nodePort: 30081 };
type ServiceType = 'node-port' | 'public';

/** A cluster with the client Service, to whose client port a patch has added another port. */
async function startBench(
  spec: Partial<Service['spec']> = {},
  ingress: readonly { readonly ip?: string; readonly hostname?: string }[] = [],
): Promise<OperationBench> {
  const bench = await OperationBench.start('verify');
  const ports = [{ name: 'tls', port: 443, nodePort: 30080 }, clientPort];
  const metadata = { name: 'migratorydata-cs', namespace: 'ns' };
  bench.cluster.put(services, { metadata, spec: { ports, ...spec }, status: { loadBalancer: { ingress } } });
  return bench;
}

/** Only these hosts accept connections; returns the ports that were tried. */
function reach({ network }: OperationBench, ...hosts: readonly string[]): readonly string[] {
  const tried: string[] = [];
  network.connect = (host: string, port: number) => {
    tried.push(`${host} ${port}`);
    return hosts.includes(host) ? Promise.resolve(1) : Promise.reject(new Error('EHOSTUNREACH'));
  };
  return tried;
}

function find(bench: OperationBench, type: ServiceType, ready?: Promise<unknown>): Promise<Endpoint> {
  const given = { ...onKubeconfig, 'service-type': type };
  const service = bench.cluster.get(`${services}/migratorydata-cs`) as unknown as Service;
  const liveType = type === 'public' ? 'LoadBalancer' : 'NodePort';
  bench.cluster.put(services, { ...service, spec: { ...service.spec, type: liveType } });
  const { target, deployment } = requestFor<'deploy'>('deploy', given);
  const options = { target, deployment, ...(ready && { ready }) };
  return findEndpoint(bench.context, bench.cluster.api(), options, 1_000, () => undefined);
}

function nodeOf(name: string, addresses: readonly string[], more: Partial<Node['metadata']> = {}): Node {
  const status = {
    conditions: [{ type: 'Ready', status: 'True' } as const],
    addresses: addresses.map(address => ({ type: 'InternalIP', address })),
  };
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, ...more }, spec: {}, status };
}

describe('a load balancer', () => {
  it('with one address is not tried, and has the port with the name of the client port', async () => {
    await using bench = await startBench({}, [{}, { ip: '192.0.2.1' }]);
    const tried = reach(bench);
    expect((await find(bench, 'public')).url).toBe('http://192.0.2.1:8080');
    expect([tried, bench.output('external-ip'), bench.output('hostname')]).toEqual([[], '192.0.2.1', undefined]);
  });

  it('with several addresses is reached at the first one that accepts a connection', async () => {
    await using bench = await startBench({}, [{ ip: 'fd00::9' }, { hostname: 'lb.example', ip: '192.0.2.1' }]);
    const tried = reach(bench, '192.0.2.1', 'lb.example');
    const { url, urls } = await find(bench, 'public');
    expect(urls).toEqual(['http://192.0.2.1:8080', 'http://[fd00::9]:8080', 'http://lb.example:8080']);
    expect([url, ...['url', 'external-ip', 'hostname'].map(name => bench.output(name))]).toEqual([
      urls[0],
      urls[0],
      '192.0.2.1',
      'lb.example',
    ]);
    expect(tried).toEqual(['fd00::9 8080', '192.0.2.1 8080', 'lb.example 8080']);
  });

  it('without any that does keeps their order, because a new address may need a moment', async () => {
    await using bench = await startBench({}, [{ ip: 'fd00::9' }, { ip: '192.0.2.1' }]);
    reach(bench);
    expect((await find(bench, 'public')).url).toBe('http://[fd00::9]:8080');
  });

  it('whose Service has lost the name of the client port is refused, with the names of its ports', async () => {
    await using bench = await startBench({ ports: [{ name: 'tls', port: 443 }, { port: 80 }] }, [{ ip: '192.0.2.1' }]);
    await expect(find(bench, 'public')).rejects.toMatchObject({
      code: 'not-deployed',
      message: expect.stringContaining('no port named client-port; its ports are tls, 80') as unknown,
    });
  });

  it('is verified at each address in turn', async () => {
    const given = { ...onKubeconfig, 'service-type': 'public' };
    await using bench = await OperationBench.onDeployment('verify');
    const ingress = [{ ip: 'fd00::9' }, { ip: '192.0.2.1' }];
    const service = bench.cluster.get(`${services}/migratorydata-cs`) as unknown as Service;
    const spec = { ...service.spec, type: 'LoadBalancer' };
    bench.cluster.put(services, { ...service, spec, status: { loadBalancer: { ingress } } });
    // The load balancer sends connections to members only a moment after it has its address.
    let before = 1;
    bench.network.connect = host =>
      host === '192.0.2.1' && before-- <= 0 ? Promise.resolve(1) : Promise.reject(new Error('EHOSTUNREACH'));
    expect(await bench.run('verify', given)).toBeUndefined();
    expect(bench.output('url')).toBe('http://192.0.2.1');
  });
});

describe('exposureOf', () => {
  it('finds the client port by its name', async () => {
    await using bench = await startBench({ type: 'NodePort' });
    const { deployment } = requestFor<'deploy'>('deploy', onKubeconfig);
    const service = await bench.cluster.api().get('Service', { namespace: 'ns', name: 'migratorydata-cs' }, 'look');
    expect(exposureOf(service, deployment.exposure)).toMatchObject({ serviceType: 'node-port', clientPort: 8080 });
  });
});

describe('node ports', () => {
  const virtual = nodeOf('a', ['192.0.2.9'], { labels: { type: 'virtual-kubelet' } });
  const urlsOf = ({ url }: { readonly url: () => string }, count: number): readonly string[] =>
    Array.from({ length: count }, url).sort();

  it('are those of nodes that serve, by the name of the client port', async () => {
    await using bench = await startBench();
    bench.cluster.put(nodes, virtual);
    const { url, urls } = await find(bench, 'node-port');
    expect([url, urls]).toEqual(['http://10.0.0.2:30081', ['http://10.0.0.2:30081', 'http://10.0.0.3:30081']]);
  });

  it('are those of nodes with a Ready member under externalTrafficPolicy Local, once members are Ready', async () => {
    await using bench = await startBench({ externalTrafficPolicy: 'Local' });
    bench.cluster.put(statefulSets, setOf(3));
    const foreign = {
      ...podOf(2, { node: 'c' }),
      metadata: { name: 'web', labels: deploymentLabels('migratorydata') },
    };
    const starting = [podOf(0, { node: 'a', ready: false }), podOf(1, { node: 'b', ready: false })];
    for (const pod of [...starting, foreign]) bench.cluster.put(pods, pod);
    const ready = Promise.resolve().then(() => bench.cluster.put(pods, podOf(1, { node: 'b' })));
    expect((await find(bench, 'node-port', ready)).urls).toEqual(['http://10.0.0.2:30081']);
  });

  it('give way to the public URL that is noted on the Service', async () => {
    await using bench = await startBench();
    const service = bench.cluster.get(`${services}/migratorydata-cs`) as unknown as Service;
    const url = 'https://push.example.com';
    const metadata = { ...service.metadata, annotations: { [annotationKey('public-url')]: url } };
    bench.cluster.put(services, { ...service, metadata });
    const endpoint = await find(bench, 'node-port');
    expect([endpoint.urls, bench.output('url')]).toEqual([[url], url]);
    expect(urlsOf(clientEndpointFor(endpoint, undefined, [nodeOf('b', ['192.0.2.1'])], []), 2)).toEqual([url, url]);
  });

  it('are missing when no node can serve them, with what is needed', async () => {
    await using bench = await startBench({ externalTrafficPolicy: 'Local' });
    bench.cluster.put(statefulSets, setOf(3));
    await expect(find(bench, 'node-port')).rejects.toMatchObject({
      code: 'nodes-not-ready',
      message: expect.stringContaining('with externalTrafficPolicy Local, a Ready member') as unknown,
    });
  });

  it('are asked in turn at the version of IP that is reachable, on nodes that serve and are not targets', async () => {
    await using bench = await startBench();
    const serving = ['a', 'b', 'c', 'd'].map((name, index) => nodeOf(name, [`fd00::${index}`, `192.0.2.${index}`]));
    for (const node of serving) bench.cluster.put(nodes, node);
    reach(bench, '192.0.2.0', '192.0.2.1', '192.0.2.2');
    const endpoint = await find(bench, 'node-port');
    expect(endpoint.url).toBe('http://192.0.2.0:30081');
    const measured = clientEndpointFor(endpoint, undefined, [...serving, virtual], ['a', 'd']);
    const [b, c] = ['http://192.0.2.1:30081', 'http://192.0.2.2:30081'];
    expect(urlsOf(measured, 4)).toEqual([b, b, c, c]);
    expect(urlsOf(clientEndpointFor(endpoint, undefined, [virtual], []), 1)).toEqual([endpoint.url]);
  });
});
