import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { goodReasons } from '../../src/api/reasons.ts';
import { stageTexts } from '../../src/verification/stages.ts';
import { staleFiles } from '../../tools/generate.ts';
import { wordsOf } from '../../tools/troubleshooting/entry.ts';
import { entries } from '../../tools/troubleshooting/document.ts';
import { documentAt, root } from './documents.ts';

const page = documentAt('docs/troubleshooting.md').text;
const headings = [...page.matchAll(/^### (\w+)$/gm)].map(([, heading]) => heading ?? '');

/** Reasons that stand in no condition: of events that tell good news, and of decisions inside the operator. */
const elsewhere = [
  ...Object.values(goodReasons),
  'IdentityChanged',
  'SecretsWritten',
  'NotDue',
  'Due',
  'Missing',
  'Expired',
  'ImplausibleLifetime',
  'ClockWentBackwards',
  'KindNotServed',
  'NamespaceTerminating',
];

/** Every reason that some file of `src/` writes out. */
const given = new Set(
  globSync('src/{api,aws,oci,identity,secrets,controllers,verification,operator}/**/*.ts', { cwd: root })
    .map((path) => readFileSync(join(root, path), 'utf8'))
    .flatMap((text) => [...text.matchAll(/reason: '([A-Z]\w*)'/g)].map(([, reason]) => reason ?? '')),
);

describe('docs/troubleshooting.md', () => {
  it('is checked in as the tables of the code generate it (else run make generate)', () => {
    expect(staleFiles()).not.toContain('docs/troubleshooting.md');
  });

  it('has an entry for every reason that the code gives, and for none that it does not', () => {
    expect([...given].filter((reason) => !headings.includes(reason) && !elsewhere.includes(reason))).toEqual(
      [],
    );
    expect(headings.filter((reason) => !given.has(reason))).toEqual([]);
    expect(headings).toEqual([...new Set(headings)].toSorted());
  });

  it('has an entry for every stage', () => {
    const stages = [...page.matchAll(/^### Stage (\w+)$/gm)].map(([, name]) => name);
    expect(stages).toEqual(Object.keys(stageTexts));
  });

  it('says with each of them what it means and what to do', () => {
    const empty = entries.filter(({ meaning, todo }) => meaning.length < 20 || todo.length < 15);
    expect(empty).toEqual([]);
    expect(page).not.toMatch(/undefined|\{\w+\}|\$\{|\(\?/);
  });

  it('shows patterns as the words that they look for', () => {
    expect(wordsOf(/thumbprint/i)).toBe('`thumbprint`');
    expect(wordsOf(/too long|DurationSeconds exceeds/i)).toBe('`too long` or `DurationSeconds exceeds`');
    expect(wordsOf(/no (?:a|b|c) allows/)).toBe('`no a allows`, `no b allows` or `no c allows`');
  });
});
