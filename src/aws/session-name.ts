import { shortHash } from '../base/hash.ts';

const prefix = 'ecr-operator';
const longest = 64;
const hashDigits = 8;

/**
 * The role session name that CloudTrail shows for `parts`, usually namespace and name: `ecr-operator-<ns>-<name>`,
 * made of the characters that STS allows and at most 64 of them.
 *
 * Where that would be too long, not legal, or readable in two ways (`a-b` + `c` is `a` + `b-c`), it is cut and ends in
 * 8 hex digits of a hash of the parts, so that different parts have different names.
 */
export function sessionName(parts: readonly string[]): string {
  const plain = [prefix, ...parts].join('-');
  const exact = plain.length <= longest && parts.every((part) => /^[\w+=,.@]+$/.test(part));
  if (exact) return plain;
  const hash = shortHash(JSON.stringify(parts)).slice(0, hashDigits);
  const legal = plain.replace(/[^\w+=,.@-]/g, '_');
  return `${legal.slice(0, longest - hashDigits - 1)}-${hash}`;
}
