import { expect, it } from '@jest/globals';
import type { Pod } from '../../../src/kubernetes/api/types.js';
import type { LabApi } from '../api.js';
import { lookAgain } from './second-look.js';

function podOf(name: string, ready: boolean): Pod {
  const conditions = [{ type: 'Ready', status: ready ? 'True' : 'False' }] as const;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'ns' },
    spec: { containers: [] },
    status: { phase: 'Running', conditions },
  };
}

/** Returns an API whose pods become Ready after so many touches. */
function apiOf(pods: Pod[], touches: number): { readonly api: LabApi; readonly touched: string[] } {
  const touched: string[] = [];
  const api = {
    watch: (_: string, onEvent: (event: { readonly type: string; readonly object: Pod }) => void) => {
      for (const object of pods) onEvent({ type: 'ADDED', object });
      return Promise.resolve();
    },
    patch: (path: string) => {
      touched.push(path.split('/').at(-1) ?? '');
      if (touched.length >= touches)
        pods.splice(0, pods.length, ...pods.map(({ metadata }) => podOf(metadata.name, true)));
      return Promise.resolve({});
    },
  };
  return { api: api as unknown as LabApi, touched };
}

it('touches the pods that are not Ready until they are', async () => {
  const { api, touched } = apiOf([podOf('a', true), podOf('b', false)], 2);
  await lookAgain(api, 'n', () => true, 5);
  expect(touched).toEqual(['b', 'b']);
});

it('ends with the node, and after a limit in any case', async () => {
  const { api, touched } = apiOf([podOf('b', false)], 99);
  await lookAgain(api, 'n', () => touched.length < 2, 5);
  expect(touched).toHaveLength(2);
  await lookAgain(api, 'n', () => true, 5);
  expect(touched).toHaveLength(17);
});
