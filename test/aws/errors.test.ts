import { inspect } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AwsCallContext, AwsFailure, classifyAwsError } from '../../src/aws/errors.ts';

const roleArn = 'arn:aws:iam::123456789012:role/push';
const builder = { namespace: 'ci', name: 'builder' };
const issuer = 'https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF';

function sdkError(name: string, message: string, requestId?: string): Error {
  const $metadata = { httpStatusCode: 400, requestId, attempts: 1 };
  return Object.assign(new Error(message), { name, $fault: 'client', $metadata, $response: { headers: {} } });
}

function context(change: Partial<AwsCallContext> = {}): AwsCallContext {
  return { operation: 'ecr:GetAuthorizationToken', region: 'eu-west-1', ...change };
}

describe('the message of a failed AWS call', () => {
  it('says what failed for whom, what AWS said, its code and request id, and the next step', () => {
    const error = sdkError('AccessDeniedException', 'User: x is not authorized.', 'af2d9c3b-1');
    expect(classifyAwsError(error, context({ serviceAccount: builder })).message).toBe(
      'ecr:GetAuthorizationToken for service account ci/builder in eu-west-1 failed: User: x is not authorized ' +
        '(code AccessDenied, request af2d9c3b-1). Allow ecr:GetAuthorizationToken on resource * in an identity ' +
        'policy, such as AmazonEC2ContainerRegistryPullOnly or AmazonEC2ContainerRegistryPowerUser; a repository ' +
        'policy cannot.',
    );
  });

  it('says exactly what the trust policy must allow', () => {
    const call = context({
      operation: 'sts:AssumeRoleWithWebIdentity',
      roleArn,
      serviceAccount: builder,
      issuer,
    });
    const { message, nextStep } = classifyAwsError(sdkError('AccessDenied', 'Not authorized'), call);
    expect(nextStep).toBe(
      `Let the trust policy of ${roleArn} allow sts:AssumeRoleWithWebIdentity to the OIDC provider of ${issuer} ` +
        'with sub system:serviceaccount:ci:builder and aud sts.amazonaws.com.',
    );
    expect(message.endsWith(nextStep)).toBe(true);
  });

  it('names the issuer for which an IAM OIDC provider is missing', () => {
    const call = context({ operation: 'sts:AssumeRoleWithWebIdentity', roleArn, issuer });
    const said = `No OpenIDConnect provider found in your account for ${issuer}`;
    expect(classifyAwsError(sdkError('InvalidIdentityToken', said), call).message).toContain(
      `${said} (code InvalidIdentityToken). Create an IAM OIDC identity provider for ${issuer}`,
    );
  });

  it('names the hop of a role chain and hints at the external id', () => {
    const call = context({
      operation: 'sts:AssumeRole',
      roleArn,
      hop: 2,
      subject: 'access key Secret ci/keys',
    });
    const { message } = classifyAwsError(sdkError('AccessDenied', 'not authorized'), call);
    expect(message).toContain(
      `for access key Secret ci/keys as ${roleArn} (assumeRoles[2]) in eu-west-1 failed`,
    );
    expect(message).toMatch(/At assumeRoles\[2\].*sts:ExternalId/);
  });

  it('keeps its next step when AWS says a lot, and stays within 512 characters', () => {
    const { message } = classifyAwsError(sdkError('AccessDenied', 'word '.repeat(1000), 'r-1'), context());
    expect(message.length).toBe(512);
    expect(message).toMatch(/\.\.\. \(code AccessDenied, request r-1\)\. Allow .*cannot\.$/);
  });

  it('quotes no token, key or signed request, and neither do its cause and its stack', () => {
    const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYzzzzzzzKEY';
    const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl';
    const error = Object.assign(sdkError('SignatureDoesNotMatch', `got ${secret} and ${jwt}`), {
      $response: { headers: { authorization: secret } },
    });
    const printed = inspect(classifyAwsError(error, context()), { depth: 9, showHidden: true });
    expect(printed).toContain('got [redacted] and [redacted]');
    expect(printed).not.toContain(secret);
    expect(printed).not.toContain(jwt);
  });

  it('is one line of at most 512 characters without secrets, whatever is thrown and whoever calls', () => {
    const odd = fc.string({ unit: 'binary', maxLength: 300 });
    const error = fc.oneof(
      fc.anything(),
      fc.record({ name: odd, code: odd, message: odd, $metadata: fc.record({ requestId: odd }) }),
    );
    const call = fc.record({
      operation: fc.constant('sts:AssumeRole'),
      region: odd,
      roleArn: odd,
      subject: odd,
    });
    fc.assert(
      fc.property(error, call, (thrown, where) => {
        const failure = classifyAwsError(thrown, where);
        expect(failure.message.length).toBeLessThanOrEqual(512);
        expect(failure.message).not.toMatch(/[\p{Cc}\u2028\u2029\u202e]/u);
        expect(failure.code).toMatch(/^\w{1,64}$/);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a classified failure', () => {
  it('carries code, HTTP status and request id as data', () => {
    const failure = classifyAwsError(sdkError('ThrottlingException', 'Rate exceeded', 'r-1'), context());
    expect(failure).toMatchObject({
      code: 'Throttling',
      httpStatus: 400,
      requestId: 'r-1',
      kind: 'throttled',
    });
  });

  it('is not classified a second time', () => {
    const failure = classifyAwsError(
      sdkError('AccessDenied', 'no'),
      context({ operation: 'sts:AssumeRole' }),
    );
    expect(failure).toBeInstanceOf(AwsFailure);
    expect(classifyAwsError(failure, context())).toBe(failure);
  });

  it('is found in the cause of an error that says nothing', () => {
    const cause = Object.assign(new Error('getaddrinfo ENOTFOUND sts'), { code: 'ENOTFOUND' });
    const failure = classifyAwsError(new TypeError('fetch failed', { cause }), context());
    expect(failure).toMatchObject({ code: 'ENOTFOUND', reason: 'EndpointNotResolved' });
    expect(failure.message).toContain('getaddrinfo ENOTFOUND sts (code ENOTFOUND)');
  });

  it('takes the words of the first try where Node tried several addresses', () => {
    const tries = ['10.0.0.1', '10.0.0.2'].map((ip) => new Error(`connect ECONNREFUSED ${ip}:443`));
    const error = Object.assign(new AggregateError(tries), { code: 'ECONNREFUSED' });
    expect(classifyAwsError(error, context()).message).toContain('connect ECONNREFUSED 10.0.0.1:443');
  });

  it('leaves out the advice that the SDK adds for programmers', () => {
    const advice =
      '\n  Deserialization error: to see the raw response, inspect the hidden field {error}.$response';
    const { message } = classifyAwsError(sdkError('SyntaxError', `Unexpected token '<'${advice}`), context());
    expect(message).toContain("failed: Unexpected token '<' (code SyntaxError). It is tried again");
  });

  it('understands codes with a namespace and errors whose causes go round in circles', () => {
    const error = sdkError(
      'com.amazon.coral.service#AccessDeniedException:http://internal.amazon.com/',
      'no',
    );
    error.cause = error;
    expect(classifyAwsError(error, context()).code).toBe('AccessDenied');
    const unknown = sdkError('NeverSeen', 'no');
    unknown.cause = unknown;
    expect(classifyAwsError(unknown, context())).toMatchObject({ code: 'NeverSeen', reason: 'AWSError' });
  });

  it.each([undefined, null, 'a text', 7, {}, Object.create(null), Symbol('s')])(
    'comes of %s too',
    (thrown) => {
      expect(classifyAwsError(thrown, context())).toMatchObject({
        kind: 'transient',
        reason: 'AWSError',
        code: 'Unknown',
      });
    },
  );
});
