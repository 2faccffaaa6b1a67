import type { Entry } from './entry.ts';

/** Reasons that are in no table of the code, since each is given at one place. */
export const otherEntries: readonly Entry[] = [
  {
    reason: 'TokenRequestFailed',
    meaning: 'The API server gives no token of the service account for the audience sts.amazonaws.com.',
    todo: 'Allow the operator to create serviceaccounts/token for it (chart value rbac.serviceAccountTokens), or create the service account.',
  },
  {
    reason: 'AccessKeyUnreadable',
    meaning: 'The Secret with the keys of an IAM user cannot be read.',
    todo: 'Let the operator get it. It is tried again.',
  },
  {
    reason: 'InvalidAccessKey',
    meaning: 'A key in the Secret of an IAM user is missing, or has not the shape of one. AWS was not asked.',
    todo: 'Write the value as AWS shows it. It is picked up at once.',
  },
  {
    reason: 'EndpointDown',
    meaning:
      'STS or ECR in a region has failed several times in a row; one call for all tries it again soon.',
    todo: 'Read the last error, which the message has, and look for its reason here.',
  },
  {
    reason: 'Throttled',
    meaning: 'Too many calls wait for their turn, as AWS throttles them.',
    todo: 'Nothing: it passes by itself.',
  },
  {
    reason: 'AnswerRefused',
    meaning: 'ECR answered, and not as AWS documents it; nothing of the answer is used.',
    todo: 'If this lasts, find out whether a proxy on the way answers in the place of AWS.',
  },
  {
    reason: 'WaitingForToken',
    meaning: 'The Secret is written as soon as AWS gives a token.',
    todo: 'Look at the condition TokensFresh.',
  },
  {
    reason: 'Verifying',
    meaning: 'A verification runs.',
    todo: 'Nothing: it ends within two minutes.',
  },
  {
    reason: 'Timeout',
    meaning: 'A verification took longer than two minutes.',
    todo: 'Look which stage took so long, and try again.',
  },
  {
    reason: 'Unexpected',
    meaning: 'A stage of a verification failed in a way that nobody foresaw.',
    todo: 'Try again; if this lasts, look into the log of the operator.',
  },
];
