import type { OciErrorRow } from './error-model.ts';

/** No answer at all. */
export const networkRows: readonly OciErrorRow[] = [
  {
    codes: ['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL'],
    kind: 'transient',
    reason: 'HostNotResolved',
    nextStep:
      'Check the spelling of {host}, the DNS of the cluster, and the private DNS of the VPC endpoint.',
  },
  {
    codes: ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL'],
    kind: 'transient',
    reason: 'HostUnreachable',
    nextStep: 'Check network policies, NAT or VPC endpoints, and proxy settings on the way to {host}.',
  },
  {
    codes: ['ERR_PROXY_TUNNEL', 'ERR_PROXY_INVALID_CONFIG'],
    kind: 'transient',
    reason: 'ProxyRefused',
    nextStep: 'Check HTTPS_PROXY and whether the proxy lets {host}:443 through, or put {host} into NO_PROXY.',
  },
  {
    // Registries of ECR were seen to hang up on uploads into repositories that do not exist.
    codes: ['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'],
    operation: 'startUpload',
    kind: 'transient',
    reason: 'ConnectionLost',
    nextStep: 'Check that repository {repository} exists at {host}; if it does, check proxies and firewalls.',
  },
  {
    codes: ['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ERR_STREAM_PREMATURE_CLOSE'],
    kind: 'transient',
    reason: 'ConnectionLost',
    nextStep: 'Try again; if this lasts, check proxies and firewalls on the way to {host}.',
  },
  {
    codes: ['TIMEOUT', 'ETIMEDOUT'],
    kind: 'transient',
    reason: 'Timeout',
    nextStep: 'Check that port 443 of {host} is open from here, also for the S3 bucket of its region.',
  },
  {
    codes: ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'],
    kind: 'transient',
    reason: 'TLSFailed',
    nextStep: 'Check the clock of this machine, then the certificate of {host} or of the proxy on the way.',
  },
  {
    codes: [
      'SELF_SIGNED_CERT_IN_CHAIN',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'UNABLE_TO_GET_ISSUER_CERT',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      'CERT_UNTRUSTED',
      'CERT_SIGNATURE_FAILURE',
      'ERR_TLS_CERT_ALTNAME_INVALID',
      'ERR_SSL_WRONG_VERSION_NUMBER',
      'EPROTO',
    ],
    kind: 'transient',
    reason: 'TLSFailed',
    nextStep:
      'If a proxy inspects TLS on the way to {host}, add its CA certificate to those that are trusted.',
  },
];
