/**
 * Returns 4 or 6 for a text that is an IP address, and 0 for any other. node:net is loaded here, because a step that needs
 * no cluster needs no network.
 */
export function ipVersionOf(text: string): number {
  return process.getBuiltinModule('node:net').isIP(text);
}
