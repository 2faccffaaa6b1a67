/** The parts of `arn:partition:service:region:account:resource`. */
export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  readonly resource: string;
}

/** Splits an ARN; undefined when the text is not one. The resource keeps its own colons. */
export function parseArn(text: string): Arn | undefined {
  const match = /^arn:(aws[a-z-]*):([a-z0-9-]+):([a-z0-9-]*):(\d{12}|):(.+)$/.exec(text);
  if (match === null) return undefined;
  const [, partition = '', service = '', region = '', account = '', resource = ''] = match;
  return { partition, service, region, account, resource };
}

/** Like parseArn, for the set-up code of a test: a wrong ARN is a mistake there, so it throws. */
export function requireArn(text: string): Arn {
  const arn = parseArn(text);
  if (arn === undefined) throw new Error(`${JSON.stringify(text)} is not an ARN`);
  return arn;
}

/** The ARN of a role session. AWS leaves the role's path out of it and keeps only its name. */
export function assumedRoleArn(roleArn: string, sessionName: string): string {
  const { partition, account, resource } = requireArn(roleArn);
  return `arn:${partition}:sts::${account}:assumed-role/${resource.split('/').at(-1)}/${sessionName}`;
}

const partitionsByPrefix: readonly (readonly [prefix: string, partition: string])[] = [
  ['cn-', 'aws-cn'],
  ['us-gov-', 'aws-us-gov'],
  ['us-iso-', 'aws-iso'],
  ['us-isob-', 'aws-iso-b'],
  ['eusc-', 'aws-eusc'],
];

/** The partition that a region belongs to. */
export function partitionOfRegion(region: string): string {
  return partitionsByPrefix.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'aws';
}

const dnsSuffixes: Readonly<Record<string, string>> = {
  'aws-cn': 'amazonaws.com.cn',
  'aws-eusc': 'amazonaws.eu',
  'aws-iso': 'c2s.ic.gov',
  'aws-iso-b': 'sc2s.sgov.gov',
};

/** The domain under which the services of a region live. */
export function dnsSuffixOfRegion(region: string): string {
  return dnsSuffixes[partitionOfRegion(region)] ?? 'amazonaws.com';
}

/** True for names shaped like a region: `eu-west-1`, `us-gov-west-1`, `eusc-de-east-1`. */
export function isRegionName(text: string): boolean {
  return /^[a-z]{2,4}(-[a-z]+)+-\d+$/.test(text);
}
