import type { KubeObject, ResourceType } from '../../kube/object.ts';
import { createReflector, type Reflector, type ReflectorOptions } from '../../kube/reflector.ts';
import { needsLook, type Owned, trimObject } from './object-changes.ts';
import type { NoteOwner } from './owners.ts';
import { StatusCache, type WithStatus } from './status-cache.ts';

export interface ObjectCache<S extends object, T extends WithStatus<S>> {
  objects: StatusCache<S, T>;
  /** What has to run for it. */
  reflector: Reflector<T>;
}

/** The objects of one kind of the operator's own. `changed` is told of each whose spec, annotations or existence changed. */
export function createObjectCache<S extends object, T extends WithStatus<S> & Owned>(
  common: Pick<ReflectorOptions<T>, 'client' | 'namespace' | 'clock' | 'random' | 'log'>,
  type: ResourceType,
  { noteOwner, changed }: { noteOwner: NoteOwner; changed: (key: string) => void },
): ObjectCache<S, T> {
  const reflector: Reflector<T> = createReflector<T>({
    ...common,
    type,
    // The API server has checked it against the schema that the type comes from.
    trim: (object: KubeObject) => trimObject(object, type) as unknown as T,
    onChange(key, now, before) {
      objects.shown(key, now);
      noteOwner(now, before);
      if (needsLook(now, before)) changed(key);
    },
  });
  const objects = new StatusCache<S, T>(reflector, common.clock);
  return { objects, reflector };
}
