/** Set by the server in front of Next on every request, over whatever the client sent. */
export const clientIpHeader = "x-heddle-client-ip";
export const requestIdHeader = "x-request-id";

export type RequestInfo = { ip: string | null; requestId: string; userAgent: string | null };

export function requestInfo(headers: Headers): RequestInfo {
  return {
    ip: headers.get(clientIpHeader),
    requestId: headers.get(requestIdHeader) ?? crypto.randomUUID(),
    userAgent: headers.get("user-agent"),
  };
}
