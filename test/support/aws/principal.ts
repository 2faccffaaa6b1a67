/** Who a verified request comes from: a user, or a session of a role. */
export interface Principal {
  readonly arn: string;
  readonly partition: string;
  readonly account: string;
  /** `UserId` of GetCallerIdentity. */
  readonly userId: string;
  /** Set for a session of a role. */
  readonly roleArn?: string;
}
