import { mkdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createTlsMaterial } from '../../../support/tls.js';
import type { LabCluster } from '../../lab.js';

/** The operations of a JSON Patch. */
export type JsonPatch = readonly { readonly op: string; readonly path: string; readonly value?: unknown }[];

export interface WebhookAnswer {
  /** Why the object is refused; absent if it is admitted. */
  readonly denied?: string;
  /** What a mutating webhook changes. */
  readonly patch?: JsonPatch;
}

export interface WebhookOptions {
  /** The name that messages of the API server show. */
  readonly name: string;
  readonly kind: 'mutating' | 'validating';
  readonly namespace: string;
  /** The plurals of what it sees, with the groups. */
  readonly rules: readonly { readonly apiGroups: readonly string[]; readonly resources: readonly string[] }[];
  readonly answer: (object: Record<string, unknown>) => WebhookAnswer;
}

/** A server of admission webhooks, as those of service meshes and policy engines. */
export interface WebhookServer extends AsyncDisposable {
  /** Registers a webhook for a namespace. */
  register(cluster: Pick<LabCluster, 'api'>, options: WebhookOptions): Promise<void>;
}

/** @param folder gets its certificate */
export async function startWebhooks(folder: string): Promise<WebhookServer> {
  const own = join(folder, 'webhooks');
  await mkdir(own);
  const { key, cert, caFile } = await createTlsMaterial(own, ['localhost']);
  const caBundle = Buffer.from(await readFile(caFile)).toString('base64');
  const answers = new Map<string, WebhookOptions['answer']>();
  const server = createServer({ key, cert }, (incoming, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk as Buffer);
      const { apiVersion, kind, request } = JSON.parse(Buffer.concat(chunks).toString()) as {
        readonly apiVersion: string;
        readonly kind: string;
        readonly request: { readonly uid: string; readonly object: Record<string, unknown> };
      };
      const { denied, patch } = answers.get(incoming.url?.split('?')[0] ?? '')?.(request.object) ?? {};
      const answer = {
        uid: request.uid,
        allowed: denied === undefined,
        ...(denied !== undefined && { status: { message: denied } }),
        ...(patch && { patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(patch)).toString('base64') }),
      };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ apiVersion, kind, response: answer }));
    })();
  });
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    async register({ api }, { name, kind, namespace, rules, answer }) {
      const path = `/${kind}/${namespace}/${name}`;
      answers.set(path, answer);
      await api.request('POST', `/apis/admissionregistration.k8s.io/v1/${kind}webhookconfigurations`, {
        metadata: { name: `${namespace}.${name}` },
        webhooks: [
          {
            name,
            clientConfig: { url: `https://127.0.0.1:${port}${path}`, caBundle },
            failurePolicy: 'Fail',
            sideEffects: 'None',
            admissionReviewVersions: ['v1'],
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
            rules: rules.map(rule => ({ ...rule, apiVersions: ['*'], operations: ['CREATE', 'UPDATE'] })),
          },
        ],
      });
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}
