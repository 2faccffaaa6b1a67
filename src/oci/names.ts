import { OciProblem, type OciCall } from './error-model.ts';

/** The bounds of ECR; the OCI specification has none for the length. */
const shortestRepository = 2;
const longestRepository = 256;

const component = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const repositoryShape = new RegExp(`^${component}(?:/${component})*$`);
const tagShape = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const digestShape = /^[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[a-zA-Z0-9=_-]{32,128}$/;
const sha256Shape = /^sha256:[0-9a-f]{64}$/;

/** Throws a problem for names that are none: they go into paths, and could name something else there. */
export function checkNames({ repository, reference }: OciCall): void {
  if (repository !== undefined && !isRepositoryName(repository))
    throw notSent('NAME_INVALID', 'not sent: this is no repository name');
  if (reference !== undefined && !tagShape.test(reference) && !isDigest(reference))
    throw notSent('TAG_INVALID', 'not sent: this is neither tag nor digest');
}

function isRepositoryName(text: string): boolean {
  return text.length >= shortestRepository && text.length <= longestRepository && repositoryShape.test(text);
}

function isDigest(text: string): boolean {
  return text.startsWith('sha256:') ? sha256Shape.test(text) : digestShape.test(text);
}

function notSent(code: string, said: string): OciProblem {
  return new OciProblem({ code, status: 0, said });
}
