import { Redacted } from '../base/redacted.ts';
import type { Auth } from '../docker-config/docker-config.ts';
import { parseChallenges, tokenUrl } from './challenge.ts';
import { OciProblem } from './error-model.ts';

/** Asks a token service; `authorization` is for that address alone. Resolves with the Bearer token. */
export type FetchToken = (url: URL, authorization: Redacted<string> | undefined) => Promise<Redacted<string>>;

/**
 * Answers the challenges of one registry. Nothing is sent before the registry asks for it: ECR Public answers 400 and no
 * challenge to a login of the wrong scheme. What it took once is sent at once from then on.
 */
export class Authenticator {
  readonly #basic: Redacted<string> | undefined;
  readonly #plainHttp: boolean;
  #current: Redacted<string> | undefined;
  readonly #secrets = new Set<string>();

  /** `plainHttp`: the registry itself is reached without TLS, on the loopback address. */
  constructor(login: Auth | undefined, plainHttp: boolean) {
    this.#plainHttp = plainHttp;
    if (login === undefined) return;
    const password = login.password.reveal();
    const encoded = Buffer.from(`${login.username}:${password}`, 'utf8').toString('base64');
    this.#basic = new Redacted(`Basic ${encoded}`);
    this.#keepSecret(encoded);
    this.#keepSecret(password);
  }

  /** The value of the Authorization header for the next request, if the registry took one before. */
  current(): Redacted<string> | undefined {
    return this.#current;
  }

  /**
   * What to send after a 401 to a request with `sent`; undefined when there is nothing else to try. Rejects with the
   * problem of the token service, and of a challenge that would take the login to an address without TLS.
   */
  async answer(
    challenge: string | undefined,
    sent: Redacted<string> | undefined,
    fetchToken: FetchToken,
  ): Promise<Redacted<string> | undefined> {
    const asked = parseChallenges(challenge);
    const bearer = asked.find((one) => one.scheme === 'Bearer');
    if (bearer !== undefined) {
      const url = tokenUrl(bearer, this.#plainHttp);
      if (url === undefined) throw badRealm(bearer.realm);
      const token = (await fetchToken(url, this.#basic)).reveal();
      this.#keepSecret(token);
      this.#current = new Redacted(`Bearer ${token}`);
      return this.#current;
    }
    const isNews = this.#basic !== undefined && sent !== this.#basic;
    if (!isNews || !asked.some((one) => one.scheme === 'Basic')) return undefined;
    this.#current = this.#basic;
    return this.#basic;
  }

  /** Takes everything that was or may be sent as a login out of a text. */
  readonly redact = (text: string): string =>
    [...this.#secrets].reduce((rest, secret) => rest.replaceAll(secret, '[redacted]'), text);

  #keepSecret(text: string): void {
    if (text !== '') this.#secrets.add(text);
  }
}

function badRealm(realm: string): OciProblem {
  const url = URL.parse(realm);
  const where = url === null ? 'no address' : `${url.protocol}//${url.host}`;
  const said = `the registry sends logins to ${where}, which is not https`;
  return new OciProblem({ code: 'BAD_CHALLENGE', status: 401, said });
}
