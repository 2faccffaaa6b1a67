import { parseArn } from './arn.ts';
import { AwsError, validationError } from './errors.ts';

/** The checked parameters that both ways of assuming a role have. */
export interface AssumeParameters {
  readonly roleArn: string;
  readonly roleSessionName: string;
  readonly durationSeconds: number;
}

/** Checks what STS checks before it looks at any role. Throws AwsError (ValidationError). */
export function readAssumeParameters(form: URLSearchParams): AssumeParameters {
  for (const name of ['Policy', 'PolicyArns.member.1.arn', 'SourceIdentity']) {
    // Ignoring these would give the session more rights than asked for, and hide that from a test.
    if (form.has(name)) throw new AwsError(501, 'NotImplemented', `the local AWS does not support ${name}`);
  }
  const roleArn = form.get('RoleArn') ?? '';
  checkLength('roleArn', roleArn, 20, 2048);
  const arn = parseArn(roleArn);
  if (arn?.service !== 'iam' || !arn.resource.startsWith('role/'))
    throw validationError(`${roleArn} is invalid`);
  const roleSessionName = form.get('RoleSessionName') ?? '';
  checkLength('roleSessionName', roleSessionName, 2, 64);
  if (!/^[\w+=,.@-]*$/.test(roleSessionName)) {
    throw constraint('roleSessionName', roleSessionName, 'satisfy regular expression pattern: [\\w+=,.@-]*');
  }
  const durationSeconds = Number(form.get('DurationSeconds') ?? 3600);
  if (!(durationSeconds >= 900)) {
    throw constraint('durationSeconds', durationSeconds, 'have value greater than or equal to 900');
  }
  if (durationSeconds > 43_200) {
    throw constraint('durationSeconds', durationSeconds, 'have value less than or equal to 43200');
  }
  return { roleArn, roleSessionName, durationSeconds };
}

/** The length that every parameter of text has to keep to. Throws AwsError (ValidationError). */
export function checkLength(name: string, value: string, min: number, max: number): void {
  if (value.length < min) throw constraint(name, value, `have length greater than or equal to ${min}`);
  if (value.length > max) throw constraint(name, value, `have length less than or equal to ${max}`);
}

function constraint(name: string, value: string | number, rule: string): AwsError {
  return validationError(
    `1 validation error detected: Value '${value}' at '${name}' failed to satisfy constraint: Member must ${rule}`,
  );
}
