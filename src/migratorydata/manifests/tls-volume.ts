import { keystore } from '../server-options.js';
import type { Exposure } from '../spec.js';
import type { Container, PodSpec } from './shapes.js';

const name = 'tls';

/** Renders the volume with the keystore; nothing without TLS. The password is a variable, so it is not in the volume. */
export function renderTlsVolume({ tlsSecret }: Exposure): Pick<PodSpec, 'volumes'> {
  if (tlsSecret === '') return {};
  const items = [{ key: keystore.key, path: keystore.key }];
  return { volumes: [{ name, secret: { secretName: tlsSecret, items } }] };
}

/** Renders where the container finds the keystore; nothing without TLS. */
export function renderTlsMount({ tlsSecret }: Exposure): Pick<Container, 'volumeMounts'> {
  return tlsSecret === '' ? {} : { volumeMounts: [{ name, mountPath: keystore.folder, readOnly: true }] };
}
