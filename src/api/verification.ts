import type { z } from 'zod';
import type * as schema from './verification.schema.ts';

/** `spec.verify`: what is tried when the connection is verified. */
export type Verify = NonNullable<z.infer<typeof schema.verify>>;
export type VerifyRepository = NonNullable<Verify['repositories']>[number];

/** `status.verification`: the last verification, finished or not. Times are RFC 3339. */
export type Verification = NonNullable<z.infer<typeof schema.verificationStatus>>;
export type Stage = Verification['stages'][number];
export type StageName = Stage['name'];

/** Most stages that a status shows. */
export const mostStages = 64;
