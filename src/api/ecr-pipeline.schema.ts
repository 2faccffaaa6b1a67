import { z } from 'zod';
import { levelServiceAccount, objectName, withRules } from './fields.schema.ts';
import { conditionList, observedGeneration, time } from './status.schema.ts';
import { verificationStatus, verify } from './verification.schema.ts';

const registryReference = z.object({
  kind: z
    .enum(['EcrRegistry', 'ClusterEcrRegistry'])
    .default('EcrRegistry')
    .describe('A ClusterEcrRegistry must select the namespace of the pipeline.'),
  name: objectName('Name of an EcrRegistry of the same namespace, or of a ClusterEcrRegistry.'),
});

const trigger = z.object({
  name: withRules(
    z.string().min(1).max(63).describe('Name of the trigger, part of the name of its Secret.'),
    {
      rule: "self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$')",
      message: 'write a DNS label: lower-case letters, digits and -, no dot',
    },
  ),
  serviceAccount: levelServiceAccount(
    'The trigger level: wins over all others. Default: the trigger has what the pipeline has.',
  ).optional(),
  secretName: objectName('Name of the Secret. Default: <pipeline>.<trigger>-ecr.').optional(),
});

const pipelineSpec = z
  .object({
    registries: z
      .array(registryReference)
      .max(64)
      .describe('Registries to log in to. Default: every EcrRegistry of the namespace.')
      .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['kind', 'name'] })
      .optional(),
    serviceAccount: levelServiceAccount('The pipeline level: wins over account and runtime.').optional(),
    secretName: objectName('Name of the Secret of the pipeline. Default: <pipeline>-ecr.').optional(),
    triggers: z
      .array(trigger)
      .max(64)
      .describe('Triggers, each with a Secret of its own, whether it names a service account or not.')
      .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] })
      .optional(),
    verify,
  })
  .describe('Which registries the pods of a pipeline log in to, and as whom.');

const winner = z.object({
  registry: z.string().describe('Name of the EcrRegistry, or ClusterEcrRegistry/<name>.'),
  level: z.string().describe('Level that won: runtime, account, pipeline or trigger.').optional(),
  serviceAccount: z.string().describe('Service account that won.').optional(),
});

const secretStatus = z.object({
  trigger: z.string().describe('Trigger that the Secret is for; absent: the pipeline itself.').optional(),
  secretName: z.string().describe('The Secret to mount or to name in imagePullSecrets.'),
  ready: z.boolean().describe('Whether every registry has a fresh login in it.'),
  reason: z.string().describe('Why it is not ready.').optional(),
  message: z.string().describe('What is wrong and what to do.').optional(),
  winners: z
    .array(winner)
    .describe('Who is used for which registry.')
    .meta({ 'x-kubernetes-list-type': 'atomic' })
    .optional(),
  expiresAt: time('When the first token in the Secret expires.').optional(),
  refreshAt: time('When the next refresh is due.').optional(),
});

const pipelineStatus = z
  .object({
    observedGeneration,
    conditions: conditionList,
    secrets: z
      .array(secretStatus)
      .describe('One for the pipeline and one for each trigger.')
      .meta({ 'x-kubernetes-list-type': 'atomic' })
      .optional(),
    ready: z.string().describe('How many Secrets are ready, such as 3/4.').optional(),
    serviceAccounts: z.string().describe('Service accounts in use, with their levels.').optional(),
    expiresAt: time('When the first token in any of the Secrets expires.').optional(),
    verification: verificationStatus,
  })
  .describe('What was observed. Written by the operator.');

/** Name of the Secret of a trigger, as CEL at the root of the object. */
const nameOf = (variable: string): string =>
  `(has(${variable}.secretName) ? ${variable}.secretName : self.metadata.name + '.' + ${variable}.name + '-ecr')`;

const ownName = "(has(self.spec.secretName) ? self.spec.secretName : self.metadata.name + '-ecr')";

/** Schema of the whole object, as it stands in the CRD. */
export const ecrPipeline = withRules(
  z
    .object({ spec: pipelineSpec.default({}), status: pipelineStatus.optional() })
    .describe(
      'The ECR logins of a pipeline and its triggers: one Secret for the pipeline and one for each trigger, each with the logins of all registries, as the service account of the highest level.',
    ),
  {
    rule: "self.metadata.name.matches('^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$')",
    message:
      'the name of a pipeline is a DNS label, so that <pipeline>.<trigger>-ecr cannot be taken for another: no dot, 63 characters at most',
  },
  {
    rule: `!has(self.spec) || !has(self.spec.triggers) || self.spec.triggers.all(t, ${nameOf('t')} != ${ownName} && self.spec.triggers.exists_one(u, ${nameOf('u')} == ${nameOf('t')}))`,
    message:
      'two Secrets have the same name: give each secretName once, for the pipeline or for one trigger, and none that another of them has by default',
  },
);
