/**
 * AWS quotes requests in its messages: a SignatureDoesNotMatch carries the canonical request with the session token, an
 * InvalidIdentityToken may carry the JWT. What looks like a secret is replaced before anything else sees the text.
 */
const redacted = '[redacted]';

/** Longer texts are cut before the patterns run over them. */
const longestInput = 8192;

/** ARNs and URLs are what a message is about, and their paths look like base64: only runs without a `/` or `-` go. */
const named = /(?:arn:[a-z-]{3,20}:[a-z0-9-]{2,30}:|https?:\/\/)[^\s"',;<>()]+/g;

const secretRun = /[A-Za-z0-9+/=_%-]{40,}/g;
const secretRunInName = /[A-Za-z0-9+=%]{40,}/g;
const jwt = /eyJ[\w-]{6,}(?:\.[\w=-]*){1,2}/g;
const authorizationValue = /\b(Bearer|Basic) [\w.~+/=-]{16,}/gi;
const accessKeyId = /\b(A3T[A-Z0-9]|ABIA|ACCA|AKIA|ASIA)[A-Z0-9]{12,}\b/g;

/** One line of printable text with nothing in it that looks like a JWT, a secret access key, a key id or a token. */
export function scrub(text: string): string {
  const line = cut(text)
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
    .replace(jwt, redacted)
    .replace(authorizationValue, `$1 ${redacted}`)
    .replace(accessKeyId, `$1${redacted}`);
  let clean = '';
  let end = 0;
  for (const match of line.matchAll(named)) {
    clean += line.slice(end, match.index).replace(secretRun, redacted) + scrubName(match[0]);
    end = match.index + match[0].length;
  }
  return clean + line.slice(end).replace(secretRun, redacted);
}

/** A query string or user info of a URL is where signed requests carry their secrets. */
function scrubName(name: string): string {
  return name
    .replace(/\?.*$/, `?${redacted}`)
    .replace(/^(https?:\/\/)[^/]*@/, `$1${redacted}@`)
    .replace(secretRunInName, redacted);
}

/** Cuts at white space, since half a secret would no longer look like one. */
function cut(text: string): string {
  return text.length <= longestInput ? text : text.slice(0, longestInput).replace(/\S*$/, '');
}
