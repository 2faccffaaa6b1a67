import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRoleArn } from '../../src/aws/role-arn.ts';

const account = '123456789012';

describe('a role ARN', () => {
  it.each([
    [`arn:aws:iam::${account}:role/push`, 'aws', 'push', '/'],
    [`arn:aws-us-gov:iam::${account}:role/team/ci/push`, 'aws-us-gov', 'push', '/team/ci/'],
    [`arn:aws-cn:iam::${account}:role/a_+=,.@-Z9`, 'aws-cn', 'a_+=,.@-Z9', '/'],
    [
      `arn:aws-eusc:iam::${account}:role/aws-reserved/sso.amazonaws.com/x`,
      'aws-eusc',
      'x',
      '/aws-reserved/sso.amazonaws.com/',
    ],
    [`arn:aws-iso-f:iam::${account}:role/${'n'.repeat(64)}`, 'aws-iso-f', 'n'.repeat(64), '/'],
  ])('%s is taken apart', (arn, partition, name, path) => {
    expect(parseRoleArn(arn)).toEqual({ ok: true, role: { partition, accountId: account, name, path } });
  });

  it.each([
    ['', /is empty/],
    ['push', /does not start with arn:/],
    [` arn:aws:iam::${account}:role/push`, /white space around it/],
    [`arn:aws:iam::${account}:role/push\n`, /white space around it/],
    [`arn:aws:sts::${account}:assumed-role/push/session`, /role session/],
    [`arn:aws:s3::${account}:role/push`, /service iam/],
    [`arn:aws:iam:us-east-1:${account}:role/push`, /names a region/],
    ['arn:aws:iam::12345678901:role/push', /12 digits/],
    ['arn:aws:iam::1234567890123:role/push', /12 digits/],
    ['arn:aws:iam::<account>:role/push', /12 digits/],
    ['arn:aws:iam', /12 digits/],
    [`arn:aws:iam::${account}:user/push`, /not the ARN of a role/],
    [`arn:aws:iam::${account}:root`, /not the ARN of a role/],
    [`arn:aws:iam::${account}:role/`, /no role name/],
    [`arn:aws:iam::${account}:role/team/`, /no role name/],
    [`arn:aws:iam::${account}:role/pu sh`, /no role name/],
    [`arn:aws:iam::${account}:role/${'n'.repeat(65)}`, /no role name/],
    [`arn:aws:iam::${account}:role/a\u0007b/push`, /has a path/],
    [`arn:aws:iam::${account}:role/${'p'.repeat(512)}/push`, /has a path/],
    [`arn:aws:iam::${account}:role/push:extra`, /colon after the role name/],
    [`arn:aws-moon:iam::${account}:role/push`, /unknown partition/],
    [`arn:aws:iam::${account}:role/${'p/'.repeat(2000)}push`, /longer than 2048/],
  ])('%j is refused with what is wrong', (arn, reason) => {
    expect(parseRoleArn(arn)).toMatchObject({ ok: false, reason: expect.stringMatching(reason) });
  });

  it('is built back from its parts, and a refusal is one short line of printable text', () => {
    const arns = fc
      .tuple(
        fc.constantFrom('aws', 'aws-cn', 'aws-moon'),
        fc.stringMatching(/^\d{11,13}$/),
        fc.stringMatching(/^[a-z/]{0,9}$/),
        fc.string({ unit: 'binary', maxLength: 9 }),
      )
      .map(([partition, id, path, name]) => `arn:${partition}:iam::${id}:role/${path}${name}`);
    const names = fc
      .stringMatching(/^[\w+=,.@-]{1,64}$/)
      .map((name) => `arn:aws:iam::${account}:role/x/${name}`);
    fc.assert(
      fc.property(fc.oneof(arns, names), (arn) => {
        const result = parseRoleArn(arn);
        if (!result.ok) return /^[\x20-\x7e]{1,300}$/.test(result.reason);
        const { partition, accountId, path, name } = result.role;
        return `arn:${partition}:iam::${accountId}:role${path}${name}` === arn;
      }),
      { numRuns: 500 },
    );
  });
});
