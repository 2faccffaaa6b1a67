import { z } from 'zod';
import { withRules } from './fields.schema.ts';
import { observedGeneration, time } from './status.schema.ts';
import { mostStages } from './verification.ts';

const component = '[a-z0-9]+(([.]|_|__|-+)[a-z0-9]+)*';

const repository = z.object({
  name: withRules(z.string().min(2).max(256).describe('Repository, such as team/app.'), {
    rule: `self.matches('^${component}(/${component})*$')`,
    message: 'write the name of the repository in lower case, without the registry host and without a tag',
  }),
  access: z
    .array(z.enum(['pull', 'push']))
    .min(1)
    .max(2)
    .describe(
      'What to try: pull asks for a manifest, push starts an upload and cancels it. Nothing is left behind.',
    )
    .meta({ 'x-kubernetes-list-type': 'set' })
    .default(['pull']),
  tag: withRules(
    z
      .string()
      .min(1)
      .max(128)
      .describe(
        'Tag that must be there to be pulled. Default: latest is asked for, and need not exist: the answer still tells whether it could be pulled.',
      ),
    { rule: "self.matches('^[A-Za-z0-9_][A-Za-z0-9._-]*$')", message: 'write a tag, such as v1.2.3' },
  ).optional(),
  host: withRules(
    z
      .string()
      .min(1)
      .max(253)
      .describe(
        'Registry host of the repository, as in an image name. Default: the first that the Secret logs in to.',
      ),
    {
      rule: "self.matches('^[a-z0-9.-]+$')",
      message: 'write a registry host, such as 111122223333.dkr.ecr.eu-west-1.amazonaws.com',
    },
  ).optional(),
});

/** `spec.verify` of every kind. */
export const verify = z
  .object({
    onChange: z
      .boolean()
      .describe(
        'Verify whenever the spec changes. Without it: when the annotation ecr-operator.dev/test-requested-at is set to another time.',
      )
      .default(false),
    repositories: z
      .array(repository)
      .max(16)
      .describe('Repositories to try. Default: none, then the login alone is verified.')
      .meta({ 'x-kubernetes-list-type': 'atomic' })
      .optional(),
  })
  .describe('What is tried when the connection is verified. Verifying writes no Secret.')
  .optional();

const stage = z.object({
  name: z
    .enum([
      'ServiceAccount',
      'WebIdentityToken',
      'AssumeRole',
      'CallerIdentity',
      'AuthorizationToken',
      'RegistryPing',
      'Pull',
      'Push',
    ])
    .describe('What was tried.'),
  subject: z.string().describe('With what: role, region, host, repository; trigger and registry.').optional(),
  ok: z.boolean().describe('Whether it worked.'),
  durationMs: z.int32().describe('How long it took, in milliseconds.'),
  message: z.string().describe('What came of it.'),
  code: z.string().describe('Error code of AWS, the registry or the network.').optional(),
  requestId: z.string().describe('Request id of AWS, for its support.').optional(),
  nextStep: z.string().describe('What to do about it.').optional(),
});

/** `status.verification` of every kind. */
export const verificationStatus = z
  .object({
    observedGeneration,
    requestedAt: time('The annotation that asked for it; without one, when it started.'),
    startedAt: time('When it started.'),
    finishedAt: time('When it ended; absent while it runs.').optional(),
    ok: z.boolean().describe('Whether every stage worked; absent while it runs.').optional(),
    omittedStages: z
      .int32()
      .describe('How many stages went through before the first that is shown; absent where all are shown.')
      .optional(),
    stages: z
      .array(stage)
      .max(mostStages)
      .describe('In order, the last ones where there are more than 64; the first that fails is the last.')
      .meta({ 'x-kubernetes-list-type': 'atomic' }),
  })
  .describe('The last verification: each step on the way to a login, tried for real.')
  .optional();
