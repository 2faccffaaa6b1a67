import { readFile } from 'node:fs/promises';
import { z } from 'zod';

/**
 * Audit policy of the API server: who did what to which object, without bodies. Probes of health are left out, and a
 * request is written once, when it has been answered (a watch: also when it begins).
 */
export const auditPolicy = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
  - level: None
    nonResourceURLs: ["/readyz*", "/livez*", "/healthz*"]
  - level: Metadata
`;

/** The part of an audit.k8s.io/v1 Event that tests look at. */
const AuditEvent = z.object({
  stage: z.enum(['ResponseStarted', 'ResponseComplete', 'Panic']),
  verb: z.string(),
  requestURI: z.string(),
  // A request with a bad token (401) has no user name.
  user: z.object({ username: z.string().default(''), groups: z.array(z.string()).optional() }),
  userAgent: z.string().optional(),
  objectRef: z
    .object({
      resource: z.string().optional(),
      subresource: z.string().optional(),
      namespace: z.string().optional(),
      name: z.string().optional(),
    })
    .optional(),
  responseStatus: z.object({ code: z.number().optional() }).optional(),
  requestReceivedTimestamp: z.string(),
});
export type AuditEvent = z.infer<typeof AuditEvent>;

const writingVerbs = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);

/** All complete events of an audit log, oldest first. */
async function readAuditLog(file: string): Promise<AuditEvent[]> {
  const lines = (await readFile(file, 'utf8')).split('\n');
  // What follows the last newline is still being written.
  return lines.slice(0, -1).map((line) => AuditEvent.parse(JSON.parse(line)));
}

/** The answered writes of one user, such as `system:serviceaccount:<namespace>:<name>`; refused ones count too. */
export async function auditedWrites(file: string, username: string): Promise<AuditEvent[]> {
  const events = await readAuditLog(file);
  return events.filter(
    ({ stage, verb, user }) =>
      stage === 'ResponseComplete' && user.username === username && writingVerbs.has(verb),
  );
}
