import { z } from 'zod';
import { credentials } from './credentials.schema.ts';
import {
  accountId,
  type CelRule,
  extraMetadata,
  nameGlob,
  objectName,
  region,
  withRules,
} from './fields.schema.ts';
import { conditionList, observedGeneration, time } from './status.schema.ts';
import { verificationStatus, verify } from './verification.schema.ts';

const registry = z.object({
  accountId: accountId('AWS account of the registry: the 12 digits in front of its host name.'),
  region: region('Region of the registry. Default: spec.region.').optional(),
  endpoints: z
    .array(z.enum(['Standard', 'FIPS', 'DualStack', 'FIPSDualStack']))
    .min(1)
    .max(4)
    .describe(
      'Host names to write into the Secret: pods pull with the name in their image. Default: Standard.',
    )
    .meta({ 'x-kubernetes-list-type': 'set' })
    .default(['Standard']),
});

const secret = z
  .object({
    name: objectName('Name of the Secret. Default: <metadata.name>-ecr.').optional(),
    labels: extraMetadata('labels', 63).optional(),
    annotations: extraMetadata('annotations', 4096).optional(),
  })
  .describe('The kubernetes.io/dockerconfigjson Secret that is kept fresh.');

const imagePullSecrets = z
  .object({
    serviceAccounts: z
      .array(nameGlob('Name of a service account; * stands for any characters.'))
      .max(64)
      .describe(
        'Service accounts, in the namespace of the Secret, whose imagePullSecrets get the Secret: their new pods pull with it. Undone when the registry is deleted.',
      )
      .meta({ 'x-kubernetes-list-type': 'set' })
      .default([]),
  })
  .describe('Who pulls with the Secret without naming it in a pod. Default: nobody.');

/** Fields that registries of every scope have. */
export const registryFields = {
  region: region('AWS region of the registries below, and of the STS endpoint.'),
  registries: z
    .array(registry)
    .max(64)
    .describe("Registries to write into the Secret. Default: the identity's own account in spec.region.")
    .meta({ 'x-kubernetes-list-type': 'atomic' })
    .optional(),
  public: z
    .boolean()
    .describe(
      'Also log in to public.ecr.aws. Needs ecr-public:GetAuthorizationToken and sts:GetServiceBearerToken.',
    )
    .default(false),
  credentials: credentials
    .describe('Who the operator is to AWS when it asks for tokens.')
    .default({ source: 'ServiceAccount' }),
  secret: secret.default({}),
  imagePullSecrets: imagePullSecrets.optional(),
  deletionPolicy: z
    .enum(['Delete', 'Retain'])
    .describe('Whether the Secret goes with this object, or stays until its tokens expire.')
    .default('Delete'),
  primary: z
    .boolean()
    .describe(
      'Wins where several registries of an EcrPipeline log in to the same host. Without a primary one the oldest wins.',
    )
    .default(false),
  suspend: z
    .boolean()
    .describe('Stop refreshing. The Secret stays as it is, and its tokens expire within 12 hours.')
    .default(false),
  verify,
};

/** Rules over `registryFields`. */
export const registryRules: CelRule[] = [
  {
    rule: '!has(self.registries) || self.registries.all(a, self.registries.exists_one(b, a.accountId == b.accountId && (has(a.region) ? a.region : self.region) == (has(b.region) ? b.region : self.region)))',
    message:
      'an account and region is listed twice in registries: keep one entry and put all host forms into its endpoints',
  },
  {
    rule: "!self.public || !self.region.matches('^(cn|us-gov|us-iso[a-z]*|eu-iso[a-z]*|eusc)-')",
    message:
      'public: true needs credentials of the standard AWS partition: public.ecr.aws cannot be reached from this region',
  },
];

export const spec = withRules(
  z.object(registryFields).describe('What to log in to, as whom, and where to keep the result.'),
  ...registryRules,
);

/** Who the operator is to AWS. */
const identityStatus = z
  .object({
    level: z.string().describe('Level that won: runtime, account, pipeline or trigger.').optional(),
    serviceAccount: z.string().describe('Service account that won.').optional(),
    roleArn: z.string().describe('IAM role of the last step.').optional(),
    callerArn: z.string().describe('What AWS calls the caller, as in CloudTrail.').optional(),
  })
  .describe('Who the operator is to AWS for this registry.')
  .optional();

const hostList = z
  .array(z.object({ host: z.string(), accountId: z.string().optional(), region: z.string() }))
  .describe('Host names in the Secret.')
  .meta({ 'x-kubernetes-list-type': 'atomic' })
  .optional();

/** What the status of every kind of registry says. `expiry`: of what. */
export const registryStatus = (expiry: string) => ({
  observedGeneration,
  conditions: conditionList,
  identity: identityStatus,
  expiresAt: time(expiry).optional(),
  refreshAt: time('When the next refresh is due.').optional(),
  registries: hostList,
  secretName: z.string().describe('The Secret to mount or to name in imagePullSecrets.').optional(),
  verification: verificationStatus,
});

const status = z
  .object(registryStatus('When the first token in the Secret expires.'))
  .describe('What was observed. Written by the operator.');

/** The default name of the Secret is the name with -ecr behind it. */
export const nameRule: CelRule = {
  rule: 'size(self.metadata.name) <= 249 || (has(self.spec.secret) && has(self.spec.secret.name))',
  message: 'the name is too long to be followed by -ecr: shorten it, or set spec.secret.name',
};

/** Schema of the whole object, as it stands in the CRD. */
export const ecrRegistry = withRules(
  z
    .object({ spec, status: status.optional() })
    .describe(
      'An Amazon ECR login that is kept fresh: the operator trades the token of a service account for its IAM role, asks ECR for an authorization token, and keeps it in a Secret that pods pull and push with.',
    ),
  nameRule,
);
