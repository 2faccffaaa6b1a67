import type { OperatorProcess } from '../support/operator-process.ts';

/** How many reconciles have ended since the operator started, whatever came of them. */
export async function endedReconciles(operator: OperatorProcess): Promise<number> {
  const { body } = await operator.get('/metrics');
  const counts = body.matchAll(/^ecr_operator_reconcile_total\{.*\} (\d+)$/gm);
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
}
