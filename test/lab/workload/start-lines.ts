import { isSecretOption, type ServerOptions } from './server-options.js';

/** Returns what a member prints at its start: its options without the secret ones, and whether it found its cluster. */
export function startLines(options: ServerOptions, refusal: string | undefined): string[] {
  const shown = [...options.given].map(([name, value]) => `INFO ${name}=${isSecretOption(name) ? '***' : value}`);
  return [
    'INFO Starting MigratoryData server',
    ...shown,
    `INFO Listening on *:${options.listenPort}`,
    ...(options.encrypted ? [`INFO Listening with TLS on *:${options.encrypted.listenPort}`] : []),
    ...(refusal === undefined ? [] : [`WARN Not joined to the cluster: ${refusal}`]),
  ];
}
