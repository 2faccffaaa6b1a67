import { z } from 'zod';

export const operatorImage = 'localhost/ecr-operator:e2e';

const E2eSettings = z.object({
  cluster: z.enum(['node', 'kind']),
  /** Archives of the images that the pods run. */
  images: z.object({ operator: z.string(), busybox: z.string(), skopeo: z.string() }),
  logDir: z.string(),
  cgroupRoot: z.string(),
});

/** What run.ts prepared for the tests; it comes in the variable E2E. */
export type E2eSettings = z.infer<typeof E2eSettings>;

/** Reads them. Outside of `make e2e` there are none, and the tests must not touch the machine. */
export function readSettings(): E2eSettings {
  const text = process.env['E2E'];
  if (text === undefined) throw new Error('the end-to-end tests are run by `make e2e`, which isolates them');
  return E2eSettings.parse(JSON.parse(text));
}
