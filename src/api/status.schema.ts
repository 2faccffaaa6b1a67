import { z } from 'zod';

export const time = (description: string) => z.string().meta({ description, format: 'date-time' });

export const observedGeneration = z
  .number()
  .meta({ type: 'integer', format: 'int64' })
  .describe('The metadata.generation that this status speaks of.')
  .optional();

const condition = z.object({
  type: z.string().max(316),
  status: z.enum(['True', 'False', 'Unknown']),
  observedGeneration,
  lastTransitionTime: time('When the status last changed.'),
  reason: z.string().max(1024),
  message: z.string().max(32_768),
});

export const conditionList = z
  .array(condition)
  .max(16)
  .describe('Ready sums up the others.')
  .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] })
  .optional();
