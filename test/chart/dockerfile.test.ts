import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const root = join(import.meta.dirname, '../..');
const read = (name: string): string => readFileSync(join(root, name), 'utf8');

interface Instruction {
  readonly keyword: string;
  readonly text: string;
}

/** The instructions of a Dockerfile, with continued lines joined and comments left out. */
function parseDockerfile(text: string): Instruction[] {
  const lines = text.replaceAll(/^\s*#.*\n/gm, '').replaceAll(/\\\n\s*/g, '');
  return [...lines.matchAll(/^([A-Z]+) +(.*)$/gm)].map(([, keyword = '', rest = '']) => ({
    keyword,
    text: rest,
  }));
}

const instructions = parseDockerfile(read('Dockerfile'));
const lastStage = instructions.slice(instructions.findLastIndex(({ keyword }) => keyword === 'FROM'));
const textsOf = (list: readonly Instruction[], keyword: string): string[] =>
  list.filter((instruction) => instruction.keyword === keyword).map(({ text }) => text);

/** Sources of `COPY` in the build context, of every stage. */
function copiedFiles(): string[] {
  return textsOf(instructions, 'COPY')
    .filter((text) => !text.includes('--from='))
    .flatMap((text) => text.split(' ').slice(0, -1));
}

it('names base images by a version, never by latest', () => {
  const images = textsOf(instructions, 'ARG').filter((text) => /_IMAGE=/.test(text));
  expect(images).toHaveLength(2);
  for (const image of images) expect(image).toMatch(/=[\w./-]+:[\w.-]+$/);
  expect(read('Dockerfile')).not.toMatch(/:latest\b/);
  for (const from of textsOf(instructions, 'FROM')) expect(from).toMatch(/\$\{(BUILD|RUNTIME)_IMAGE\}/);
});

it('copies files that exist and that the build context includes', () => {
  const included =
    read('.dockerignore')
      .match(/^!.*$/gm)
      ?.map((line) => line.slice(1)) ?? [];
  expect(copiedFiles().length).toBeGreaterThan(0);
  for (const file of copiedFiles()) {
    expect(existsSync(join(root, file)), `${file} does not exist`).toBe(true);
    expect(included, `${file} is not in the build context`).toContain(file.replace(/\/$/, ''));
  }
});

it('runs as a numeric user that is not root, which the chart can verify', () => {
  const [user, ...others] = textsOf(lastStage, 'USER');
  expect(others).toEqual([]);
  const [uid, gid] = (user ?? '').split(':').map(Number);
  expect(uid).toBeGreaterThan(0);
  expect(gid).toBeGreaterThan(0);
});

it('warms the compile cache with the binary and as the user that run the operator', () => {
  const exec = (keyword: string): string[] =>
    z.array(z.string()).parse(JSON.parse(textsOf(lastStage, keyword)[0] ?? ''));
  const order = lastStage.map(({ keyword }) => keyword);
  expect(exec('RUN')[0]).toBe(exec('ENTRYPOINT')[0]);
  expect(order.indexOf('USER')).toBeLessThan(order.indexOf('RUN'));
  const [environment = ''] = textsOf(lastStage, 'ENV');
  const cache = /NODE_COMPILE_CACHE=(\S+)/.exec(environment)?.[1];
  const [user] = textsOf(lastStage, 'USER');
  expect(textsOf(lastStage, 'COPY')).toContainEqual(
    expect.stringMatching(`--chown=${user} \\S+ ./${cache?.replace('/app/', '')}/`),
  );
});

it('carries the version of the package and of the chart', () => {
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(read('package.json')));
  const chart: unknown = parse(read('charts/ecr-operator/Chart.yaml'));
  expect(chart).toMatchObject({ version, appVersion: version });
  expect(textsOf(lastStage, 'ARG')).toContain(`VERSION=${version}`);
});
