import { isMemoryQuantity } from '../migratorydata/spec.js';
import { accept, type Parser, refuse } from './parsers.js';

const pathPart = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const registryHost = '(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\\d{1,5})?/)?';
const imagePattern = new RegExp(
  `^${registryHost}${pathPart}(?:/${pathPart})*(?::([\\w][\\w.-]{0,127}))?(?:@sha256:([0-9a-f]{64}))?$`,
);

/** Accepts an image reference with a tag or a digest; the grammar is that of the distribution project. */
export const image: Parser<string> = text => {
  const match = imagePattern.exec(text);
  if (match === null) return refuse('must be an image reference', 'write it as registry/path:tag, in lower case');
  const [, tag, digest] = match;
  if (tag !== undefined || digest !== undefined) return accept(text);
  return refuse('must have a tag or a digest', 'add one, such as :6.0.24');
};

/** Accepts an image reference with a digest, which always names the same image; a tag beside it is ignored. */
export const pinnedImage: Parser<string> = text => {
  const match = imagePattern.exec(text);
  if (match?.[2] !== undefined) return accept(text);
  return refuse(
    'must be an image reference that is pinned by its digest',
    'write it as registry/path@sha256:DIGEST, with 64 hexadecimal digits in lower case',
  );
};

/** Memory of the server. Its parameter Memory only supports megabytes, with the unit MB. */
export const serverMemory: Parser<string> = text =>
  /^[1-9]\d{0,6}MB$/.test(text) ? accept(text) : refuse('must be in megabytes, with the unit MB', 'write it as 512MB');

/** CPU of a container: cores with up to three decimals, or millicores. */
export const cpuQuantity: Parser<string> = text =>
  /^(?:\d{1,6}m|\d{1,3}(?:\.\d{1,3})?)$/.test(text) && Number.parseFloat(text) > 0
    ? accept(text)
    : refuse('must be a Kubernetes quantity of CPU above 0', 'write it as 500m or 2');

/** Memory of a container. The suffix `m` is valid in Kubernetes but means thousandths of a byte, so it is refused. */
export const memoryQuantity: Parser<string> = text =>
  isMemoryQuantity(text) && Number.parseFloat(text) > 0
    ? accept(text)
    : refuse('must be a Kubernetes quantity of memory above 0', 'write it as 256Mi or 1Gi');
