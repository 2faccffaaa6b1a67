import { describe, expect, it } from 'vitest';
import type { EcrRegistryStatus } from '../../../src/api/ecr-registry.ts';
import { stalls } from '../../../src/api/reasons.ts';
import { TokenUnavailable } from '../../../src/aws/token-source.ts';
import { Redacted } from '../../../src/base/redacted.ts';
import { decide, type Decision } from '../../../src/controllers/ecr-registry/decide.ts';
import type { SyncResult } from '../../../src/controllers/sync-secret.ts';
import { nextSecretLook } from '../../../src/controllers/secret-report.ts';
import { proceedStatus, stalledStatus } from '../../../src/controllers/ecr-registry/status.ts';
import type { World } from '../../../src/controllers/ecr-registry/world.ts';
import { hour, observedSecret } from '../../secrets/fixtures.ts';
import { now, registry, world } from './fixtures.ts';

type Proceed = Extract<Decision, { kind: 'proceed' }>;

function decided(w: World): Proceed {
  const decision = decide(w, now);
  if (decision.kind !== 'proceed') throw new Error(decision.stall.message);
  return decision;
}

const issued = {
  username: 'AWS',
  password: new Redacted('x'),
  issuedAtMs: now,
  expiresAtMs: now + 12 * hour,
  accountId: '111122223333',
  callerArn: 'arn:aws:sts::111122223333:assumed-role/ecr-pull/ecr-operator-ci-puller',
} as const;

function written(w: World): { decision: Proceed; result: SyncResult } {
  const decision = decided(w);
  const tokens = decision.desired.tokens;
  const records = Object.fromEntries(
    tokens.map(({ id, hash, hostsFor }) => [
      id,
      { hash, issuedAtMs: now, expiresAtMs: now + 12 * hour, hosts: hostsFor(undefined) },
    ]),
  );
  const observed = observedSecret(decision.desired, { tokens: records });
  const result: SyncResult = {
    issued: new Map(tokens.map(({ id }) => [id, issued])),
    failures: new Map(),
    write: { kind: 'written', created: true, observed, records },
  };
  return { decision, result };
}

const failure = new TokenUnavailable(
  { kind: 'transient', reason: 'Throttled', message: 'AWS is busy.' },
  now + 9_000,
);

const ready = (status: EcrRegistryStatus) => status.conditions?.find((c) => c.type === 'Ready');

describe('the status of a registry', () => {
  it('tells level, service account, role, caller, hosts and times when all is well', () => {
    const { decision, result } = written(world());
    const status = proceedStatus(world(), decision, result, now);
    expect(status).toMatchObject({
      observedGeneration: 3,
      identity: { level: 'account', serviceAccount: 'puller', callerArn: issued.callerArn },
      secretName: 'prod-ecr',
      expiresAt: '2026-01-02T00:00:00Z',
      registries: [
        {
          host: '111122223333.dkr.ecr.eu-west-1.amazonaws.com',
          accountId: '111122223333',
          region: 'eu-west-1',
        },
      ],
    });
    expect(ready(status)).toMatchObject({ status: 'True', reason: 'Ready' });
    expect(Date.parse(status.refreshAt ?? '')).toBeGreaterThan(now + 5 * hour);
  });

  it('is the same after a restart that asks AWS nothing', () => {
    const { decision, result } = written(world());
    const status = proceedStatus(world(), decision, result, now);
    const write = result.write;
    const secret = write.kind === 'written' ? write.observed : undefined;
    const restarted = world({ registry: { ...registry(), status }, secret });
    const keep = decide(restarted, now + hour) as Proceed;
    expect(keep.plan.kind).toBe('keep');
    const nothing: SyncResult = { issued: new Map(), failures: new Map(), write: { kind: 'none' } };
    expect(proceedStatus(restarted, keep, nothing, now + hour)).toEqual(status);
  });

  it('says why and until when the old login is good, when AWS gives no token', () => {
    const { decision, result } = written(world());
    const secret = result.write.kind === 'written' ? result.write.observed : undefined;
    const later = world({ secret });
    const failed: SyncResult = {
      issued: new Map(),
      failures: new Map([['eu-west-1', failure]]),
      write: { kind: 'unchanged', records: secret?.tokens ?? {} },
    };
    const status = proceedStatus(later, decision, failed, now + 7 * hour);
    expect(ready(status)).toMatchObject({ status: 'False', reason: 'Throttled' });
    expect(ready(status)?.message).toBe(
      'AWS is busy. (the Secret keeps its login, good until 2026-01-02T00:00:00Z)',
    );
    expect(ready(proceedStatus(later, decision, failed, now + 13 * hour))?.message).toContain(
      'expired at 2026-01-02T00:00:00Z)',
    );
    expect(nextSecretLook(decision, secret, failed, now + 7 * hour)).toBe(failure.retryAtMs);
  });

  it('claims nothing of a Secret that is not ours', () => {
    const { decision } = written(world());
    const foreign = world({ secret: observedSecret(decision.desired, { ownerUid: 'other' }) });
    const status = proceedStatus(
      foreign,
      decided(foreign),
      { issued: new Map(), failures: new Map(), write: { kind: 'none' } },
      now,
    );
    expect(ready(status)).toMatchObject({ status: 'False', reason: 'Conflict' });
    expect(ready(status)?.message).toMatch(
      /Secret ci\/prod-ecr exists and is not ours.*delete it, or set spec\.secret\.name/,
    );
    expect(status.expiresAt).toBeUndefined();
    expect(status.registries).toEqual([]);
  });

  it('keeps the transition time while the status of a condition stays', () => {
    const stall = stalls.noServiceAccount();
    const first = stalledStatus(world({ winner: undefined }), stall, now);
    const again = stalledStatus(
      world({ winner: undefined, registry: { ...registry(), status: first } }),
      stall,
      now + hour,
    );
    expect(again).toEqual(first);
  });
});
