import type { ImageConfig } from './docker-archive.ts';

/** One instruction of a Dockerfile, continued lines joined. */
interface Instruction {
  readonly keyword: string;
  readonly text: string;
}

/**
 * What the last stage of a Dockerfile says of how its image is run: ENV, LABEL, USER, WORKDIR, EXPOSE and ENTRYPOINT, so
 * that an image that is packed without Docker cannot differ from the one that is built with it. Build arguments have
 * the defaults of their stage. Reads the forms that this project's Dockerfile uses; others are an error.
 */
export function lastStageConfig(dockerfile: string): ImageConfig {
  const all = instructionsOf(dockerfile);
  const stage = all.slice(all.findLastIndex(({ keyword }) => keyword === 'FROM') + 1);
  const args = new Map(textsOf(stage, 'ARG').flatMap(pairsOf));
  const pairs = (keyword: string): [string, string][] =>
    textsOf(stage, keyword)
      .flatMap(pairsOf)
      .map(([name, value]) => [name, expand(value, args)]);
  return {
    Entrypoint: execForm(lastOf(stage, 'ENTRYPOINT')),
    Env: pairs('ENV').map(([name, value]) => `${name}=${value}`),
    User: lastOf(stage, 'USER'),
    WorkingDir: lastOf(stage, 'WORKDIR'),
    ExposedPorts: Object.fromEntries(
      textsOf(stage, 'EXPOSE').flatMap((text) => text.split(/\s+/).map((port) => [`${port}/tcp`, {}])),
    ),
    Labels: Object.fromEntries(pairs('LABEL')),
  };
}

function instructionsOf(dockerfile: string): Instruction[] {
  const joined = dockerfile.replaceAll(/^\s*#.*\n/gm, '').replaceAll(/\\\n\s*/g, '');
  return [...joined.matchAll(/^([A-Z]+) +(.*)$/gm)].map(([, keyword = '', text = '']) => ({ keyword, text }));
}

function textsOf(instructions: readonly Instruction[], keyword: string): string[] {
  return instructions.filter((each) => each.keyword === keyword).map(({ text }) => text.trim());
}

function lastOf(instructions: readonly Instruction[], keyword: string): string {
  const text = textsOf(instructions, keyword).at(-1);
  if (text === undefined) throw new Error(`the last stage of the Dockerfile has no ${keyword}`);
  return text;
}

/** `name=value name="quoted value" ...`. */
function pairsOf(text: string): [string, string][] {
  const pairs = [...text.matchAll(/([\w.]+)=(?:"([^"]*)"|(\S*))/g)];
  if (pairs.length === 0) throw new Error(`no name=value in the Dockerfile's line: ${text}`);
  return pairs.map(([, name = '', quoted, plain = '']) => [name, quoted ?? plain]);
}

function expand(value: string, args: ReadonlyMap<string, string>): string {
  return value.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => {
    const given = args.get(name);
    if (given === undefined)
      throw new Error(`the Dockerfile's last stage uses ${name} without an ARG for it`);
    return given;
  });
}

function execForm(text: string): string[] {
  const words: unknown = JSON.parse(text);
  if (!Array.isArray(words) || !words.every((word) => typeof word === 'string'))
    throw new Error(`not a JSON array of words in the Dockerfile: ${text}`);
  return words;
}
