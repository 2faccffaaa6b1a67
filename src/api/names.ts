/** Names that users, the chart and other tools see: API group, labels, annotations, field manager. */
export const group = 'ecr-operator.dev';
export const version = 'v1alpha1';
export const apiVersion = `${group}/${version}`;

/** Field manager of every write, and the value of the managed-by label. */
export const managerName = 'ecr-operator';

/** Field manager of what a verification writes into a status: the rest of the status is not its own. */
export const verificationManager = 'ecr-operator-verification';

export const labels = {
  managedBy: 'app.kubernetes.io/managed-by',
  /** Name of the object that a Secret belongs to, for `kubectl get secret -l`. */
  owner: `${group}/owner`,
} as const;

export const annotations = {
  /** UID of the owner: a Secret with another UID is not ours. */
  ownerUid: `${group}/owner-uid`,
  /** One record for each authorization token in the Secret: hash of what was asked, issue and expiry time. */
  tokens: `${group}/tokens`,
  /** For people: when the first of the tokens expires. */
  expiresAt: `${group}/expires-at`,
  /** On the Secret of a trigger: its name. */
  trigger: `${group}/trigger`,
  /** On a service account: the names in its imagePullSecrets that the operator put there. */
  imagePullSecrets: `${group}/image-pull-secrets`,
  /** On an EcrRegistry or EcrPipeline: a time; tokens issued before it are replaced at once. */
  refreshRequestedAt: `${group}/refresh-requested-at`,
  /** On a registry of any scope or an EcrPipeline: a time; each new one asks for a verification. */
  testRequestedAt: `${group}/test-requested-at`,
} as const;

/** Annotations of a service account that name its IAM role; the first that is set wins. */
export const roleAnnotations = ['eks.amazonaws.com/ecr-role-arn', 'eks.amazonaws.com/role-arn'] as const;
