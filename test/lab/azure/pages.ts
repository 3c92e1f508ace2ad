import type { Arm } from './arm.js';
import { type Answer, type ArmRequest, ok } from './messages.js';

/**
 * Returns one page of a list; `nextLink` leads to the next one. AKS ends its lists with an empty page (recorded tests of
 * the Azure CLI); other providers send a link only when there is more.
 */
export function page(arm: Arm, request: ArmRequest, items: readonly unknown[], endsEmpty = false): Answer {
  const { query, origin, path } = request;
  const token = [...query].find(([name]) => name.toLowerCase() === '$skiptoken')?.[1] ?? '0';
  const start = Number(token);
  const end = start + (arm.settings.pageSize ?? Math.max(1, items.length));
  const value = items.slice(start, end);
  const last = end >= items.length && !(endsEmpty && value.length > 0);
  if (last) return ok({ value });
  const next = new URLSearchParams(query);
  next.delete('skipToken');
  next.set(endsEmpty ? '$skipToken' : '$skiptoken', String(start + value.length));
  return ok({ value, nextLink: `${origin}${path}?${next.toString()}` });
}
