import type { KubeObject } from '../kube/object.ts';
import type { ControllerDeps, Transition } from './controller.ts';

/** Tells users by events, and operators by the log, what happened to an object. */
export function reportTransitions(
  { events, log }: Pick<ControllerDeps, 'events' | 'log'>,
  object: KubeObject,
  transitions: readonly Transition[],
): void {
  const { namespace, name } = object.metadata;
  const fields = { kind: object.kind, object: `${namespace ?? ''}/${name}` };
  for (const transition of transitions) {
    events.record({ object, ...transition });
    const { type, reason, message } = transition;
    if (type === 'Warning') log.warn({ ...fields, reason }, message);
    else log.info({ ...fields, reason }, message);
  }
}
