import { Redacted } from '../base/redacted.ts';
import type { AwsCredentials } from './api.ts';
import { CredentialFailure } from './failure.ts';

/** Keys that the Secret of an IAM user has. */
const fields = {
  accessKeyId: {
    required: true,
    shape: /^[A-Z0-9]{16,128}$/,
    looksLike: 'capital letters and digits, as in AKIA...',
  },
  secretAccessKey: {
    required: true,
    shape: /^[A-Za-z0-9/+=]{20,128}$/,
    looksLike: 'about 40 letters, digits, / and +',
  },
  sessionToken: {
    required: false,
    shape: /^[A-Za-z0-9/+=]{16,8192}$/,
    looksLike: 'a long text of letters, digits, / and +',
  },
} as const;

type Field = keyof typeof fields;

/**
 * Reads the keys of an IAM user from the data of a Secret (base64, as the API gives it). White space around a key, which
 * editors and `echo` leave behind, is trimmed. What is wrong is said without showing the value.
 */
export function parseAccessKey(
  secret: string,
  data: Readonly<Record<string, string>> | undefined,
): AwsCredentials {
  const read = (field: Field): string => checkField(secret, field, decode(data?.[field]));
  const sessionToken = read('sessionToken');
  return {
    accessKeyId: read('accessKeyId'),
    secretAccessKey: new Redacted(read('secretAccessKey')),
    sessionToken: sessionToken === '' ? undefined : new Redacted(sessionToken),
    expiresAtMs: undefined,
  };
}

function checkField(secret: string, field: Field, value: string): string {
  const { required, shape, looksLike } = fields[field];
  if (value === '' && required)
    throw invalid(`key ${field} of Secret ${secret} is missing or empty`, looksLike);
  if (value !== '' && !shape.test(value))
    throw invalid(`key ${field} of Secret ${secret} ${whatIsOff(value)}`, looksLike);
  return value;
}

function whatIsOff(value: string): string {
  if (/\s/.test(value)) return `has white space inside (${value.length} characters)`;
  if (/^["'].*["']$/.test(value)) return 'is in quotes';
  if (/[^\x20-\x7e]/.test(value)) return `has characters that no key has (${value.length} characters)`;
  return `has not the shape of one (${value.length} characters)`;
}

function invalid(what: string, looksLike: string): CredentialFailure {
  const nextStep = `Write the value as AWS shows it: ${looksLike}; it is picked up at once.`;
  return new CredentialFailure({
    kind: 'terminal',
    reason: 'InvalidAccessKey',
    message: `${what}. ${nextStep}`,
    nextStep,
  });
}

function decode(base64: string | undefined): string {
  return Buffer.from(base64 ?? '', 'base64')
    .toString('utf8')
    .trim();
}
