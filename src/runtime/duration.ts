const secondMs = 1000;

/**
 * Formats a duration in milliseconds: `850ms`, `3.2s`, `42s`, `1m 05s`, `1h 02m 05s`. A negative duration, which only
 * an incorrect clock can cause, becomes `0ms`.
 */
export function formatDuration(ms: number): string {
  const rounded = Math.max(0, Math.round(ms));
  if (rounded < secondMs) return `${rounded}ms`;
  const tenths = Math.round(rounded / 100);
  if (tenths < 100) return `${(tenths / 10).toFixed(1)}s`;
  const seconds = Math.round(rounded / secondMs);
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${twoDigits(seconds % 60)}s`;
  return `${Math.floor(minutes / 60)}h ${twoDigits(minutes % 60)}m ${twoDigits(seconds % 60)}s`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
