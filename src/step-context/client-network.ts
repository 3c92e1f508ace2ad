import { ActionError } from '../errors/action-error.js';
import type { Exposure } from '../migratorydata/spec.js';
import { resolveNamed } from '../runtime/contained-path.js';
import type { Network } from '../runtime/ports.js';
import type { Context } from './context.js';

/**
 * Returns the network of clients, which trusts the authorities in the file of `tls-ca` if there is one.
 * @throws ActionError `invalid-input` when the file cannot be read or has no certificate.
 */
export async function clientNetwork({ ports }: Context, { tlsCa }: Pick<Exposure, 'tlsCa'>): Promise<Network> {
  const { files, network } = ports;
  if (tlsCa === '' || network.trusting === undefined) return network;
  const { X509Certificate } = process.getBuiltinModule('node:crypto');
  let authorities: string;
  try {
    authorities = await files.readText(await resolveNamed(files, tlsCa));
    // Nothing of the file is shown: it may be a private key.
    new X509Certificate(authorities);
  } catch (error) {
    const message = `tls-ca: ${tlsCa} cannot be read, or has no certificate in PEM; name a file that begins with one.`;
    throw new ActionError('invalid-input', message, { cause: error });
  }
  return network.trusting(authorities);
}
