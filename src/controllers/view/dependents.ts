/** Names of what objects rest on. */
export const dependency = {
  registry: (key: string): string => `registry ${key}`,
  /** That there are registries in a namespace at all, and which. */
  registriesOf: (namespace: string): string => `registries ${namespace}`,
  clusterRegistry: (name: string): string => `clusterregistry ${name}`,
  /** Labels and existence of a namespace. */
  namespace: (name: string): string => `namespace ${name}`,
  serviceAccount: (key: string): string => `serviceaccount ${key}`,
  /** A Secret that is not the operator's own. */
  keySecret: (key: string): string => `secret ${key}`,
  /** A Secret that the operator keeps. */
  target: (key: string): string => `target ${key}`,
} as const;

/**
 * Which objects must be looked at again when another one changes. Filled by each reconcile with what it reads.
 * Dependents are ids such as `EcrRegistry ci/prod`, dependencies are named by `dependency`.
 */
export class Dependents {
  readonly #byDependency = new Map<string, Set<string>>();
  readonly #byDependent = new Map<string, readonly string[]>();

  /** Replaces what `dependent` rests on. */
  set(dependent: string, dependencies: readonly string[]): void {
    this.remove(dependent);
    if (dependencies.length === 0) return;
    this.#byDependent.set(dependent, dependencies);
    for (const name of dependencies) {
      const dependents = this.#byDependency.get(name);
      if (dependents === undefined) this.#byDependency.set(name, new Set([dependent]));
      else dependents.add(dependent);
    }
  }

  remove(dependent: string): void {
    for (const name of this.#byDependent.get(dependent) ?? []) {
      const dependents = this.#byDependency.get(name);
      dependents?.delete(dependent);
      if (dependents?.size === 0) this.#byDependency.delete(name);
    }
    this.#byDependent.delete(dependent);
  }

  /** The objects that rest on what is named. */
  of(name: string): string[] {
    return [...(this.#byDependency.get(name) ?? [])];
  }

  /** Whether anything rests on `name`. */
  has(name: string): boolean {
    return this.#byDependency.has(name);
  }
}
