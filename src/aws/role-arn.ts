import { type PartitionName, partitionOfArn, partitions } from './partitions.ts';
import { quoted } from './quoted.ts';

/** The parts of an IAM role's ARN. */
interface RoleArn {
  readonly partition: PartitionName;
  /** 12 digits. */
  readonly accountId: string;
  /** The name alone, without the path. */
  readonly name: string;
  /** `/` or `/some/path/`. */
  readonly path: string;
}

/** Either the parts, or what is wrong in words that can follow "roleArn". */
export type RoleArnResult =
  { readonly ok: true; readonly role: RoleArn } | { readonly ok: false; readonly reason: string };

const longestArn = 2048;
const longestPath = 512;

/** Takes a role ARN apart and says what is wrong with one that AWS would refuse. Never trims: AWS would not either. */
export function parseRoleArn(text: string): RoleArnResult {
  const reason = whatIsWrong(text);
  if (reason !== undefined) return { ok: false, reason: `${quoted(text)} ${reason}` };
  const partition = partitionOfArn(text);
  if (partition === undefined) return unknownPartition(text);
  const [, , , , accountId = '', resource = ''] = text.split(':');
  const cut = resource.lastIndexOf('/') + 1;
  const path = resource.slice('role'.length, cut);
  return { ok: true, role: { partition: partition.name, accountId, name: resource.slice(cut), path } };
}

function unknownPartition(text: string): RoleArnResult {
  const known = partitions.map((partition) => partition.name).join(', ');
  return { ok: false, reason: `${quoted(text)} names an unknown partition; known are ${known}` };
}

function whatIsWrong(text: string): string | undefined {
  if (text === '') return 'is empty';
  if (text.length > longestArn) return `is longer than ${longestArn} characters`;
  if (text !== text.trim()) return 'has white space around it; remove it';
  if (!text.startsWith('arn:')) return 'does not start with arn:';
  const [, , service = '', region = '', accountId = '', resource = '', extra] = text.split(':');
  if (service === 'sts' && resource.startsWith('assumed-role/')) {
    return 'is the ARN of a role session; use the ARN of the role, arn:aws:iam::<account>:role/<path/name>';
  }
  if (service !== 'iam') return 'is not an ARN of the service iam';
  if (region !== '') return 'names a region, which the ARN of a role never does';
  if (!/^\d{12}$/.test(accountId)) return 'has no account id of 12 digits';
  if (extra !== undefined) return 'has a colon after the role name';
  return wrongResource(resource);
}

function wrongResource(resource: string): string | undefined {
  if (!resource.startsWith('role/'))
    return 'is not the ARN of a role: the account id is followed by role/<path/name>';
  const cut = resource.lastIndexOf('/') + 1;
  const name = resource.slice(cut);
  const path = resource.slice('role'.length, cut);
  if (!/^[\w+=,.@-]{1,64}$/.test(name))
    return 'has no role name of 1 to 64 characters from A-Z a-z 0-9 _+=,.@-';
  if (path.length > longestPath || !/^[\x21-\x7e]+$/.test(path)) {
    return `has a path with other than printable characters, or longer than ${longestPath}`;
  }
  return undefined;
}
