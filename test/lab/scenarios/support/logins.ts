import { machineIdentities, tenantId, user } from '../../azure/names.js';

/** A way to be logged in whose tokens az renews by itself. */
export interface RenewableLogin {
  readonly who: string;
  /** The arguments of `az login`. */
  readonly argv: readonly string[];
  /** What `az account show` says of it. */
  readonly shown: Readonly<Record<string, string>>;
}

export const renewableLogins: readonly RenewableLogin[] = [
  {
    who: 'a user',
    argv: ['--username', user.name, '--password', user.password, '--tenant', tenantId],
    shown: { name: user.name, type: 'user' },
  },
  {
    who: 'a managed identity',
    argv: ['--identity'],
    shown: { name: 'systemAssignedIdentity', type: 'servicePrincipal', assignedIdentityInfo: 'MSI' },
  },
  {
    who: 'a user-assigned managed identity',
    argv: ['--identity', '--client-id', machineIdentities.user],
    shown: {
      name: 'userAssignedIdentity',
      type: 'servicePrincipal',
      assignedIdentityInfo: `MSIClient-${machineIdentities.user}`,
    },
  },
];
