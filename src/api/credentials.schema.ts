import { z } from 'zod';
import { levelServiceAccount, nameGlob, objectName, roleArn, withRules } from './fields.schema.ts';

const accessKey = z
  .object({
    secretName: objectName(
      'Secret of the same namespace with the keys accessKeyId, secretAccessKey and, for temporary keys, sessionToken.',
    ),
  })
  .describe('Keys of an IAM user. Only with source AccessKey.');

const serviceAccounts = z
  .object({
    runtime: levelServiceAccount(
      'Lowest level. Default: the flag --runtime-service-account of the operator.',
    ).optional(),
    account: levelServiceAccount(
      'Wins over runtime. Set it to give this registry its own identity.',
    ).optional(),
    allowed: z
      .array(nameGlob('Name of a service account; * stands for any characters.'))
      .max(64)
      .describe(
        'Service accounts that an EcrPipeline may bring at the levels pipeline and trigger. Default: any that names a role. Whoever writes an EcrPipeline borrows the role of the service account that it names.',
      )
      .meta({ 'x-kubernetes-list-type': 'set' })
      .optional(),
  })
  .describe(
    'Service accounts of the same namespace, by level: runtime < account < pipeline < trigger. The highest that is set is used, or the registry fails: there is no fall-through.',
  );

const assumeRole = z.object({
  roleArn: roleArn('Role to assume with the credentials of the step before.'),
  externalId: z
    .string()
    .min(2)
    .max(1224)
    .regex(/^[\w+=,.@:/-]+$/)
    .describe('External id that the trust policy of the role asks for.')
    .optional(),
  sessionName: z
    .string()
    .min(2)
    .max(64)
    .regex(/^[\w+=,.@-]+$/)
    .describe(
      'Role session name, as seen in CloudTrail. Default: ecr-operator-<namespace>-<service account>, cut and hashed to 64 characters.',
    )
    .optional(),
  durationSeconds: z
    .int32()
    .min(900)
    .max(3600)
    .describe('Life of the session in seconds. AWS allows at most 3600 for a chained role.')
    .optional(),
  tags: z
    .record(z.string(), z.string().max(256))
    .meta({ maxProperties: 50 })
    .describe('Session tags; the trust policy must allow sts:TagSession.')
    .optional(),
});

export const credentials = withRules(
  z.object({
    source: z
      .enum(['ServiceAccount', 'AccessKey', 'Operator'])
      .describe(
        "ServiceAccount: the IAM role of a service account, by level. AccessKey: keys of an IAM user from a Secret; levels are ignored. Operator: the operator's own AWS identity, where its flag --allow-operator-identity is set.",
      )
      .default('ServiceAccount'),
    accessKey: accessKey.optional(),
    serviceAccounts: serviceAccounts.optional(),
    assumeRoles: z
      .array(assumeRole)
      .max(5)
      .describe(
        'Roles to assume one after the other, after the identity above: for registries of other accounts.',
      )
      .meta({ 'x-kubernetes-list-type': 'atomic' })
      .optional(),
  }),
  {
    rule: "self.source != 'AccessKey' || has(self.accessKey)",
    message:
      'source AccessKey needs accessKey.secretName: the Secret that holds accessKeyId and secretAccessKey',
  },
  {
    rule: "self.source == 'AccessKey' || !has(self.accessKey)",
    message: 'accessKey is only read with source: AccessKey: set the source, or remove accessKey',
  },
);
