/** What a host name of ECR stands for. */
export type RegistryHost =
  | { readonly kind: 'private'; readonly account: string; readonly region: string }
  | { readonly kind: 'public' }
  /** The bucket that serves the layers of a region. */
  | { readonly kind: 'layers'; readonly region: string };

const privateHost =
  /^(\d{12})\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com|amazonaws\.com\.cn|amazonaws\.eu|on\.aws|on\.amazonwebservices\.com\.cn)$/;
const layerHost = /^prod-[a-z0-9-]+-starport-layer-bucket\.s3\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/;
const publicHosts: readonly string[] = ['public.ecr.aws', 'ecr-public.aws.com'];

/** Reads a host name, with or without a port; undefined when it is not one of ECR. */
export function parseRegistryHost(text: string): RegistryHost | undefined {
  const host = text.toLowerCase().replace(/:\d+$/, '');
  if (publicHosts.includes(host)) return { kind: 'public' };
  const [, account, region] = privateHost.exec(host) ?? [];
  if (account !== undefined && region !== undefined) return { kind: 'private', account, region };
  const layerRegion = layerHost.exec(host)?.[1];
  return layerRegion === undefined ? undefined : { kind: 'layers', region: layerRegion };
}

/** The host that layers of a region are served from. */
export function layerHostOf(region: string): string {
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `prod-${region}-starport-layer-bucket.s3.${region}.${suffix}`;
}

/** The names that a certificate needs to serve the registries of these regions, FIPS and dual-stack forms included. */
export function certificateNames(regions: readonly string[]): readonly string[] {
  const names = regions.flatMap((region) => {
    const china = region.startsWith('cn-');
    const suffix = china ? 'amazonaws.com.cn' : region.startsWith('eusc-') ? 'amazonaws.eu' : 'amazonaws.com';
    const dualStack = china ? 'on.amazonwebservices.com.cn' : 'on.aws';
    return [
      `*.dkr.ecr.${region}.${suffix}`,
      `*.dkr.ecr-fips.${region}.${suffix}`,
      `*.dkr-ecr.${region}.${dualStack}`,
      `*.dkr-ecr-fips.${region}.${dualStack}`,
      layerHostOf(region),
    ];
  });
  return [...names, ...publicHosts];
}
