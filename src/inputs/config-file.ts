import { isMap, isScalar } from 'yaml';
import { configSections } from './config-sections.js';
import { inputNames } from './input-defaults.js';
import type { Problem } from './problems.js';
import { isSecret } from './secret-inputs.js';
import { suggest } from './spelling.js';
import { entriesOf, inputText, isNothing, readYaml, type YamlEntry, type YamlText } from './yaml-map.js';

/** A value of the config file. */
export interface ConfigValue {
  readonly text: string;
  /** `path:line:column section.key` */
  readonly place: string;
}

/** What the config file says, and what is wrong with it. */
export interface ConfigContent {
  /** By the names of inputs; only values that are not empty. */
  readonly values: ReadonlyMap<string, ConfigValue>;
  readonly problems: readonly Problem[];
}

/** The version of the format. */
const version = '1';

/** Reads the text of a config file. All problems are found; a value with a problem of its own is left out. */
export function readConfig(path: string, text: string): ConfigContent {
  const yaml = readYaml(text);
  const problems: Problem[] = yaml.faults.map(({ at, rule }) => ({
    input: `${path}:${at}`,
    rule,
    remedy: 'correct the syntax',
  }));
  const values = new Map<string, ConfigValue>();
  const file: ConfigReader = { path, yaml, problems, values };
  if (yaml.faults.length > 0) return file;
  if (yaml.root === undefined) {
    problems.push({ input: `${path}:1:1`, rule: 'must be a map', remedy: 'begin it with configVersion: 1' });
    return file;
  }
  const entries = entriesOf(yaml.root);
  reportRepeated(file, entries, '');
  checkVersion(
    file,
    entries.find(({ name }) => name === 'configVersion'),
  );
  for (const entry of entries) if (entry.name !== 'configVersion') readSection(file, entry);
  return file;
}

interface ConfigReader extends ConfigContent {
  readonly path: string;
  readonly yaml: YamlText;
  readonly problems: Problem[];
  readonly values: Map<string, ConfigValue>;
}

function checkVersion({ path, yaml, problems }: ConfigReader, entry: YamlEntry | undefined): void {
  if (entry === undefined) {
    const remedy = `begin the file with configVersion: ${version}`;
    problems.push({ input: `${path}:1:1 configVersion`, rule: 'is missing', remedy });
    return;
  }
  const text = isScalar(entry.value) ? String(entry.value.value) : '';
  if (text === version) return;
  problems.push({
    input: `${path}:${yaml.at(entry.value ?? entry.key)} configVersion`,
    ...(text !== '' && { value: text }),
    rule: `must be ${version}, the version that this release of the action reads`,
    remedy: `write configVersion: ${version}`,
  });
}

function readSection(file: ConfigReader, { name: section, key, value }: YamlEntry): void {
  const { path, yaml, problems } = file;
  const allowed = configSections[section];
  if (allowed === undefined) {
    const complaint = isKnown(section)
      ? explainInput(section)
      : { rule: 'is not a section', remedy: suggest(section, [...Object.keys(configSections), 'configVersion']) };
    problems.push({ input: `${path}:${yaml.at(key)}`, value: section, ...complaint });
    return;
  }
  if (isNothing(value)) return;
  if (!isMap(value) || value.tag !== undefined) {
    const rule = 'must be a map of inputs and their values, without a tag';
    problems.push({ input: `${path}:${yaml.at(value)} ${section}`, rule, remedy: 'write each as key: value' });
    return;
  }
  const entries = entriesOf(value);
  reportRepeated(file, entries, ` ${section}`);
  for (const entry of entries) readValue(file, section, allowed, entry);
}

function readValue(file: ConfigReader, section: string, allowed: readonly string[], entry: YamlEntry): void {
  const { path, yaml, problems, values } = file;
  const { name, key, value } = entry;
  if (!allowed.includes(name)) {
    const complaint = isKnown(name)
      ? explainInput(name)
      : { rule: 'is not an input of this section', remedy: suggest(name, [...allowed, ...inputNames]) };
    problems.push({ input: `${path}:${yaml.at(key)} ${section}`, value: name, ...complaint });
    return;
  }
  const parsed = inputText(name, value);
  const place = `${path}:${yaml.at(value ?? key)} ${section}.${name}`;
  if (!parsed.ok) {
    problems.push({ input: place, rule: parsed.rule, remedy: parsed.remedy });
    return;
  }
  const text = parsed.value?.trim() ?? '';
  if (text !== '') values.set(name, { text, place });
}

function isKnown(name: string): boolean {
  return inputNames.includes(name);
}

/** Explains why an input is not where it stands: it belongs to another section, or not into the file. */
function explainInput(name: string): Pick<Problem, 'rule' | 'remedy'> {
  const section = Object.entries(configSections).find(([, names]) => names.includes(name))?.[0];
  if (section !== undefined) return { rule: `belongs to section ${section}`, remedy: 'move it there' };
  if (isSecret(name)) return { rule: 'is a secret and must not be in a file', remedy: 'set it under with:' };
  const rule = 'must not be in this file, which says what is deployed, and neither where it is nor what is deleted';
  return { rule, remedy: 'set it under with:' };
}

function reportRepeated({ path, yaml, problems }: ConfigReader, entries: readonly YamlEntry[], where: string): void {
  const seen = new Set<string>();
  for (const { name, key } of entries) {
    if (seen.has(name)) {
      const input = `${path}:${yaml.at(key)}${where}`;
      problems.push({ input, value: name, rule: 'is given twice', remedy: 'keep one of them' });
    }
    seen.add(name);
  }
}
