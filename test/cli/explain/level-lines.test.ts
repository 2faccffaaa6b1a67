import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { levelLines } from '../../../src/cli/explain/level-lines.ts';
import { resolveWinner } from '../../../src/identity/levels.ts';

const spec = (serviceAccounts: object) =>
  ({ credentials: { source: 'ServiceAccount', serviceAccounts } }) as Parameters<typeof levelLines>[0];
const target = (pipelineAccount?: string, triggerAccount?: string, trigger?: string) => ({
  registry: 'EcrRegistry prod',
  of: { trigger, secretName: 's', pipelineAccount, triggerAccount },
});

describe('the levels of a registry', () => {
  it('are account and runtime, and the higher one that is set wins', () => {
    const lines = levelLines(spec({ runtime: 'low', account: 'high' }), undefined);
    expect(lines.map(({ level, wins }) => [level, wins])).toEqual([
      ['account', true],
      ['runtime', false],
    ]);
    expect(lines[1]).toMatchObject({
      serviceAccount: 'low',
      from: 'spec.credentials.serviceAccounts.runtime',
    });
  });

  it('have the flag of the operator where the status says that the runtime level won without a field', () => {
    const [, runtime] = levelLines(spec({}), { level: 'runtime', serviceAccount: 'engine' });
    expect(runtime).toMatchObject({
      serviceAccount: 'engine',
      wins: true,
      from: expect.stringMatching(/^the op/) as string,
    });
  });

  it('do not believe a status that is older than the spec', () => {
    const [account, runtime] = levelLines(spec({ account: 'new' }), {
      level: 'account',
      serviceAccount: 'old',
    });
    expect(account).toMatchObject({ serviceAccount: 'new', wins: true });
    expect(runtime?.serviceAccount).toBeUndefined();
  });
});

describe('the levels of a Secret of a pipeline', () => {
  it('say of each where it is written', () => {
    const lines = levelLines(spec({ account: 'a' }), undefined, target('p', 't', 'release'));
    expect(lines.map(({ level, from }) => [level, from])).toEqual([
      ['trigger', 'spec.triggers[release].serviceAccount'],
      ['pipeline', 'spec.serviceAccount'],
      ['account', 'EcrRegistry prod, spec.credentials.serviceAccounts.account'],
      ['runtime', expect.stringContaining('--runtime-service-account')],
    ]);
  });

  it('have no trigger where the Secret is that of the pipeline itself', () => {
    expect(levelLines(spec({}), undefined, target('p')).map(({ level }) => level)).not.toContain('trigger');
  });

  it('have the winner that the operator finds, and one at most, whatever is set', () => {
    const name = fc.option(fc.constantFrom('', 'a', 'b'), { nil: undefined });
    fc.assert(
      fc.property(name, name, name, name, (runtime, account, pipeline, trigger) => {
        const lines = levelLines(spec({ runtime, account }), undefined, target(pipeline, trigger, 't'));
        const winners = lines.filter(({ wins }) => wins);
        const expected = resolveWinner({ runtime, account, pipeline, trigger });
        expect(winners.map(({ level, serviceAccount }) => ({ level, serviceAccount }))).toEqual(
          expected === undefined ? [] : [expected],
        );
      }),
    );
  });
});
