import { describe, expect, it } from 'vitest';
import { helpText } from '../../src/operator/flag-help.ts';
import { environmentName, flagTable } from '../../src/operator/flag-table.ts';
import { parseFlags } from '../../src/operator/flags.ts';

const flagsOf = (argv: string[], env: Record<string, string> = {}) => {
  const result = parseFlags(argv, env);
  if (result.kind !== 'flags') throw new Error(JSON.stringify(result));
  return result.flags;
};

describe('flags', () => {
  it('have defaults that work in a cluster', () => {
    expect(flagsOf([])).toMatchObject({
      watchNamespace: '',
      leaderElect: true,
      metricsBindAddress: ':8080',
      workers: 32,
    });
  });

  it('win over the environment, which wins over the default', () => {
    const env = { ECR_OPERATOR_LOG_LEVEL: 'debug' };
    expect(flagsOf([], env).logLevel).toBe('debug');
    expect(flagsOf(['--log-level', 'warn'], env).logLevel).toBe('warn');
  });

  it('are switched on by name alone, and off with =false', () => {
    expect(flagsOf(['--allow-operator-identity']).allowOperatorIdentity).toBe(true);
    expect(flagsOf(['--leader-elect=false']).leaderElect).toBe(false);
  });

  it.each<[string, string[], Record<string, string>, RegExp]>([
    ['an unknown flag', ['--no-such'], {}, /'--no-such'.*--help/],
    [
      'a number that is none',
      ['--workers=many'],
      {},
      /flag --workers: "many" is no whole number from 1 to 256/,
    ],
    ['too many workers', ['--workers=257'], {}, /--workers/],
    [
      'a bad level',
      [],
      { ECR_OPERATOR_LOG_LEVEL: 'loud' },
      /variable ECR_OPERATOR_LOG_LEVEL: "loud" is none of trace/,
    ],
    ['a bad switch', ['--leader-elect=maybe'], {}, /"maybe" is neither true nor false/],
    ['a bad address', ['--metrics-bind-address=8080'], {}, /write :8080/],
    ['a name that is none', ['--runtime-service-account=Ci/x'], {}, /is no name of a Kubernetes object/],
    ['a stray word', ['run'], {}, /run.*--help/],
  ])('refuse %s and say what is allowed', (_what, argv, env, message) => {
    const result = parseFlags(argv, env);
    expect(result).toMatchObject({ kind: 'error', message: expect.stringMatching(message) as string });
  });

  it('are all in the help, with their default', () => {
    const help = helpText();
    for (const flag of flagTable) {
      expect(help).toContain(`--${flag.name}`);
      const line = help.split('\n').find((l) => l.includes(`--${flag.name}`)) ?? '';
      expect(line).toMatch(/Default:|turn|off|\.$/);
    }
    expect(help).toContain(environmentName('log-level'));
  });
});
