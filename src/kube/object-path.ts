import { IllegalNameError } from './errors.ts';
import type { ObjectKey, ResourceType } from './object.ts';

/** The longest name that any kind may have: a DNS subdomain. */
const longestName = 253;

/**
 * The URL path of all objects of a kind, or of those in one namespace. This file is the one place where names, which users
 * choose, become part of a URL: what would change the meaning of a path is refused with an `IllegalNameError`.
 */
export function collectionPath(type: ResourceType, namespace?: string): string {
  const root = `${type.apiVersion.includes('/') ? '/apis' : '/api'}/${type.apiVersion}`;
  if (!type.namespaced || namespace === undefined) return `${root}/${type.plural}`;
  return `${root}/namespaces/${segment(type, 'namespace', namespace)}/${type.plural}`;
}

/** Where an object of this key is created: never the collection of all namespaces. */
export function creationPath(type: ResourceType, { namespace, name }: ObjectKey): string {
  if (type.namespaced && namespace === undefined)
    throw new IllegalNameError(`${type.kind} ${quote(name)} needs a namespace and has none`);
  return collectionPath(type, namespace);
}

/** The path of one object, or of a subresource of it. */
export function objectPath(type: ResourceType, key: ObjectKey, subresource?: string): string {
  const path = `${creationPath(type, key)}/${segment(type, 'name', key.name)}`;
  return subresource === undefined ? path : `${path}/${subresource}`;
}

function segment(type: ResourceType, field: string, value: string): string {
  const problem = problemOf(value);
  if (problem !== undefined)
    throw new IllegalNameError(`${type.kind}: the ${field} ${quote(value)} is no legal name: it ${problem}`);
  return encodeURIComponent(value);
}

function problemOf(value: string): string | undefined {
  if (value === '') return 'is empty';
  if (value === '.' || value === '..') return 'would leave its place in the path';
  if (value.length > longestName) return `is longer than ${longestName} characters`;
  const illegal = /[^A-Za-z0-9._:@-]/u.exec(value);
  return illegal === null ? undefined : `contains ${quote(illegal[0])}`;
}

function quote(value: string): string {
  const longestShown = 80;
  return JSON.stringify(value.length > longestShown ? `${value.slice(0, longestShown)}...` : value);
}
