import { layerHostOf } from '../aws/registry/hosts.ts';

/** Addresses of the single node's own network, which no other machine and no other network namespace can reach. */
export const network = {
  bridge: 'ecr0',
  podRange: '10.88.0.0/24',
  /** The node, seen from its pods: the bridge, and their default gateway. */
  nodeAddress: '10.88.0.1',
  prefixLength: 24,
  /** The Service `kubernetes`, the first address of the API server's range. */
  apiServerAddress: '10.0.0.1',
} as const;

/** Account and region of the registry that the tests push to and the kubelet pulls from. */
export const registry = { account: '111122223333', region: 'eu-west-1' } as const;
export const registryHost = `${registry.account}.dkr.ecr.${registry.region}.amazonaws.com`;

/** The host names of AWS that nodes and pods look up; everything else stays unknown to them. */
export const registryNames: readonly string[] = [registryHost, layerHostOf(registry.region)];
