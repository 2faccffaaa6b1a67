import { roleAnnotations } from '../api/names.ts';

/** The IAM role that a service account names, and the annotation that names it. */
export interface ServiceAccountRole {
  annotation: string;
  /** As written: not yet checked. */
  roleArn: string;
}

/** Reads the role of a service account: the ECR annotation wins over the general one; an empty one is unset. */
export function roleOfServiceAccount(
  annotations: Readonly<Record<string, string>> | undefined,
): ServiceAccountRole | undefined {
  for (const annotation of roleAnnotations) {
    const roleArn = annotations?.[annotation]?.trim() ?? '';
    if (roleArn !== '') return { annotation, roleArn };
  }
  return undefined;
}
