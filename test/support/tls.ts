import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface TlsMaterial {
  readonly key: string;
  readonly cert: string;
  /** The certificate of the authority, for REQUESTS_CA_BUNDLE. */
  readonly caFile: string;
}

/**
 * Creates a certificate authority and a server certificate with the names of the real hosts, because az only uses
 * https. Python 3.13 requires these extensions (RFC 5280 strictness).
 */
export async function createTlsMaterial(folder: string, hosts: readonly string[]): Promise<TlsMaterial> {
  const openssl = (...argv: string[]) => run('openssl', argv, { cwd: folder });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const authority = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign'];
  await openssl(
    'req',
    '-x509',
    ...key,
    '-days',
    '30',
    '-subj',
    '/CN=ARM stand-in',
    ...authority.flatMap(line => ['-addext', line]),
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
  );
  await openssl('req', ...key, '-subj', '/CN=ARM stand-in server', '-keyout', 'server.key', '-out', 'server.csr');
  const extensions = [
    `subjectAltName=${['IP:127.0.0.1', ...hosts.map(host => `DNS:${host}`)].join(',')}`,
    'basicConstraints=critical,CA:FALSE',
    'keyUsage=critical,digitalSignature',
    'extendedKeyUsage=serverAuth',
    'subjectKeyIdentifier=hash',
    'authorityKeyIdentifier=keyid',
  ];
  await writeFile(join(folder, 'extensions.cnf'), `${extensions.join('\n')}\n`);
  await openssl(
    'x509',
    '-req',
    '-in',
    'server.csr',
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-days',
    '30',
    '-extfile',
    'extensions.cnf',
    '-out',
    'server.pem',
  );
  return {
    key: await readFile(join(folder, 'server.key'), 'utf8'),
    cert: await readFile(join(folder, 'server.pem'), 'utf8'),
    caFile: join(folder, 'ca.pem'),
  };
}
