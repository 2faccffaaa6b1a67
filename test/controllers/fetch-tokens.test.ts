import { expect, it } from 'vitest';
import type { Freshness, IssuedAuthorization, TokenRequest } from '../../src/aws/token-source.ts';
import { fetchTokens } from '../../src/controllers/fetch-tokens.ts';
import { planSecret } from '../../src/secrets/plan.ts';
import { desiredSecret, desiredToken, observedSecret, start } from '../secrets/fixtures.ts';
import { issued as issuedAuthorization } from './ecr-pipeline/fixtures.ts';

const request = (region: string): TokenRequest => ({
  identity: { root: { source: 'Operator' }, sessionName: 'x', hops: [], stsRegion: region },
  api: { kind: 'private', region, fips: false, dualStack: false },
});

it('each token is asked for as new as its own request wants it, and no token that is kept', async () => {
  const ids = ['eu-west-1', 'us-east-1', 'ap-south-1'];
  const desired = desiredSecret(ids.map((id) => desiredToken(id)));
  const { 'us-east-1': _missing, ...tokens } = observedSecret(desired).tokens;
  const plan = planSecret({
    desired,
    observed: observedSecret(desired, { tokens }),
    now: start + 10,
    refreshRequestedAtMs: 0,
    tokensRequestedAtMs: new Map([['eu-west-1', start + 5]]),
  });
  const asked: [string, Freshness | undefined][] = [];
  const source = {
    get: async ({ api }: TokenRequest, freshness?: Freshness): Promise<IssuedAuthorization> => {
      asked.push([api.kind === 'private' ? api.region : '', freshness]);
      return issuedAuthorization('new', start + 6);
    },
  };
  const requests = new Map(ids.map((id) => [id, request(id)]));
  const { signal } = new AbortController();
  const { issued } = await fetchTokens(source, plan, requests, { failuresFromMs: 3 }, signal);
  expect(asked).toEqual([
    ['eu-west-1', { notBeforeMs: start + 5, failuresFromMs: 3 }],
    ['us-east-1', { notBeforeMs: 0, failuresFromMs: 3 }],
  ]);
  expect([...issued.keys()]).toEqual(['eu-west-1', 'us-east-1']);
});
