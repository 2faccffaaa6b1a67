import type { AwsCallContext } from '../../src/aws/aws-call-context.ts';

/** What a service says: operation, code, message, and what is to be made of it as `kind reason`. */
export type ErrorCase = readonly [
  operation: string,
  code: string,
  said: string,
  expected: string,
  more?: Partial<AwsCallContext>,
];
