import { describe, expect, it } from 'vitest';
import type { OciCall, OciErrorFacts } from '../../src/oci/error-model.ts';
import { ociErrorTable } from '../../src/oci/error-table.ts';
import { classifyOciError, OciFailure } from '../../src/oci/failure.ts';

const host = '111122223333.dkr.ecr.eu-west-1.amazonaws.com';
const push: OciCall = { operation: 'startUpload', host, repository: 'team/app' };
const pull: OciCall = { operation: 'headManifest', host, repository: 'team/app', reference: 'v1' };
const ping: OciCall = { operation: 'ping', host };

const failure = (facts: Partial<OciErrorFacts>, call: OciCall = push): OciFailure =>
  new OciFailure({ code: 'DENIED', status: 403, said: '', ...facts }, call);

const denial = (why: string, action = 'ecr:InitiateLayerUpload'): string =>
  `User: arn:aws:sts::111122223333:assumed-role/push/ci is not authorized to perform: ${action} on resource: ` +
  `arn:aws:ecr:eu-west-1:444455556666:repository/team/app ${why}`;

describe('a denial by AWS', () => {
  it('of the repository policy names that policy, the action and the repository', () => {
    const said = denial('because no resource-based policy allows the ecr:InitiateLayerUpload action');
    expect(failure({ said })).toMatchObject({
      operation: 'startUpload',
      kind: 'terminal',
      reason: 'RepositoryPolicyMissing',
      code: 'DENIED',
      permission: 'resource',
      action: 'ecr:InitiateLayerUpload',
      nextStep:
        'Allow ecr:InitiateLayerUpload for this identity in the policy of repository team/app: across accounts, an ' +
        'identity policy alone is not enough.',
    });
  });

  it.each([
    ['because no identity-based policy allows the x action', 'identity', 'IdentityPolicyMissing'],
    ['with an explicit deny in an identity-based policy', 'identity', 'IdentityPolicyDenies'],
    ['with an explicit deny in a resource-based policy', 'resource', 'RepositoryPolicyDenies'],
    ['because no VPC endpoint policy allows the x action', 'VPC endpoint', 'VPCEndpointPolicyDenied'],
    ['with an explicit deny in a service control policy', 'guardrail', 'GuardrailDenied'],
    ['with an explicit deny in a resource control policy', 'guardrail', 'GuardrailDenied'],
    ['because no session policy allows the x action', 'guardrail', 'GuardrailDenied'],
    ['because no permissions boundary allows the x action', 'guardrail', 'GuardrailDenied'],
    ['', undefined, 'AccessDenied'],
  ])('that says %j is of the kind %s', (why, permission, reason) => {
    expect(failure({ said: denial(why) })).toMatchObject({ permission, reason, kind: 'terminal' });
  });

  it('that does not tell which policy decided asks for both, with the action of what was tried', () => {
    expect(failure({ said: 'Not permitted' }, pull).nextStep).toBe(
      'Allow ecr:BatchGetImage on repository team/app: in the policy of the repository if it is in another account, ' +
        'and in a policy of this identity.',
    );
  });
});

it('a denial of ECR Public names actions of ECR Public', () => {
  const nextStep = (operation: OciCall['operation']): string =>
    failure({ said: 'no' }, { operation, host: 'public.ecr.aws', repository: 'team/app' }).nextStep;
  expect(nextStep('startUpload')).toContain('Allow ecr-public:InitiateLayerUpload on');
  expect(nextStep('headBlob')).toContain('Allow ecr-public:BatchCheckLayerAvailability on');
  expect(nextStep('headManifest')).not.toContain('ecr:');
});

describe('the answer of a registry', () => {
  const expired = 'Your authorization token has expired. Reauthenticate and try again.';
  it.each<[string, Partial<OciErrorFacts>, OciCall, string, string]>([
    ['an expired token, with 401', { status: 401, said: expired }, ping, 'TokenExpired', 'transient'],
    ['an expired token, with 403', { said: expired }, pull, 'TokenExpired', 'transient'],
    [
      'a token of ECR Public',
      { status: 400, said: 'Your Authorization Token is invalid.' },
      ping,
      'TokenInvalid',
      'terminal',
    ],
    [
      'no login',
      { status: 401, said: 'Not Authorized' },
      { ...ping, anonymous: true },
      'NoCredentials',
      'terminal',
    ],
    [
      'a login that it does not take',
      { status: 401, said: 'Not Authorized' },
      ping,
      'LoginRefused',
      'terminal',
    ],
    ['a login that it forbids at the door', { said: 'Forbidden' }, ping, 'LoginRefused', 'terminal'],
    ['an unknown repository', { status: 404, code: 'NAME_UNKNOWN' }, push, 'RepositoryNotFound', 'terminal'],
    [
      'a repository name that is none',
      { status: 400, code: 'NAME_INVALID' },
      push,
      'InvalidRepositoryName',
      'terminal',
    ],
    ['an unknown image', { status: 404, code: 'MANIFEST_UNKNOWN' }, pull, 'ImageNotFound', 'terminal'],
    [
      'too many requests',
      { status: 429, code: 'TOOMANYREQUESTS', said: 'Rate exceeded' },
      push,
      'Throttled',
      'throttled',
    ],
    ['too many requests, without a code', { status: 429, code: 'HTTP_429' }, push, 'Throttled', 'throttled'],
    ['a fault', { status: 503, code: 'HTTP_503' }, push, 'RegistryUnavailable', 'transient'],
    ['a page of something else', { status: 404, code: 'HTTP_404' }, ping, 'NotARegistry', 'terminal'],
    ['a proxy that wants a login', { status: 407, code: 'HTTP_407' }, ping, 'ProxyRefused', 'terminal'],
    ['nothing that is known', { status: 418, code: 'TEAPOT' }, ping, 'RegistryError', 'transient'],
  ])('about %s is understood', (_what, facts, call, reason, kind) => {
    expect(failure(facts, call)).toMatchObject({ reason, kind });
  });

  it('gives a message with object, cause, code, status, request id and next step, on one line', () => {
    const said = 'The repository\nwith name   "team/app" does not exist.';
    const { message } = failure({ code: 'NAME_UNKNOWN', status: 404, said, requestId: 'r-1' }, pull);
    expect(message).toBe(
      `look up ${host}/team/app:v1 failed: The repository with name "team/app" does not exist (code NAME_UNKNOWN, HTTP ` +
        `404, request r-1). Create repository team/app at ${host}, or correct its name: without host and without tag.`,
    );
  });

  it('is cut when it is long, and never the next step', () => {
    const { message, nextStep } = failure({ said: 'x'.repeat(5_000), code: 'y'.repeat(500) });
    expect(message.length).toBeLessThanOrEqual(900);
    expect(message.endsWith(nextStep)).toBe(true);
  });
});

describe('an error of the network', () => {
  const error = (code: string, message = 'm'): Error => Object.assign(new Error(message), { code });
  it.each([
    ['ENOTFOUND', 'HostNotResolved'],
    ['ECONNREFUSED', 'HostUnreachable'],
    ['ERR_PROXY_TUNNEL', 'ProxyRefused'],
    ['ETIMEDOUT', 'Timeout'],
    ['CERT_HAS_EXPIRED', 'TLSFailed'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'TLSFailed'],
    ['EWHATEVER', 'RegistryError'],
  ])('%s is transient, and keeps its cause', (code, reason) => {
    const cause = error(code);
    expect(classifyOciError(cause, ping)).toMatchObject({
      reason,
      code,
      status: 0,
      kind: 'transient',
      cause,
    });
  });

  it('that cuts an upload off asks about the repository, since ECR was seen to hang up on unknown ones', () => {
    expect(classifyOciError(error('ECONNRESET'), push).nextStep).toContain('repository team/app exists');
    expect(classifyOciError(error('ECONNRESET'), pull).nextStep).not.toContain('exists');
  });

  it('has a message even where Node gives none', () => {
    const all = Object.assign(new AggregateError([error('ECONNREFUSED')]), { code: 'ECONNREFUSED' });
    expect(classifyOciError(all, ping).message).toContain('failed: ECONNREFUSED');
  });

  it('that was understood before stays what it is', () => {
    const known = failure({});
    expect(classifyOciError(known, ping)).toBe(known);
  });
});

describe('the error table', () => {
  it('has a reason in CamelCase and a next step that is a sentence in each row', () => {
    for (const { reason, nextStep } of ociErrorTable) {
      expect(reason).toMatch(/^[A-Z][A-Za-z]+$/);
      expect(nextStep).toMatch(/^[A-Z{].*\.$/);
      expect(nextStep.replaceAll(/\{(host|repository|action)\}/g, '')).not.toMatch(/[{}]/);
    }
  });
});
