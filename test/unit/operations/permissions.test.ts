import { describe, expect, it } from '@jest/globals';
import { experimentNames, experiments } from '../../../src/chaos/experiments/index.js';
import type { AccessRule, AccessVerb } from '../../../src/kubernetes/api/access-rule.js';
import { unseen } from '../../../src/kubernetes/api/unseen.js';
import { chaosPermissions } from '../../../src/operations/chaos-permissions.js';
import { operationDefinitions, type Request } from '../../../src/operations/index.js';
import { type AccessNeed, grants } from '../../support/permitted.js';
import { messageOf, runVariant, type Shown, type Variant } from './permission-bench.js';
import { variants } from './permission-variants.js';

/** A rule of one verb. */
type Permission = AccessRule & { readonly verb: AccessVerb };

const operations = [...new Set(variants.map(({ operation }) => operation))];
/** No fake has machines. */
const withoutMachines = experimentNames.filter(name => experiments[name].needs.azure !== true);

/**
 * Returns what is tried. A watch begins with a list, which is refused first. What an experiment or its revert needs only
 * in some circumstances, such as a blocked eviction, is left to the lab, whose API server refuses what is not declared.
 */
function permissionsOf(operation: Request['operation']): readonly Permission[] {
  const { access } =
    operation === 'chaos' ? chaosPermissions(withoutMachines) : operationDefinitions[operation].permissions;
  const isTried = ({ when, without }: AccessRule): boolean =>
    without !== unseen.logs &&
    when !== '`provider: aks`' &&
    (when === undefined || !['chaos', 'recover'].includes(operation));
  return access
    .filter(isTried)
    .flatMap(rule =>
      rule.verbs
        .filter(verb => verb !== 'watch' || !rule.verbs.includes('list'))
        .map(verb => ({ ...rule, verbs: [verb], verb })),
    );
}

const shown = new Map<Variant, Promise<Shown>>();
function show(variant: Variant): Promise<Shown> {
  const known = shown.get(variant) ?? runVariant(variant);
  shown.set(variant, known);
  return known;
}

/** Returns the first way to run the operation in which it needs the permission, and what it needs then. */
async function firstUse(
  operation: Request['operation'],
  permission: AccessRule,
): Promise<{ readonly variant: Variant; readonly need: AccessNeed } | undefined> {
  for (const variant of variants.filter(one => one.operation === operation)) {
    const need = (await show(variant)).needs.find(one => grants(permission, one));
    if (need !== undefined) return { variant, need };
  }
  return undefined;
}

function describePermission({ scope, resource, verb, names }: Permission): string {
  return `${verb} ${resource} ${names?.join() ?? ''} (${scope})`;
}

describe.each(operations)('the permissions of %s', operation => {
  const permissions = permissionsOf(operation);

  it('are all that it needs', async () => {
    const { recover } = operationDefinitions;
    const declared = [...operationDefinitions[operation].permissions.access, ...recover.permissions.access];
    for (const variant of variants.filter(one => one.operation === operation)) {
      const { needs } = await show(variant);
      expect(needs.filter(need => !declared.some(rule => grants(rule, need)))).toEqual([]);
    }
  });

  it('are all needed', async () => {
    const unused: string[] = [];
    for (const permission of permissions) {
      if ((await firstUse(operation, permission)) === undefined) unused.push(describePermission(permission));
    }
    expect(unused).toEqual([]);
  });

  it('are named by an error, or by a warning of what is not seen, when one is missing', async () => {
    const silent: string[] = [];
    for (const permission of permissions) {
      const use = await firstUse(operation, permission);
      if (use === undefined) continue;
      const { told } = await runVariant(use.variant, permission);
      const [, named = ''] = / (cannot .*)$/.exec(messageOf(use.need)) ?? [];
      // A file of the diagnostics has the reason itself.
      const isWarning = permission.without !== undefined && permission.without !== unseen.file;
      const isTold = told.includes(named) && (!isWarning || told.includes('docs/permissions.md'));
      if (!isTold) silent.push(`${describePermission(permission)}: ${told.slice(0, 300)}`);
    }
    expect(silent).toEqual([]);
  });
});
