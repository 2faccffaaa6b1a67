import { z } from 'zod';

/** Building blocks of the CRD schemas: each bounded, each with a message that says what to write instead. */

export interface CelRule {
  rule: string;
  message: string;
}

/** Adds CEL rules to a schema; the API server evaluates them on every write. */
export function withRules<T extends z.ZodType>(schema: T, ...rules: CelRule[]): T {
  return schema.meta({ ...schema.meta(), 'x-kubernetes-validations': rules });
}

const dnsSubdomain = '[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*';

export const region = (description: string) =>
  withRules(z.string().min(1).max(32).describe(description), {
    rule: "self.matches('^[a-z]+(-[a-z]+)+-[0-9]+$')",
    message: 'write an AWS region, such as eu-west-1',
  });

export const accountId = (description: string) =>
  withRules(z.string().max(12).describe(description), {
    rule: "self.matches('^[0-9]{12}$')",
    message: 'write the 12 digits of an AWS account as a quoted string, such as "111122223333"',
  });

export const objectName = (description: string) =>
  withRules(z.string().min(1).max(253).describe(description), {
    rule: `self.matches('^${dnsSubdomain}$')`,
    message: 'write the name of an object in the same namespace: lower-case letters, digits, - and .',
  });

/** A service account at one level; the empty string means that the level is not set. */
export const levelServiceAccount = (description: string) =>
  withRules(z.string().max(253).describe(description), {
    rule: `self == '' || self.matches('^${dnsSubdomain}$')`,
    message: 'write the name of a service account in the same namespace, without a namespace before it',
  });

export const nameGlob = (description: string) =>
  withRules(z.string().min(1).max(253).describe(description), {
    rule: "self.matches('^[a-z0-9*.-]+$')",
    message: 'write a name, or a pattern such as build-*: lower-case letters, digits, - . and *',
  });

export const roleArn = (description: string) =>
  withRules(z.string().max(2048).describe(description), {
    rule: "self.matches('^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]+$')",
    message: 'write an IAM role ARN, such as arn:aws:iam::111122223333:role/ecr-push',
  });

/** Labels or annotations for a Secret; names of this operator's own group stay reserved. */
export const extraMetadata = (what: 'labels' | 'annotations', maxValue: number) =>
  withRules(
    z
      .record(z.string(), z.string().max(maxValue))
      .meta({ maxProperties: 32 })
      .describe(`Extra ${what} for the Secret. Names under ecr-operator.dev/ are reserved.`),
    {
      rule: "self.all(k, !k.startsWith('ecr-operator.dev/') && k != 'app.kubernetes.io/managed-by')",
      message: `${what} under ecr-operator.dev/ and app.kubernetes.io/managed-by are set by the operator: remove them`,
    },
  );
