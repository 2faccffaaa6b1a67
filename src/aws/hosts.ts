import {
  type Partition,
  type PartitionName,
  findPartitionOfRegion,
  partitionOfRegion,
  partitions,
  regionShape,
} from './partitions.ts';
import { quoted } from './quoted.ts';

/** The spellings of one private registry; `FIPS` and `DualStack` exist only in some partitions and regions. */
export type EndpointForm = (typeof endpointForms)[number];

const endpointForms = ['Standard', 'FIPS', 'DualStack', 'FIPSDualStack'] as const;

/** A private registry, as its host name tells it. */
export interface RegistryHost {
  /** 12 digits. */
  readonly accountId: string;
  readonly region: string;
  readonly endpoint: EndpointForm;
  readonly partition: PartitionName;
}

/** The hosts of ECR Public: the usual one and the dual-stack one. Both take a token of the us-east-1 API. */
export const publicRegistryHosts: readonly string[] = ['public.ecr.aws', 'ecr-public.aws.com'];

const labels: Readonly<Record<EndpointForm, string>> = {
  Standard: 'dkr.ecr',
  FIPS: 'dkr.ecr-fips',
  DualStack: 'dkr-ecr',
  FIPSDualStack: 'dkr-ecr-fips',
};

const longestHost = 253;
const hostPattern = /^(\d{12})\.(dkr[.-]ecr(?:-fips)?)\.([a-z0-9-]+)\.([a-z0-9.-]+)$/;

/**
 * The account, region and form that a private registry host names, or undefined if it is none. The host alone: no
 * scheme, port, path or capital letter, since docker clients compare hosts letter by letter.
 *
 * The suffix decides the partition, so a region of a family that did not exist when this was written is understood.
 * A FIPS host is understood in every region, as by AWS's own tools; `registryHost` makes one only where AWS has it.
 */
export function parseRegistryHost(host: string): RegistryHost | undefined {
  if (host.length > longestHost) return undefined;
  const [, accountId, label, region, suffix] = hostPattern.exec(host) ?? [];
  if (accountId === undefined || label === undefined || region === undefined || suffix === undefined)
    return undefined;
  const endpoint = endpointForms.find((form) => labels[form] === label);
  if (endpoint === undefined || !regionShape.test(region)) return undefined;
  const sharing = partitions.filter((partition) => suffixOf(partition, endpoint) === suffix);
  const known = findPartitionOfRegion(region);
  const partition = known === undefined ? sharing[0] : sharing.find((one) => one === known);
  return partition && { accountId, region, endpoint, partition: partition.name };
}

/** What to build a host from; `partition` is needed only for a region whose name does not tell it. */
export type RegistryHostInput = Omit<RegistryHost, 'partition'> & { readonly partition?: PartitionName };

/**
 * The host of a private registry. Throws an Error that names the account, region or form that is wrong, which is the
 * user's to change.
 */
export function registryHost({ accountId, region, endpoint, partition: name }: RegistryHostInput): string {
  if (!/^\d{12}$/.test(accountId)) throw new Error(`account id ${quoted(accountId)} is not 12 digits`);
  const partition = choosePartition(region, name);
  const suffix = suffixOf(partition, endpoint);
  if (suffix === undefined) {
    throw new Error(
      `partition ${partition.name} of region ${region} has no ${endpoint} registry host; use Standard`,
    );
  }
  if (isFips(endpoint) && partition.fipsRegions?.test(region) !== true) {
    throw new Error(
      `region ${region} has no ${endpoint} registry host: ECR has FIPS hosts in us-* regions only`,
    );
  }
  return `${accountId}.${labels[endpoint]}.${region}.${suffix}`;
}

function choosePartition(region: string, name: PartitionName | undefined): Partition {
  const known = findPartitionOfRegion(region);
  const named = partitions.find((partition) => partition.name === name);
  if (named === undefined) return partitionOfRegion(region);
  if (known !== undefined && known !== named) {
    throw new Error(`region ${region} belongs to partition ${known.name}, not ${named.name}`);
  }
  if (!regionShape.test(region)) {
    throw new Error(`region ${quoted(region)} has not the shape of a region code, such as eu-west-1`);
  }
  return named;
}

function suffixOf(partition: Partition, endpoint: EndpointForm): string | undefined {
  return endpoint === 'DualStack' || endpoint === 'FIPSDualStack'
    ? partition.dualStackSuffix
    : partition.suffix;
}

function isFips(endpoint: EndpointForm): boolean {
  return endpoint === 'FIPS' || endpoint === 'FIPSDualStack';
}
