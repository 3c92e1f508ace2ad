import { describe, expect, it } from '@jest/globals';
import { azCommand } from '../../../src/azure/cli/az-commands.js';
import { identifier, identifierForms, type IdentifierKind, isIdentifier } from '../../../src/runtime/identifiers.js';

const kinds = Object.keys(identifierForms) as IdentifierKind[];

describe('an identifier', () => {
  it.each(kinds)('of kind %s never makes az read a file or becomes an option', kind => {
    for (const text of ['@/etc/passwd', '@-', '-x', '--ids', 'a\nb', 'a\u0000', 'a\u2028b']) {
      // A tag value follows its key, and is never the start of an argument; an object name follows the path of its
      // kind.
      if (['tag value', 'object name'].includes(kind) && /^[@-]/.test(text)) continue;
      // The options of the action are arguments, too.
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
  ] as const)('of kind %s accepts the form that Azure uses', (kind, text) => {
    expect(identifier(kind, text)).toBe(text);
  });

  it('that is invalid is quoted as JSON, so that it stays on one line', () => {
    expect(() => identifier('scale set', 'a\n::error::b')).toThrow('"a\\n::error::b" is not a valid scale set');
  });
});

describe('azCommand', () => {
  it('rejects an argument that az would read a file for, in any command', () => {
    expect(() => azCommand('look', 'read', 'group', 'show', '--name', '@/etc/passwd')).toThrow('"@/etc/passwd"');
  });
});
