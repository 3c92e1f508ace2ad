import { print } from './standard-output.js';

/**
 * Writes a workflow command; see "Workflow commands for GitHub Actions" in the GitHub documentation. `@actions/core` has
 * the same function, but it also loads an HTTP client, which would be most of what a step loads.
 */
export function issueCommand(name: string, message: string, properties: Readonly<Record<string, string>> = {}): void {
  const pairs = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(value)}`);
  print(`::${[name, pairs.join(',')].join(' ').trimEnd()}::${escapeData(message)}\n`);
}

/** Returns an entry for the files of outputs and state; the value may have several lines. */
export function keyAndValue(name: string, value: string): string {
  if (!value.includes('\n') && !value.includes('\r')) return `${name}=${value}\n`;
  // The delimiter is random, so that no value can contain it.
  const delimiter = `ghadelimiter_${crypto.randomUUID()}`;
  return `${name}<<${delimiter}\n${value}\n${delimiter}\n`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
