import { runnerWord } from '../azure/cluster/runner-address.js';
import { ipVersionOf } from '../runtime/ip-version.js';
import { accept, type Parsed, type Parser, refuse } from './parsers.js';

/** Accepts `runner` or an IPv4 CIDR range: the API server of AKS does not support IPv6 ranges. */
export const apiServerRange: Parser<string> = text => readRange(text, false);

/** Accepts `runner` or a CIDR range, as in loadBalancerSourceRanges of a Service. */
export const sourceRange: Parser<string> = text => readRange(text, true);

function readRange(text: string, allowIPv6: boolean): Parsed<string> {
  if (text === runnerWord) return accept(text);
  const [address = '', bits, ...more] = text.split('/');
  const version = ipVersionOf(address);
  const width = version === 4 ? 32 : allowIPv6 && version === 6 ? 128 : 0;
  if (width > 0 && bits === undefined) return refuse('must be a range, not an address', `write ${text}/${width}`);
  const valid = more.length === 0 && /^\d{1,3}$/.test(bits ?? '') && Number(bits) <= width;
  if (width > 0 && valid) return accept(text);
  return refuse(`must be a CIDR range or ${runnerWord}`, `write it as 203.0.113.0/24, or ${runnerWord}`);
}
