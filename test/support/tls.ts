import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

export interface TlsMaterial {
  readonly key: string;
  readonly cert: string;
  /** The certificate of the authority, for REQUESTS_CA_BUNDLE. */
  readonly caFile: string;
}

/**
 * Creates a certificate authority and a server certificate with the names of the real hosts, because az only uses
 * https.
 */
export async function createTlsMaterial(folder: string, hosts: readonly string[]): Promise<TlsMaterial> {
  const authority = await createAuthority(folder, 'ARM stand-in');
  const names = ['IP:127.0.0.1', ...hosts.map(host => `DNS:${host}`)];
  return { ...(await authority.issue('server', { names })), caFile: authority.caFile };
}

/** A certificate authority, made on the spot with the openssl on PATH. */
export interface Authority {
  readonly caFile: string;
  /**
   * Issues a certificate for names such as `IP:127.0.0.1` and `DNS:push.example`, 30 days by default. With less than 1 day
   * it ended before it began.
   */
  issue(
    name: string,
    options: { readonly names: readonly string[]; readonly days?: number },
  ): Promise<{ readonly key: string; readonly cert: string }>;
  /** Returns a certificate that was issued, and its key, as a keystore of PKCS 12. */
  keystore(name: string, password: string): Promise<Buffer>;
}

/** Python 3.13 requires these extensions (RFC 5280 strictness). */
export async function createAuthority(folder: string, subject: string): Promise<Authority> {
  const openssl = (...argv: string[]) => run('openssl', argv, { cwd: folder });
  const constraints = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign'];
  const extensions = constraints.flatMap(line => ['-addext', line]);
  const request = ['req', ...newKey, '-subj', `/CN=${subject}`];
  await openssl(...request, '-x509', '-days', '30', ...extensions, '-keyout', 'ca.key', '-out', 'ca.pem');
  const read = (file: string) => readFile(join(folder, file), 'utf8');
  return {
    caFile: join(folder, 'ca.pem'),
    async issue(name, { names, days = 30 }) {
      await openssl(
        ...['req', ...newKey, '-subj', `/CN=${subject} ${name}`],
        ...['-keyout', `${name}.key`, '-out', `${name}.csr`],
      );
      const lines = [
        `subjectAltName=${names.join(',')}`,
        'basicConstraints=critical,CA:FALSE',
        'keyUsage=critical,digitalSignature',
        'extendedKeyUsage=serverAuth',
        'subjectKeyIdentifier=hash',
        'authorityKeyIdentifier=keyid',
      ];
      await writeFile(join(folder, `${name}.cnf`), `${lines.join('\n')}\n`);
      await openssl(
        ...['x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'],
        ...['-days', String(days), '-extfile', `${name}.cnf`, '-out', `${name}.pem`],
      );
      return { key: await read(`${name}.key`), cert: await read(`${name}.pem`) };
    },
    async keystore(name, password) {
      const source = ['-inkey', `${name}.key`, '-in', `${name}.pem`];
      // The password of a test; a real one would be in no argument.
      await openssl('pkcs12', '-export', ...source, '-passout', `pass:${password}`, '-out', `${name}.p12`);
      return readFile(join(folder, `${name}.p12`));
    },
  };
}
