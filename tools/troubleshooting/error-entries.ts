import type { ErrorRow, FailureKind } from '../../src/aws/error-row.ts';
import { errorTable, unknownErrorRow } from '../../src/aws/error-table.ts';
import type { OciErrorRow } from '../../src/oci/error-model.ts';
import { findRow, ociErrorTable } from '../../src/oci/error-table.ts';
import { alternatives, code, type Entry, placeholders, wordsOf } from './entry.ts';

const nothingDenied = { action: undefined, permission: undefined, explicit: false };
const unknownOciRow = findRow(
  { code: '', status: 0, said: '' },
  { operation: 'ping', host: '' },
  nothingDenied,
);

const kinds: Readonly<Record<FailureKind, string>> = {
  terminal: 'Somebody must change something.',
  transient: 'It may pass by itself.',
  throttled: 'It passes by itself.',
};

function entryOf(row: ErrorRow | OciErrorRow, head: string, more: string): Entry {
  const withCodes = row.codes === undefined ? '' : ` with ${alternatives(row.codes.map(code))}`;
  const withStatus =
    row.status === undefined ? '' : ` with HTTP status ${[...new Set(row.status)].join(' to ')}`;
  const saying = row.message === undefined ? '' : ` and says ${wordsOf(row.message)}`;
  const meaning = `${head}${withCodes}${withStatus}${saying}${more}. ${kinds[row.kind]}`;
  return { reason: row.reason, meaning, todo: placeholders(row.nextStep) };
}

function awsMore({ source, freshToken }: ErrorRow): string {
  const from = source === undefined ? '' : `, with ${code(`credentials.source: ${source}`)}`;
  return from + (freshToken === undefined ? '' : ', although the token was made for this very call');
}

const deciders: Readonly<Record<NonNullable<OciErrorRow['permission']>, string>> = {
  identity: 'an identity-based policy',
  resource: 'a resource-based policy, that of the repository or of its registry,',
  'VPC endpoint': 'the policy of a VPC endpoint',
  guardrail: 'a policy of the organization, the session or a boundary',
};

function ociMore({ permission, explicit, anonymous }: OciErrorRow): string {
  const verb = explicit === true ? 'says Deny' : 'does not allow it';
  const policy = permission === undefined ? '' : `, since ${deciders[permission]} ${verb}`;
  return policy + (anonymous === undefined ? '' : ', and there is no login for it');
}

/** What AWS and the way to it can say. */
export const awsEntries: readonly Entry[] = [
  ...errorTable.map((row) =>
    entryOf(row, `${row.operation ? code(row.operation) : 'A call to AWS'} fails`, awsMore(row)),
  ),
  entryOf(unknownErrorRow, 'A call to AWS fails with a code that has no entry here', ''),
];

/** What a registry and the way to it can say. */
export const registryEntries: readonly Entry[] = [
  ...ociErrorTable.map((row) =>
    entryOf(
      row,
      `A request to a registry${row.operation ? ` (${code(row.operation)})` : ''} fails`,
      ociMore(row),
    ),
  ),
  entryOf(unknownOciRow, 'A request to a registry fails with a code that has no entry here', ''),
];
