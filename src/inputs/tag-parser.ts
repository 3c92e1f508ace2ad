import { ownTags } from '../azure/ownership/tags.js';
import { accept, type Parser, refuse } from './parsers.js';

/** The tags of a cluster are copied to its DNS zones, which support at most 15 ("Use Azure tags in AKS"). */
const maxTags = 15;
/** The maximum number of tags of a user. */
export const maxUserTags = maxTags - ownTags.length;

/**
 * Accepts a tag as `key=value`; the limits are those of "Use tags to organize your Azure resources". Keys are compared
 * case-insensitively, as in Azure.
 */
export const tag: Parser<readonly [string, string]> = text => {
  const separator = text.indexOf('=');
  if (separator < 1)
    return refuse(
      'every tag must be key=value',
      'write it as team=messaging; commas separate tags, so no value has one',
    );
  const key = text.slice(0, separator).trim();
  const value = text.slice(separator + 1).trim();
  const lower = key.toLowerCase();
  if (key.startsWith('@') || value.startsWith('@')) {
    return refuse('must not begin with @, which az treats as a file name', 'remove the @');
  }
  if (key.startsWith('-')) return refuse('the key must not begin with -', 'choose another key');
  if (key.length > 512 || /[<>%&\\?/]|[\0-\x1f]/.test(key)) {
    return refuse('the key must have at most 512 characters and none of < > % & \\ ? /', 'choose another key');
  }
  if (value.length > 256 || /[\0-\x1f]/.test(value)) {
    return refuse('the value must be one line of at most 256 characters', 'shorten the value');
  }
  if (ownTags.some(own => own === lower)) {
    return refuse(`the keys ${ownTags.join(', ')} are set by the action`, 'choose another key');
  }
  if (/^(?:azure|microsoft|windows|aks-managed|k8s-azure)/.test(lower)) {
    return refuse('keys that begin with azure, microsoft, windows, aks-managed or k8s-azure are reserved', 'rename it');
  }
  return accept([key, value]);
};
