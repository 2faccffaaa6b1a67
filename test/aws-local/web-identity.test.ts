import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  account,
  assumeWithToken,
  issuer,
  makeSigner,
  startTestAws,
  stsClient,
  subject,
  type TestAws,
} from './fixture.ts';

const notAuthorized = {
  name: 'AccessDenied',
  message: 'Not authorized to perform sts:AssumeRoleWithWebIdentity',
  $metadata: { httpStatusCode: 403 },
};
const otherRole = (name: string): string => `arn:aws:iam::${account}:role/${name}`;

let aws: TestAws;
beforeAll(async () => {
  aws = await startTestAws();
});
afterAll(() => aws.stop());

describe('AssumeRoleWithWebIdentity', () => {
  it('gives a session whose holder GetCallerIdentity names, without the path of the role', async () => {
    const keys = await assumeWithToken(aws, { sessionName: 'build-7' });
    const identity = await stsClient(aws, keys).send(new GetCallerIdentityCommand({}));
    expect(identity.Arn).toBe(`arn:aws:sts::${account}:assumed-role/puller/build-7`);
    expect(identity.Account).toBe(account);
    expect(identity.UserId).toMatch(/^AROA[A-Z2-7]{17}:build-7$/);
  });

  it('accepts ES256, and refuses an algorithm that is not that of the key', async () => {
    const elliptic = makeSigner('key-ec', 'ES256');
    aws.published.keys.push(elliptic.jwk);
    await expect(assumeWithToken(aws, { token: elliptic.token() })).resolves.toHaveProperty('accessKeyId');
    for (const alg of ['HS256', 'none', 'ES256']) {
      const token = aws.signer.token({}, { alg });
      await expect(assumeWithToken(aws, { token }), alg).rejects.toMatchObject({
        name: 'InvalidIdentityTokenException',
      });
    }
  });

  it('refuses a token that another key signed under a known key id', async () => {
    const token = makeSigner('key-1').token();
    await expect(assumeWithToken(aws, { token })).rejects.toMatchObject({
      name: 'InvalidIdentityTokenException',
      message: expect.stringContaining('signature'),
    });
  });

  it('reads the key set once, and again for a key id that it does not know', async () => {
    await assumeWithToken(aws);
    const { reads } = aws.published;
    await assumeWithToken(aws);
    expect(aws.published.reads).toBe(reads);
    const rotated = makeSigner('key-2');
    await expect(assumeWithToken(aws, { token: rotated.token() })).rejects.toThrow(
      /retrieve verification key/,
    );
    aws.published.keys.push(rotated.jwk);
    await assumeWithToken(aws, { token: rotated.token() });
    expect(aws.published.reads).toBe(reads + 2);
  });

  it('refuses a token that is expired, not valid yet, for another audience, or no JWT', async () => {
    const exp = Math.floor(aws.clock.now() / 1000) - 1;
    const attempts = [
      assumeWithToken(aws, { token: aws.signer.token({ exp }) }),
      assumeWithToken(aws, { token: aws.signer.token({ aud: 'vault' }) }),
      assumeWithToken(aws, { token: 'not-a-jwt' }),
      assumeWithToken(aws, { token: aws.signer.token({ nbf: exp + 60 }) }),
    ];
    const [expired, audience, garbage, early] = await Promise.allSettled(attempts);
    expect(expired).toMatchObject({ reason: { name: 'ExpiredTokenException' } });
    expect(audience).toMatchObject({ reason: { message: 'Incorrect token audience' } });
    expect(early).toMatchObject({ reason: { message: expect.stringContaining('not valid yet') } });
    expect(garbage).toMatchObject({ reason: { message: expect.stringContaining('not a valid JWT') } });
  });

  it('refuses an issuer that is not a provider of the account, and keeps it in other accounts', async () => {
    const token = aws.signer.token({ iss: 'https://elsewhere.test' });
    await expect(assumeWithToken(aws, { token })).rejects.toMatchObject({
      name: 'InvalidIdentityTokenException',
      message: 'No OpenIDConnect provider found in your account for https://elsewhere.test',
    });
    const arn = 'arn:aws:iam::999999999999:role/puller';
    aws.iam.role({ arn, trust: [{ kind: 'web-identity', subjects: ['*'] }] });
    await assumeWithToken(aws, { roleArn: arn });
    aws.iam.deleteOidcProvider(issuer, '999999999999');
    await expect(assumeWithToken(aws, { roleArn: arn })).rejects.toThrow(/No OpenIDConnect provider/);
    await assumeWithToken(aws);
  });

  it('refuses a subject that the role does not trust, and a role that does not exist, with one answer', async () => {
    const token = aws.signer.token({ sub: 'system:serviceaccount:other:puller' });
    await expect(assumeWithToken(aws, { token })).rejects.toMatchObject(notAuthorized);
    await expect(assumeWithToken(aws, { roleArn: otherRole('absent') })).rejects.toMatchObject(notAuthorized);
  });

  it('reads * in a trusted subject, and the audience and issuer of the trust policy', async () => {
    const statement = { kind: 'web-identity', subjects: ['system:serviceaccount:ci:*'] } as const;
    aws.iam.role({ arn: otherRole('any-of-ci'), trust: [statement] });
    aws.iam.role({ arn: otherRole('other-audience'), trust: [{ ...statement, audience: 'vault' }] });
    aws.iam.role({ arn: otherRole('other-issuer'), trust: [{ ...statement, issuer: 'https://b.test' }] });
    await assumeWithToken(aws, { roleArn: otherRole('any-of-ci') });
    for (const name of ['other-audience', 'other-issuer']) {
      await expect(assumeWithToken(aws, { roleArn: otherRole(name) })).rejects.toMatchObject(notAuthorized);
    }
  });
});

describe('the parameters of AssumeRoleWithWebIdentity', () => {
  it('allow session names of 2 to 64 letters, digits and =,.@-', async () => {
    await assumeWithToken(aws, { sessionName: 'a'.repeat(64) });
    await assumeWithToken(aws, { sessionName: 'x=,.@-_+1' });
    for (const sessionName of ['a', 'a'.repeat(65), 'a b', 'a/b']) {
      await expect(assumeWithToken(aws, { sessionName })).rejects.toMatchObject({
        name: 'ValidationError',
        message: expect.stringContaining("'roleSessionName' failed to satisfy constraint"),
      });
    }
  });

  it('allow durations from 900 s to the maximum of the role', async () => {
    const arn = otherRole('long');
    aws.iam.role({
      arn,
      trust: [{ kind: 'web-identity', subjects: [subject] }],
      maxSessionDurationSeconds: 7200,
    });
    await assumeWithToken(aws, { roleArn: arn, seconds: 7200 });
    await assumeWithToken(aws, { roleArn: arn, seconds: 900 });
    await expect(assumeWithToken(aws, { roleArn: arn, seconds: 899 })).rejects.toThrow(
      /greater than or equal to 900/,
    );
    await expect(assumeWithToken(aws, { roleArn: arn, seconds: 43_201 })).rejects.toThrow(
      /or equal to 43200/,
    );
    await expect(assumeWithToken(aws, { roleArn: arn, seconds: 7201 })).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    });
  });

  it('never print the token', async () => {
    const token = `secret${'x'.repeat(20_000)}`;
    await expect(assumeWithToken(aws, { token })).rejects.toThrow(/^(?!.*secretx).*webIdentityToken/);
  });

  it('have to name a role', async () => {
    await expect(
      assumeWithToken(aws, { roleArn: `arn:aws:iam::${account}:user/somebody` }),
    ).rejects.toMatchObject({
      name: 'ValidationError',
    });
  });
});
