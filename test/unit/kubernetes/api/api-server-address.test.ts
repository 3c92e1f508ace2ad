import { describe, expect, it } from '@jest/globals';
import { apiServerAddressOf } from '../../../../src/kubernetes/api/api-server-address.js';

const config = (cluster: string): string => `
clusters: [{ name: other, cluster: { server: 'https://other:1' } }, { name: c, cluster: { ${cluster} } }]
contexts: [{ name: second, context: { cluster: other } }, { name: first, context: { cluster: c } }]
current-context: first
`;

describe('the address of the API server in a kubeconfig', () => {
  it.each([
    ["server: 'https://aks-1.hcp.eastus.azmk8s.io:443'", { host: 'aks-1.hcp.eastus.azmk8s.io', port: 443 }],
    ['server: https://10.0.0.4', { host: '10.0.0.4', port: 443 }],
    ["server: 'http://127.0.0.1:8080'", { host: '127.0.0.1', port: 8080 }],
    ["server: 'https://[::1]:6443/k8s/clusters/c-1'", { host: '::1', port: 6443 }],
    ["server: 'https://aks-1', proxy-url: 'http://proxy:3128'", { host: 'proxy', port: 3128 }],
    ['server: 7', undefined],
    ['', undefined],
  ])('of {%s} is %j', (cluster, address) => {
    expect(apiServerAddressOf(config(cluster), '')).toEqual(address);
  });

  it('is that of the given context', () => {
    expect(apiServerAddressOf(config('server: https://a'), 'second')).toEqual({ host: 'other', port: 1 });
  });

  it.each(['', '- a', 'a: [', 'contexts: {}'])('is unknown in %j', text => {
    expect(apiServerAddressOf(text, '')).toBeUndefined();
  });
});
