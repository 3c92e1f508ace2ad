import { describe, expect, it } from '@jest/globals';
import {
  collectionPath,
  groupPath,
  objectPath,
  selectionQuery,
  withQuery,
} from '../../../../src/kubernetes/api/paths.js';

describe('paths of the API', () => {
  it.each([
    ['a namespaced object', objectPath('Pod', { namespace: 'ns', name: 'p' }), '/api/v1/namespaces/ns/pods/p'],
    ['a subresource', objectPath('Pod', { namespace: 'ns', name: 'p' }, 'log'), '/api/v1/namespaces/ns/pods/p/log'],
    [
      'an object of a group',
      objectPath('StatefulSet', { namespace: 'ns', name: 's' }),
      '/apis/apps/v1/namespaces/ns/statefulsets/s',
    ],
    [
      'a cluster-scoped object, ignoring the namespace',
      objectPath('Node', { namespace: 'ns', name: 'n' }),
      '/api/v1/nodes/n',
    ],
    ['all namespaces', collectionPath('Pod'), '/api/v1/pods'],
    ['pod metrics', collectionPath('PodMetrics', 'ns'), '/apis/metrics.k8s.io/v1beta1/namespaces/ns/pods'],
    ['the core group', groupPath('v1'), '/api/v1'],
    ['another group', groupPath('apps/v1'), '/apis/apps/v1'],
    [
      'a name with a colon',
      objectPath('ControllerRevision', { namespace: 'ns', name: 'a:b' }),
      '/apis/apps/v1/namespaces/ns/controllerrevisions/a%3Ab',
    ],
  ])('builds the path of %s', (_, path, expected) => {
    expect(path).toBe(expected);
  });

  it.each(['../x', '..', '.', 'a/b', 'a%2fb', '', 'a\nb'])('rejects a name that changes the path: %j', name => {
    expect(() => objectPath('Node', { name })).toThrow('is not a valid object name');
    expect(() => collectionPath('Pod', name)).toThrow('is not a valid object name');
  });

  it('omits empty parameters and encodes selectors', () => {
    const query = { ...selectionQuery({ labels: 'app=a,b!=c', fields: '' }), tailLines: undefined, watch: 1 };
    expect(withQuery('/p', query)).toBe('/p?labelSelector=app%3Da%2Cb!%3Dc&watch=1');
    expect(withQuery('/p', { a: undefined })).toBe('/p');
  });
});
