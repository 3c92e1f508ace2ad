import { describe, expect, it } from '@jest/globals';
import { azCommand } from '../../../src/azure/commands.js';
import { identifier, identifierForms, type IdentifierKind, isIdentifier } from '../../../src/runtime/identifiers.js';

const kinds = Object.keys(identifierForms) as IdentifierKind[];

describe('an identifier', () => {
  it.each(kinds)('of kind %s never makes az read a file, nor becomes an option', kind => {
    for (const text of ['@/etc/passwd', '@-', '-x', '--ids', 'a\nb', 'a\u0000', 'a\u2028b']) {
      // A tag value stands behind its key, and never at the beginning of an argument; an object's name stands behind the path of its kind.
      if (['tag value', 'object name'].includes(kind) && /^[@-]/.test(text)) continue;
      // An option of ours is an argument, too.
      if (kind === 'argument' && !/^@|\p{Cc}/u.test(text)) continue;
      expect([kind, text, isIdentifier(kind, text)]).toEqual([kind, text, false]);
    }
  });

  it.each([
    ['subscription id', '0b1f6471-1bf0-4dda-aec3-cb9272f09590'],
    ['resource group', 'MC_rg-migratorydata-1-check.0_aks_(x)-eastus'],
    ['scale set', 'aks-nodepool1-12345678-vmss'],
    ['instance id', '0'],
    ['node pool', 'nodepool1'],
    ['node name', 'aks-nodepool1-12345678-vmss00000a'],
    ['resource id', '/subscriptions/s/resourcegroups/rg/providers/Microsoft.ContainerService/managedClusters/aks'],
    ['address range', '2001:db8::/64'],
    ['etag', 'W/"0b1f6471-1bf0-4dda-aec3-cb9272f09590"'],
  ] as const)('of kind %s passes as Azure writes it', (kind, text) => {
    expect(identifier(kind, text)).toBe(text);
  });

  it('that is refused is shown as JSON, so that it stays on its line', () => {
    expect(() => identifier('scale set', 'a\n::error::b')).toThrow('"a\\n::error::b" is not a valid scale set');
  });
});

describe('az', () => {
  it('is given no word that it would read a file for, whatever command it is', () => {
    expect(() => azCommand('look', 'read', 'group', 'show', '--name', '@/etc/passwd')).toThrow('"@/etc/passwd"');
  });
});
