import { randomUUID } from 'node:crypto';
import type { Answer } from './messages.js';

/** Returns a refusal of the token endpoint (Microsoft Entra, "Authentication and authorization error codes"). */
export function entraRefusal(error: string, code: number, text: string, status = 401): Answer {
  const timestamp = new Date().toISOString();
  const [traceId, correlationId] = [randomUUID(), randomUUID()];
  return {
    status,
    body: {
      error,
      error_description: `AADSTS${code}: ${text} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
      error_codes: [code],
      timestamp,
      trace_id: traceId,
      correlation_id: correlationId,
    },
  };
}
