import { isDeepStrictEqual } from 'node:util';
import type { StatefulSet } from '../kubernetes/api/types.js';
import { optionsOf } from './live-options.js';
import { serverContainer } from './manifests/container.js';
import type { EnvVar } from './manifests/shapes.js';
import { containerName } from './object-names.js';
import { newerOptionsVariable, optionsVariable, reference } from './server-options.js';

/**
 * Returns what patches changed of what the members need to find each other: the options, the variables that the options
 * refer to, their order, and the command. A patch may add options and variables.
 * @param rendered the result of `renderManifests`.
 * @param patched the result of kustomize.
 */
export function findLostOptions(rendered: StatefulSet, patched: StatefulSet): readonly string[] {
  return [...findPodProblems(rendered, patched), ...findOptionProblems(rendered, patched)];
}

function findPodProblems(rendered: StatefulSet, patched: StatefulSet): readonly string[] {
  const [before, after] = [serverContainer(rendered), serverContainer(patched)];
  if (!after) return [`the container ${containerName} is missing`];
  return [
    ...(patched.spec.serviceName === rendered.spec.serviceName ? [] : ['serviceName is changed']),
    ...(isDeepStrictEqual(after.command, before?.command) ? [] : ['the command of the container is changed']),
    ...findVariableProblems(before?.env ?? [], after.env ?? []),
  ];
}

function findVariableProblems(before: readonly EnvVar[], after: readonly EnvVar[]): readonly string[] {
  const position = (name: string): number => after.findIndex(variable => variable.name === name);
  return before.flatMap(({ name, valueFrom }, index) => {
    const found = after.filter(variable => variable.name === name);
    if (found.length === 0) return [`the variable ${name} is missing`];
    if (found.length > 1) return [`the variable ${name} is defined more than once`];
    if (!isDeepStrictEqual(found[0]?.valueFrom, valueFrom)) return [`the variable ${name} has another source`];
    const followers = before.slice(index + 1).filter(later => refersTo(later, name) && position(later.name) >= 0);
    return followers
      .filter(later => position(later.name) < position(name))
      .map(later => `the variable ${name} is defined after ${later.name}, which refers to it`);
  });
}

function findOptionProblems(rendered: StatefulSet, patched: StatefulSet): readonly string[] {
  const container = serverContainer(patched);
  const first = container?.env?.find(({ name }) => name === optionsVariable);
  const second = container?.env?.find(({ name }) => name === newerOptionsVariable);
  if (!first || !second) return [];
  const found = optionsOf(patched);
  const lost = [...optionsOf(rendered)].filter(([name, value]) => found.get(name) !== value).map(([name]) => name);
  const differ = second.value !== reference(optionsVariable) && second.value !== first.value;
  return [
    ...(lost.length === 0 ? [] : [`${optionsVariable} has no ${lost.join(', ')} as rendered`]),
    ...(differ ? [`${newerOptionsVariable} is not the same as ${optionsVariable}`] : []),
  ];
}

function refersTo({ value }: EnvVar, name: string): boolean {
  return value?.includes(reference(name)) === true;
}
