import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lastStageConfig } from '../../tools/image/dockerfile.ts';

const ours = readFileSync(join(import.meta.dirname, '../../Dockerfile'), 'utf8');

describe('what the last stage of a Dockerfile says of running its image', () => {
  it('is, for the one of this project, what its image needs', () => {
    const config = lastStageConfig(ours);
    expect(config.User).toBe('65532:65532');
    expect(config.WorkingDir).toBe('/app');
    expect(config.Entrypoint?.[0]).toBe('/nodejs/bin/node');
    expect(config.Entrypoint?.at(-1)).toBe('/app/main.mjs');
    expect(config.Env).toContain('NODE_COMPILE_CACHE=/app/.cache');
    expect(config.ExposedPorts).toEqual({ '8080/tcp': {}, '8081/tcp': {} });
    expect(config.Labels).toMatchObject({ 'org.opencontainers.image.title': 'ecr-operator' });
  });

  const dockerfile = `FROM a AS build
USER 1:1
ENV FROM_THE_FIRST=stage
FROM b
ARG VERSION=1.2.3
# A comment between lines
LABEL version="\${VERSION}" \\
      words="two words"
WORKDIR /app
ENV A=1 \\
    B=two
USER 2:3
EXPOSE 80 81
ENTRYPOINT ["/bin/app", "--flag"]
`;

  it('takes quoted and continued values, the defaults of arguments, and nothing of earlier stages', () => {
    expect(lastStageConfig(dockerfile)).toEqual({
      Entrypoint: ['/bin/app', '--flag'],
      Env: ['A=1', 'B=two'],
      User: '2:3',
      WorkingDir: '/app',
      ExposedPorts: { '80/tcp': {}, '81/tcp': {} },
      Labels: { version: '1.2.3', words: 'two words' },
    });
  });

  it.each([
    ['USER 2:3\n', '', 'has no USER'],
    ['["/bin/app", "--flag"]', '["/bin/app", 1]', 'not a JSON array of words'],
    ['ARG VERSION=1.2.3\n', '', 'uses VERSION without an ARG'],
    ['A=1 \\\n    B=two', 'A 1', 'no name=value'],
  ])('is an error where %j became %j', (from, to, message) => {
    expect(() => lastStageConfig(dockerfile.replace(from, to))).toThrow(message);
  });
});
