import type { ApiRequest } from './api-request.ts';
import type { AwsError } from './errors.ts';
import type { HttpReply } from './http.ts';
import { toXml, type XmlTree } from './xml.ts';

const stsNamespace = 'xmlns="https://sts.amazonaws.com/doc/2011-06-15/"';

/** A successful answer of STS: the result inside `<OperationResponse>`. */
export function stsReply(operation: string, result: XmlTree, requestId: string): HttpReply {
  const response = { [`${operation}Result`]: result, ResponseMetadata: { RequestId: requestId } };
  return xmlReply(200, { [`${operation}Response ${stsNamespace}`]: response }, requestId);
}

/** A successful answer of ECR or ECR Public. */
export function jsonReply(result: object, requestId: string): HttpReply {
  return jsonText(200, result, requestId);
}

/** An error in the form of the service that the request was for. */
export function errorReply(service: ApiRequest['service'], error: AwsError, requestId: string): HttpReply {
  if (service !== 'sts')
    return jsonText(error.status, { __type: error.code, message: error.message }, requestId);
  const details = {
    Type: error.status < 500 ? 'Sender' : 'Receiver',
    Code: error.code,
    Message: error.message,
  };
  return xmlReply(
    error.status,
    { [`ErrorResponse ${stsNamespace}`]: { Error: details, RequestId: requestId } },
    requestId,
  );
}

function xmlReply(status: number, tree: XmlTree, requestId: string): HttpReply {
  return {
    status,
    headers: { 'Content-Type': 'text/xml', 'x-amzn-requestid': requestId },
    body: toXml(tree),
  };
}

function jsonText(status: number, value: object, requestId: string): HttpReply {
  const headers = { 'Content-Type': 'application/x-amz-json-1.1', 'x-amzn-requestid': requestId };
  return { status, headers, body: JSON.stringify(value) };
}
