import { z } from 'zod';
import { nameRule, registryFields, registryRules, registryStatus } from './ecr-registry.schema.ts';
import { nameGlob, withRules } from './fields.schema.ts';

const qualifiedName = '([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?';
const valueOfLabel = '([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?';

/** A key or value that no label can have would select nothing, or with NotIn everything. */
const labelKey = withRules(z.string().min(1).max(317), {
  rule: `self.matches('^${qualifiedName}$')`,
  message: 'write the key of a label, such as team or example.com/team',
});
const labelValue = withRules(z.string().max(63), {
  rule: `self.matches('^${valueOfLabel}$')`,
  message:
    'write the value of a label: letters, digits, - _ and ., beginning and ending with a letter or digit',
});

const expression = z.object({
  key: labelKey.describe('Label of the namespace.'),
  operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']).describe('How its value is compared.'),
  values: z
    .array(labelValue)
    .max(64)
    .describe('For In and NotIn.')
    .meta({ 'x-kubernetes-list-type': 'atomic' })
    .optional(),
});

const namespaceSelector = z
  .object({
    matchLabels: withRules(
      z
        .record(z.string(), labelValue)
        .meta({ maxProperties: 32 })
        .describe('Labels that a namespace must have.'),
      {
        rule: `self.all(key, key.matches('^${qualifiedName}$'))`,
        message: 'write keys of labels, such as team or example.com/team',
      },
    ).optional(),
    matchExpressions: z
      .array(
        withRules(expression, {
          rule: "self.operator in ['In', 'NotIn'] ? has(self.values) && size(self.values) > 0 : !has(self.values) || size(self.values) == 0",
          message: 'In and NotIn need values, Exists and DoesNotExist have none',
        }),
      )
      .max(32)
      .describe('Conditions that must all hold.')
      .meta({ 'x-kubernetes-list-type': 'atomic' })
      .optional(),
  })
  .describe('Which namespaces get the Secret, by their labels. {} stands for all.');

const globs = (description: string) =>
  z
    .array(nameGlob('Name of a namespace; * stands for any characters.'))
    .max(256)
    .describe(description)
    .meta({ 'x-kubernetes-list-type': 'set' })
    .optional();

const spec = withRules(
  z
    .object({
      ...registryFields,
      namespaceSelector: namespaceSelector.optional(),
      namespaces: z
        .object({
          include: globs('Only these. Default: all that namespaceSelector selects.'),
          exclude: globs('None of these, whatever else selects them.'),
        })
        .describe('Which namespaces get the Secret, by their names.')
        .optional(),
    })
    .describe('What to log in to, as whom, and which namespaces get the result.'),
  ...registryRules,
  {
    rule: 'has(self.namespaceSelector) || (has(self.namespaces) && has(self.namespaces.include) && size(self.namespaces.include) > 0)',
    message:
      'say which namespaces get the Secret: set namespaceSelector ({} for all), or namespaces.include with names or patterns',
  },
);

const targetFailure = z.object({
  namespace: z.string().describe('Namespace of the Secret.'),
  reason: z.string().describe('Why it is not as it should be.'),
  message: z.string().describe('What is wrong and what to do.').optional(),
});

const status = z
  .object({
    ...registryStatus('When the first token in any of the Secrets expires.'),
    ready: z.string().describe('How many Secrets are as they should be, such as 998/1000.').optional(),
    targets: z
      .object({
        desired: z.int32().describe('Namespaces that are selected.'),
        ready: z.int32().describe('Those with a Secret as it should be.'),
        failed: z.int32().describe('Those where the Secret cannot be written.'),
      })
      .describe('How many Secrets there are.')
      .optional(),
    failures: z
      .array(targetFailure)
      .max(20)
      .describe('The first 20 namespaces where the Secret cannot be written, by name.')
      .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['namespace'] })
      .optional(),
  })
  .describe('What was observed. Written by the operator.');

/** Schema of the whole object, as it stands in the CRD. */
export const clusterEcrRegistry = withRules(
  z
    .object({ spec, status: status.optional() })
    .describe(
      'An Amazon ECR login that is kept fresh in many namespaces: one authorization token, one Secret in each namespace that is selected. Its service accounts and keys live in one namespace, which the operator names.',
    ),
  nameRule,
);
