const verbs: Readonly<Record<string, string>> = {
  ...{ GET: 'read', HEAD: 'read', PUT: 'write', PATCH: 'write', DELETE: 'delete', POST: 'action' },
};

/**
 * Returns the action of an Azure role that a request to Azure Resource Manager needs; see "Azure permissions" in the
 * Azure RBAC documentation. The query may be in the path.
 */
export function roleActionOf({ method, path }: { readonly method: string; readonly path: string }): string {
  const [pathname = ''] = path.split('?');
  const provider = /^(.*)\/providers\/([^/]+)(?:\/(.*))?$/.exec(pathname);
  // A provider itself is a resource of the subscription.
  const ofProvider = provider !== null && provider[3] !== undefined;
  const rest = ofProvider ? (provider[3] ?? '') : pathname.slice(1);
  const segments = rest.split('/');
  const types = segments.filter((_, index) => index % 2 === 0).join('/');
  const namespace = ofProvider ? provider[2] : 'Microsoft.Resources';
  return `${namespace}/${types}/${verbs[method] ?? method}`;
}
