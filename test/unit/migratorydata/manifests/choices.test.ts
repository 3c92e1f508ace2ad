import { describe, expect, it } from '@jest/globals';
import { renderClientService } from '../../../../src/migratorydata/manifests/client-service.js';
import { renderDisruptionBudget } from '../../../../src/migratorydata/manifests/disruption-budget.js';
import { renderAutoscaler } from '../../../../src/migratorydata/manifests/horizontal-pod-autoscaler.js';
import type { Container, PodSpec, ServiceManifest } from '../../../../src/migratorydata/manifests/shapes.js';
import type { Deployment, Exposure } from '../../../../src/migratorydata/spec.js';
import { requestFor } from '../../inputs/read.js';
import { defaults, deploymentWith, secrets, statefulSetOf } from '../samples.js';

const service = (changes: Partial<Exposure>, ranges: readonly string[] = []): ServiceManifest =>
  renderClientService(defaults, { ...defaults.exposure, ...changes }, ranges);
const podOf = (changes: Partial<Deployment> = {}): PodSpec => statefulSetOf(changes).spec.template.spec;
const containerOf = (changes: Partial<Deployment> = {}): Partial<Container> => podOf(changes).containers[0] ?? {};
const idle = 'service.beta.kubernetes.io/azure-load-balancer-tcp-idle-timeout';

describe('renderClientService', () => {
  it('renders a load balancer that keeps idle connections for half an hour', () => {
    const { spec, metadata } = service({});
    expect(spec).toMatchObject({ type: 'LoadBalancer', externalTrafficPolicy: 'Local' });
    expect(spec.loadBalancerSourceRanges).toBeUndefined();
    expect(metadata.annotations).toEqual({ [idle]: '30' });
  });

  it('uses the resolved ranges, not the word runner', () => {
    const { spec } = service({ sourceRanges: ['runner'] }, ['198.51.100.4/32']);
    expect(spec.loadBalancerSourceRanges).toEqual(['198.51.100.4/32']);
  });

  it('sets an internal address or a DNS label if requested', () => {
    expect(service({ serviceType: 'internal' }).metadata.annotations).toEqual({
      [idle]: '30',
      'service.beta.kubernetes.io/azure-load-balancer-internal': 'true',
    });
    expect(service({ dnsLabel: 'demo', idleTimeoutMinutes: 5 }).metadata.annotations).toEqual({
      [idle]: '5',
      'service.beta.kubernetes.io/azure-dns-label-name': 'demo',
    });
  });

  it.each([
    ['node-port', 'NodePort', 'Cluster'],
    ['cluster-ip', 'ClusterIP', undefined],
  ] as const)('renders type %s without settings of load balancers', (serviceType, type, trafficPolicy) => {
    const { exposure } = requestFor('render', { 'service-type': serviceType }).deployment;
    const { spec, metadata } = renderClientService(defaults, exposure, ['198.51.100.4/32']);
    expect(spec.type).toBe(type);
    expect(spec.externalTrafficPolicy).toBe(trafficPolicy);
    expect('externalTrafficPolicy' in spec).toBe(trafficPolicy !== undefined);
    expect(spec.loadBalancerSourceRanges).toBeUndefined();
    expect(metadata.annotations).toBeUndefined();
  });

  it('uses the requested client port', () => {
    expect(service({ clientPort: 8080 }).spec.ports).toEqual([
      { name: 'client-port', port: 8080, protocol: 'TCP', targetPort: 8800 },
    ]);
  });

  it('has further ports behind that for clients', () => {
    const servicePorts = [{ name: 'metrics', port: 9900, target: 9901 }];
    expect(service({ servicePorts }).spec.ports.map(({ name, targetPort }) => [name, targetPort])).toEqual([
      ['client-port', 8800],
      ['metrics', 9901],
    ]);
  });

  it('leads to the port with TLS only, if the members have a keystore', () => {
    expect(service({ clientPort: 443, tlsSecret: 'push-tls' }).spec.ports).toEqual([
      { name: 'client-port', port: 443, protocol: 'TCP', targetPort: 8443 },
    ]);
  });
});

describe('the disruption budget', () => {
  it('keeps the minimum number of members, or always allows one eviction', () => {
    const specOf = (changes: Partial<Deployment>): object => renderDisruptionBudget(deploymentWith(changes)).spec;
    expect(specOf({ minReplicas: 4 })).toMatchObject({ minAvailable: 4 });
    expect(specOf({ disruptionBudget: 'max-unavailable' })).toMatchObject({ maxUnavailable: 1 });
    expect(specOf({ disruptionBudget: 'max-unavailable' })).not.toHaveProperty('minAvailable');
  });
});

describe('the members', () => {
  it('have the requested number, not that of the deployment', () => {
    expect(statefulSetOf({ replicas: 3 }, { replicas: 5 }).spec.replicas).toBe(5);
  });

  it('can all be held back from an update', () => {
    expect(statefulSetOf({}, { partition: 3 }).spec.updateStrategy).toEqual({
      type: 'RollingUpdate',
      rollingUpdate: { partition: 3 },
    });
  });

  it('are spread across nodes if possible, or wait for a node', () => {
    expect(podOf().topologySpreadConstraints).toBeUndefined();
    expect(podOf({ podSpread: 'required' }).affinity).toBeUndefined();
    expect(podOf({ podSpread: 'required' }).topologySpreadConstraints?.[0]).toMatchObject({
      maxSkew: 1,
      topologyKey: 'kubernetes.io/hostname',
      whenUnsatisfiable: 'DoNotSchedule',
      nodeTaintsPolicy: 'Honor',
    });
  });

  it('get secrets by reference, before the options that use them', () => {
    const env = containerOf({ secrets }).env ?? [];
    expect(env.map(({ name }) => name)).toEqual([
      'POD_NAME',
      'SECRET_LICENSE_KEY',
      'SECRET_CLUSTER_PASSWORD',
      'SECRET_ENTITLEMENT_TOKEN',
      'MIGRATORYDATA_EXTRA_OPTS',
      'MIGRATORYDATA_GATEWAY_EXTRA_OPTS',
    ]);
    expect(env[2]?.valueFrom).toEqual({
      secretKeyRef: { name: 'migratorydata-cluster-password-1', key: 'cluster-password' },
    });
    expect(podOf({ secrets }).imagePullSecrets).toEqual([{ name: 'migratorydata-registry-1' }]);
  });

  it('get parameters from Secrets of others, before the options that use them', () => {
    const secretOpts = [{ parameter: 'signature.hmac.secret', secret: 'jwt', key: 'hmac' }];
    const env = containerOf({ secretOpts, extraOpts: '-DA=1' }).env ?? [];
    const [variable, options] = env.slice(3);
    expect(variable).toEqual({
      name: 'SECRET_OPT_SIGNATURE_HMAC_SECRET',
      valueFrom: { secretKeyRef: { name: 'jwt', key: 'hmac' } },
    });
    expect(options?.name).toBe('MIGRATORYDATA_EXTRA_OPTS');
    expect(options?.value).toContain(' -Dsignature.hmac.secret=$(SECRET_OPT_SIGNATURE_HMAC_SECRET) -DA=1');
  });

  it('get a keystore as a file and its password by reference, and are Ready when they serve TLS', () => {
    const exposure = { ...defaults.exposure, tlsSecret: 'push-tls' };
    const { volumes, containers } = podOf({ exposure });
    const [container] = containers;
    expect(volumes).toEqual([
      { name: 'tls', secret: { secretName: 'push-tls', items: [{ key: 'keystore', path: 'keystore' }] } },
    ]);
    expect(container?.volumeMounts).toEqual([{ name: 'tls', mountPath: '/migratorydata-tls', readOnly: true }]);
    expect(container?.env.find(({ name }) => name === 'SECRET_OPT_KEYSTOREPASSWORD')?.valueFrom).toEqual({
      secretKeyRef: { name: 'push-tls', key: 'password' },
    });
    const options = container?.env.at(-2)?.value;
    expect(options).toContain('-DListenEncrypted=*:8443 -DKeyStore=/migratorydata-tls/keystore');
    expect(options).toMatch(/ -DKeyStorePassword=\$\(SECRET_OPT_KEYSTOREPASSWORD\)$/);
    expect(container?.ports).toContainEqual({ name: 'tls-port', containerPort: 8443 });
    for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe'] as const) {
      expect(container?.[probe].tcpSocket?.port).toBe(8443);
    }
  });

  it('are alive if they serve their welcome page, if requested, with TLS or without', () => {
    const tlsSecret = 'push-tls';
    const probeOf = (exposure: Exposure): unknown => containerOf({ liveness: 'http', exposure }).livenessProbe;
    const common = { periodSeconds: 5, initialDelaySeconds: 10, failureThreshold: 6 };
    expect(probeOf(defaults.exposure)).toEqual({ httpGet: { path: '/', port: 8800, scheme: 'HTTP' }, ...common });
    expect(probeOf({ ...defaults.exposure, tlsSecret })).toEqual({
      httpGet: { path: '/', port: 8443, scheme: 'HTTPS' },
      ...common,
    });
  });

  it('do not run as root if they must be restricted', () => {
    expect(podOf({ podSecurity: 'restricted' }).securityContext).toEqual({ runAsNonRoot: true });
    expect(podOf()).not.toHaveProperty('securityContext');
  });

  it('get options of the Java virtual machine unchanged', () => {
    const env = containerOf({ javaExtraOpts: '-Xss512k -Da=$$' }).env;
    expect(env?.find(({ name }) => name === 'MIGRATORYDATA_JAVA_EXTRA_OPTS')?.value).toBe('-Xss512k -Da=$$$$');
  });

  it('pull an image again only if it may have changed', () => {
    expect(containerOf().imagePullPolicy).toBe('IfNotPresent');
    expect(containerOf({ image: 'migratorydata/server:latest' }).imagePullPolicy).toBe('Always');
  });

  it('replace the shell, which prints nothing, with the server', () => {
    const script = containerOf().command?.at(-1) ?? '';
    expect(script).toMatch(/^exec /);
    expect(script).not.toMatch(/set -x|echo/);
  });

  it.each([
    ['128MB', '256Mi', '512Mi'],
    ['8192MB', '8Gi', '16384Mi'],
    ['4096MB', '1Gi', '6144Mi'],
    ['128MB', '1.5Gi', '3072Mi'],
  ])('with memory %s and memory request %s are limited to %s', (memory, memoryRequest, limit) => {
    expect(containerOf({ memory, memoryRequest }).resources?.limits.memory).toBe(limit);
  });
});

describe('the autoscaler', () => {
  it('removes at most one member per minute, after the load was low for a while', () => {
    const { spec } = renderAutoscaler(defaults, { cpuPercent: 60 });
    expect(spec.behavior.scaleDown).toEqual({
      stabilizationWindowSeconds: 300,
      policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }],
    });
    expect(renderAutoscaler(defaults, { cpuPercent: 60 }, 0).spec.behavior.scaleDown.stabilizationWindowSeconds).toBe(
      0,
    );
  });

  it('stays between the minimum of the budget and the member list', () => {
    const { spec } = renderAutoscaler(deploymentWith({ minReplicas: 4, maxReplicas: 9 }), { cpuPercent: 60 });
    expect([spec.minReplicas, spec.maxReplicas]).toEqual([4, 9]);
  });
});
