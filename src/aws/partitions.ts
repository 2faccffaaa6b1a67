import { quoted } from './quoted.ts';

/** The partitions of AWS: closed worlds with their own accounts, ARNs and DNS names. */
export type PartitionName =
  'aws' | 'aws-cn' | 'aws-us-gov' | 'aws-eusc' | 'aws-iso' | 'aws-iso-b' | 'aws-iso-e' | 'aws-iso-f';

/** What differs between partitions for ECR. */
export interface Partition {
  readonly name: PartitionName;
  /** Regions of the partition, those of the future included. */
  readonly regions: RegExp;
  /** What registry hosts end in. */
  readonly suffix: string;
  /** What dual-stack registry hosts end in; undefined where AWS documents none. */
  readonly dualStackSuffix: string | undefined;
  /** Regions that have a FIPS registry host; undefined where AWS documents none. */
  readonly fipsRegions: RegExp | undefined;
}

/**
 * No list of regions on purpose: AWS opens new ones faster than operators are upgraded. The patterns are disjoint,
 * since a region of `aws` has three parts and the sovereign ones that share its first part have four.
 */
export const partitions: readonly Partition[] = [
  {
    name: 'aws',
    regions: /^(?:us|eu|ap|sa|ca|me|af|il|mx)-[a-z]{1,20}-\d{1,3}$/,
    suffix: 'amazonaws.com',
    dualStackSuffix: 'on.aws',
    fipsRegions: /^us-/,
  },
  {
    name: 'aws-us-gov',
    regions: /^us-gov-[a-z]{1,20}-\d{1,3}$/,
    suffix: 'amazonaws.com',
    dualStackSuffix: 'on.aws',
    fipsRegions: /^us-gov-/,
  },
  {
    name: 'aws-cn',
    regions: /^cn-[a-z]{1,20}-\d{1,3}$/,
    suffix: 'amazonaws.com.cn',
    dualStackSuffix: 'on.amazonwebservices.com.cn',
    fipsRegions: undefined,
  },
  onlyStandard('aws-eusc', /^eusc-[a-z]{2}-[a-z]{1,20}-\d{1,3}$/, 'amazonaws.eu'),
  onlyStandard('aws-iso', /^us-iso-[a-z]{1,20}-\d{1,3}$/, 'c2s.ic.gov'),
  onlyStandard('aws-iso-b', /^us-isob-[a-z]{1,20}-\d{1,3}$/, 'sc2s.sgov.gov'),
  onlyStandard('aws-iso-e', /^eu-isoe-[a-z]{1,20}-\d{1,3}$/, 'cloud.adc-e.uk'),
  onlyStandard('aws-iso-f', /^us-isof-[a-z]{1,20}-\d{1,3}$/, 'csp.hci.ic.gov'),
];

function onlyStandard(name: PartitionName, regions: RegExp, suffix: string): Partition {
  return { name, regions, suffix, dualStackSuffix: undefined, fipsRegions: undefined };
}

/** What every region code looks like, whatever the partition. */
export const regionShape = /^[a-z]{2,8}(?:-[a-z]{1,20}){1,3}-\d{1,3}$/;

/** The partition a region belongs to, or undefined if its name follows the pattern of none. */
export function findPartitionOfRegion(region: string): Partition | undefined {
  return partitions.find((partition) => partition.regions.test(region));
}

/** The partition a region belongs to; throws an Error that names the region if there is none. */
export function partitionOfRegion(region: string): Partition {
  const partition = findPartitionOfRegion(region);
  if (partition !== undefined) return partition;
  throw new Error(
    `region ${quoted(region)} belongs to no known AWS partition (${partitions.map((p) => p.name).join(', ')}); ` +
      'write the region code, such as eu-west-1',
  );
}

/** The partition that an ARN names in its second part, or undefined if it is no ARN of a known partition. */
export function partitionOfArn(arn: string): Partition | undefined {
  const [scheme, name] = arn.split(':', 3);
  return scheme === 'arn' ? partitions.find((partition) => partition.name === name) : undefined;
}
