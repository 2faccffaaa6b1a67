import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { partitionOfArn, partitionOfRegion, partitions } from '../../src/aws/partitions.ts';

describe('the partition of a region', () => {
  it.each([
    ['us-east-1', 'aws'],
    ['ap-southeast-99', 'aws'],
    ['us-gov-east-1', 'aws-us-gov'],
    ['cn-northwest-1', 'aws-cn'],
    ['eusc-de-east-1', 'aws-eusc'],
    ['us-iso-west-1', 'aws-iso'],
    ['us-isob-east-1', 'aws-iso-b'],
    ['eu-isoe-west-1', 'aws-iso-e'],
    ['us-isof-east-1', 'aws-iso-f'],
  ])('%s is %s', (region, name) => {
    expect(partitionOfRegion(region).name).toBe(name);
  });

  it.each([
    '',
    'us-east',
    'US-EAST-1',
    'us-east-1a',
    'us-isoz-east-1',
    'lala-land-1',
    'us-east-1\n',
    'us-east-1.evil.io',
  ])('%j is refused by name', (region) => {
    expect(() => partitionOfRegion(region)).toThrow(/^region ".*" belongs to no known AWS partition \(aws, /);
  });

  it('is never ambiguous', () => {
    const regions = fc.stringMatching(/^(us|eu|cn|eusc)(-(gov|iso[bef]?|de))?-[a-z]{1,9}-\d$/);
    fc.assert(
      fc.property(regions, (region) => {
        expect(partitions.filter((partition) => partition.regions.test(region)).length).toBeLessThan(2);
      }),
    );
  });
});

describe('the partition of an ARN', () => {
  it.each([
    ['arn:aws:iam::123456789012:role/a', 'aws'],
    ['arn:aws-cn:iam::123456789012:role/a', 'aws-cn'],
    ['arn:aws-iso-b:iam::123456789012:role/a', 'aws-iso-b'],
    ['arn:aws-moon:iam::123456789012:role/a', undefined],
    ['aws:aws:iam', undefined],
    ['', undefined],
  ])('%j: %s', (arn, name) => {
    expect(partitionOfArn(arn)?.name).toBe(name);
  });
});
