/** Where connections go. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Returns where connections to a URL of HTTP go. The brackets of an IPv6 address belong to the URL only. */
export function addressOf({ protocol, hostname, port }: URL): Address {
  const host = hostname.replace(/^\[|\]$/g, '');
  return { host, port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port) };
}
