import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { sessionName } from '../../src/aws/session-name.ts';
import { helpText } from '../../src/operator/flag-help.ts';
import { createMetrics } from '../../src/operator/metrics.ts';
import { documentAt, documents, root, tableRows } from './documents.ts';

const credentials = documentAt('docs/credentials.md');

const Metric = z.looseObject({ name: z.string(), labelNames: z.array(z.string()).default([]) });

it('docs/metrics.md lists the metrics of the operator, with their types and labels', async () => {
  const { registry } = createMetrics(() => [], Date.now);
  const types = new Map((await registry.getMetricsAsJSON()).map(({ name, type }) => [name, String(type)]));
  const own = z
    .array(Metric)
    .parse(registry.getMetricsAsArray())
    .filter(({ name }) => name.startsWith('ecr_operator_'))
    .map(({ name, labelNames }) => [name, types.get(name), labelNames.join(', ')].join(' | '));
  const listed = tableRows(documentAt('docs/metrics.md'), 'metric').map((row) => row.slice(0, 3).join(' | '));
  expect(new Set(listed)).toEqual(new Set(own));
});

describe.each(documents)('$path', ({ path, text }) => {
  it('names no metric that does not exist', () => {
    const { registry } = createMetrics(() => [], Date.now);
    const suffix = /_(bucket|sum|count)$/;
    const named = [...text.matchAll(/ecr_operator_\w+/g)].map(([name]) => name.replace(suffix, ''));
    expect(named.filter((name) => registry.getSingleMetric(name) === undefined)).toEqual([]);
  });

  it('names no flag that --help does not list', () => {
    const flags = [...text.matchAll(/`--([a-z-]+)`/g)].map(([, flag]) => `--${flag}`);
    const known = helpText().match(/(?<=^ {2})--[a-z-]+/gm);
    expect(flags.filter((flag) => known?.includes(flag) !== true)).toEqual([]);
  });

  it('has no link to a file or heading that does not exist', () => {
    const targets = [...text.matchAll(/\]\((?!https?:)([^)]+)\)/g)].map(([, target = '']) => target);
    expect(targets.filter((target) => !isThere(path, target))).toEqual([]);
  });
});

it('docs/credentials.md names only reasons that the operator gives', () => {
  const source = globSync('src/**/*.ts', { cwd: root }).map((path) => readFileSync(join(root, path), 'utf8'));
  const given = new Set(source.flatMap((text) => [...text.matchAll(/reason: '(\w+)'/g)].map(([, r]) => r)));
  const named = tableRows(credentials, 'reason').flatMap(([reasons = '']) => reasons.split(', '));
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((reason) => !given.has(reason))).toEqual([]);
});

it('docs/credentials.md shows the session name that a service account really has', () => {
  const named = credentials.text.match(/ecr-operator-ci-ecr-puller-[0-9a-f]+/g);
  expect(new Set(named)).toEqual(new Set([sessionName(['ci', 'ecr-puller'])]));
});

/** Whether a relative link of a document leads to a file and, in a document, to a heading. */
function isThere(from: string, target: string): boolean {
  const [file = '', anchor] = target.split('#');
  const path = file === '' ? from : normalize(join(dirname(from), file));
  if (globSync(path, { cwd: root }).length === 0) return false;
  if (anchor === undefined) return true;
  const headings = readFileSync(join(root, path), 'utf8').match(/^#+ .*$/gm) ?? [];
  return headings.map(anchorOf).includes(anchor);
}

/** The anchor that GitHub gives a heading. */
function anchorOf(heading: string): string {
  const words = heading.replace(/^#+ /, '').toLowerCase();
  return words.replaceAll(/[^\w\- ]/g, '').replaceAll(' ', '-');
}
