import { describe, expect, it } from '@jest/globals';
import { expandReferences, type References, resolveEnvironment } from './environment.js';
import { somePod } from './fakes.js';
import { type EnvVar, serverContainer } from './objects.js';

const references: References = {
  secret: name => Promise.resolve(name === 'tokens' ? { entitlement: 'sesame' } : undefined),
  configMap: () => Promise.resolve(undefined),
  secretFiles: () => Promise.resolve(undefined),
};

async function resolve(env: readonly EnvVar[]): Promise<Record<string, string>> {
  const pod = somePod({ ordinal: 1, env });
  const container = serverContainer(pod);
  if (!container) throw new Error('the pod has a container');
  return Object.fromEntries(await resolveEnvironment(pod, container, references));
}

const fromSecret = (name: string, key: string, optional?: boolean): EnvVar => ({
  name: 'TOKEN',
  valueFrom: { secretKeyRef: { name, key, ...(optional === undefined ? {} : { optional }) } },
});

describe('the environment of a container', () => {
  it('takes values from fields and Secrets and expands references to them', async () => {
    const env = await resolve([fromSecret('tokens', 'entitlement'), { name: 'OPTS', value: '$(POD_NAME):$(TOKEN)' }]);
    expect(env['OPTS']).toBe('migratorydata-1:sesame');
  });

  it('has only variables that are defined earlier', async () => {
    const env = await resolve([{ name: 'OPTS', value: '-Dx=$(TOKEN)' }, fromSecret('tokens', 'entitlement')]);
    expect(env['OPTS']).toBe('-Dx=$(TOKEN)');
  });

  it.each([
    ['a missing Secret', fromSecret('gone', 'entitlement'), 'secret "gone" not found'],
    ['a missing key', fromSecret('tokens', 'other'), "couldn't find key other in Secret migratory/tokens"],
  ])('cannot start with %s, in kubelet’s words', async (_, entry, message) => {
    await expect(resolve([entry])).rejects.toMatchObject({ name: 'CreateContainerConfigError', message });
  });

  it('leaves out an optional reference that is missing', async () => {
    expect(await resolve([fromSecret('gone', 'entitlement', true)])).not.toHaveProperty('TOKEN');
  });

  it.each([
    ['$(A)$(A)', '11'],
    ['$$(A)', '$(A)'],
    ['$$$(A)', '$1'],
    ['$(B) $A $', '$(B) $A $'],
  ])('expands %s to %s', (text, expected) => {
    expect(expandReferences(text, new Map([['A', '1']]))).toBe(expected);
  });
});
