import { describe, expect, it } from '@jest/globals';
import { listClusters } from '../../../../src/azure/cluster/cluster-requests.js';
import { restartMachine } from '../../../../src/azure/machines/machine-requests.js';
import { asRecord, text } from '../../../../src/runtime/json.js';
import { labWith, machine, prints, rejection } from '../fixtures.js';
import { endpoint, subscriptionId } from '../scripted-azure.js';

const nameOf = (item: unknown): string => text(asRecord(item)['name']);
const next = `${endpoint}/subscriptions/${subscriptionId}/pages/2?api-version=2025-07-01&$skiptoken=abc%3D`;
const elsewhere = [
  'https://evil.example/subscriptions/x/pages/2',
  'https://management.azure.com.evil.example/pages/2',
  'https://management.azure.com@evil.example/pages/2',
  'https://management.azure.com:8443/pages/2',
  'http://management.azure.com/pages/2',
  '//evil.example/pages/2',
  '/subscriptions/x/pages/2',
];

describe('list', () => {
  it('reads all pages by their exact URLs, also after an empty one', async () => {
    const last = next.replace('pages/2', 'pages/3');
    const { azure, runner, calls } = labWith(script =>
      script
        .on('GET Microsoft.ContainerService/managedClusters', prints({ value: [{ name: 'a' }], nextLink: next }))
        .on('GET pages/2', prints({ value: [], nextLink: last }))
        .on('GET pages/3', prints({ value: [{ name: 'b' }, { name: 'c' }], nextLink: null })),
    );
    expect(await azure.list(listClusters(subscriptionId), nameOf)).toEqual(['a', 'b', 'c']);
    expect(runner.requests.slice(1).map(({ url }) => url)).toEqual([next, last]);
    expect(calls.map(({ why }) => why)).toEqual(Array(3).fill('list the clusters of the subscription'));
  });

  it('retries a page whose response is lost', async () => {
    const { azure, runner } = labWith(script =>
      script
        .on('GET Microsoft.ContainerService/managedClusters', prints({ value: [{ name: 'a' }], nextLink: next }))
        .on('GET pages/2', { lost: 'socket hang up' }, prints({ value: [{ name: 'b' }] })),
    );
    expect(await azure.list(listClusters(subscriptionId), nameOf)).toEqual(['a', 'b']);
    expect(runner.requests).toHaveLength(3);
  });

  it.each(elsewhere)('does not send the token to the next page %s', async nextLink => {
    const { azure, runner } = labWith(script => script.on('GET ', prints({ value: [], nextLink })));
    const error = await rejection(azure.list(listClusters(subscriptionId), nameOf));
    expect(error).toMatchObject({
      code: 'azure-failed',
      message: `Could not list the clusters of the subscription: Azure refers to "${nextLink}", which is not below ${endpoint}, so it was not requested.`,
    });
    expect(runner.requests).toHaveLength(1);
  });

  it('does not take a response without a list for an empty list', async () => {
    const { azure } = labWith(script => script.on('GET ', prints({})));
    expect(await rejection(azure.list(listClusters(subscriptionId), nameOf))).toMatchObject({ code: 'command-failed' });
  });
});

describe('a link of an operation', () => {
  it.each(['azure-asyncoperation', 'location'])('does not send the token to another host (%s)', async header => {
    for (const link of elsewhere) {
      const { azure, runner } = labWith(script => script.on('POST ', { status: 202, headers: { [header]: link } }));
      const error = await rejection(azure.complete(restartMachine(machine)));
      expect(error).toMatchObject({ code: 'azure-failed' });
      expect(runner.requests).toHaveLength(1);
    }
  });
});
