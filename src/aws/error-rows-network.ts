import type { ErrorRow } from './error-row.ts';

/** No answer of AWS at all. All transient: what mends it is no input of the operator. */
export const networkRows: readonly ErrorRow[] = [
  {
    codes: ['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL'],
    kind: 'transient',
    reason: 'EndpointNotResolved',
    nextStep:
      'Check the region code {region}, the cluster DNS, and the private DNS of the VPC endpoint, if there is one.',
  },
  {
    codes: ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL'],
    kind: 'transient',
    reason: 'EndpointUnreachable',
    nextStep:
      'Check network policies, NAT or VPC endpoints, and proxy settings between the operator and AWS.',
  },
  {
    codes: ['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ERR_STREAM_PREMATURE_CLOSE'],
    kind: 'transient',
    reason: 'ConnectionLost',
    nextStep: 'It is tried again; if this lasts, check proxies and firewalls between the operator and AWS.',
  },
  {
    codes: ['ETIMEDOUT', 'TimeoutError', 'ESOCKETTIMEDOUT'],
    kind: 'transient',
    reason: 'Timeout',
    nextStep:
      'It is tried again; if this lasts, check that port 443 of AWS in {region} is open from the cluster.',
  },
  {
    codes: ['AbortError', 'ABORT_ERR'],
    kind: 'transient',
    reason: 'Aborted',
    nextStep:
      'It is tried again; the call took longer than the operator waits, or the operator was stopping.',
  },
  {
    codes: ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'],
    kind: 'transient',
    reason: 'TLSFailed',
    nextStep:
      'Check the clock of the node that runs the operator, then the certificate of the proxy, if there is one.',
  },
  {
    codes: [
      'SELF_SIGNED_CERT_IN_CHAIN',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'UNABLE_TO_GET_ISSUER_CERT',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      'CERT_UNTRUSTED',
      'ERR_TLS_CERT_ALTNAME_INVALID',
      'ERR_SSL_WRONG_VERSION_NUMBER',
      'EPROTO',
    ],
    kind: 'transient',
    reason: 'TLSFailed',
    nextStep: 'If a proxy inspects TLS, give the operator its CA certificate with NODE_EXTRA_CA_CERTS.',
  },
];
