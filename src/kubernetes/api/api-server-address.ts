import { parse } from 'yaml';
import { asOptionalList, asRecord, type Json, text } from '../../runtime/json.js';
import { type Address, addressOf } from '../../runtime/url-address.js';

/**
 * Returns the address of the API server in the text of a kubeconfig, or of the proxy in front of it; undefined if it names
 * none, as kubectl then uses a default. See "Kubeconfig (v1)" in the Kubernetes reference.
 * @param context empty for the current one.
 */
export function apiServerAddressOf(kubeconfig: string, context: string): Address | undefined {
  const config = readConfig(kubeconfig);
  const named = (list: string, name: string, field: string) =>
    asRecord(asOptionalList(config[list]).find(entry => entry['name'] === name)?.[field]);
  const { cluster } = named('contexts', context === '' ? text(config['current-context']) : context, 'context');
  const { server, 'proxy-url': proxy } = named('clusters', text(cluster), 'cluster');
  const url = text(proxy) || text(server);
  if (!URL.canParse(url)) return undefined;
  const address = addressOf(new URL(url));
  return address.host === '' ? undefined : address;
}

/** kubectl has accepted the text, but reads YAML in its own way. */
function readConfig(kubeconfig: string): Json {
  try {
    return asRecord(parse(kubeconfig));
  } catch {
    return {};
  }
}
