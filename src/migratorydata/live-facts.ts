import type { Deployment } from './spec.js';

/** The inputs whose values the cluster knows once they are deployed, and how a value is shown. */
const facts: Readonly<Record<string, (deployment: Deployment) => string>> = {
  'seed-members': ({ seedMembers }) => String(seedMembers),
  'min-replicas': ({ minReplicas }) => String(minReplicas),
  'max-replicas': ({ maxReplicas }) => String(maxReplicas),
  'cluster-domain': ({ clusterDomain }) => clusterDomain,
  rest: ({ rest }) => String(rest),
  'service-type': ({ exposure }) => exposure.serviceType,
  'client-port': ({ exposure }) => String(exposure.clientPort),
  'tls-secret': ({ exposure }) => exposure.tlsSecret,
  'tls-port': ({ exposure }) => String(exposure.clientPort),
  'dns-label': ({ exposure }) => exposure.dnsLabel,
  'public-url': ({ exposure }) => exposure.publicUrl,
};

/** The names of these inputs. */
export const liveFacts: readonly string[] = Object.keys(facts);

/**
 * Returns how a live deployment differs from the inputs that a step was given, one phrase each.
 * @param own inputs that the operation sets itself, so that they may differ.
 */
export function differencesOf(wanted: Deployment, live: Deployment, own: readonly string[]): readonly string[] {
  const given = wanted.given?.filter(input => !own.includes(input)) ?? [];
  return given.flatMap(input => {
    const read = facts[input];
    return read === undefined || read(wanted) === read(live)
      ? []
      : [`${input} is ${read(live) || 'empty'} and not ${read(wanted)}`];
  });
}
