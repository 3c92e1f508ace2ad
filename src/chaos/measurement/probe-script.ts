/** The time between two attempts of the probe pod, in milliseconds: a shell sleeps for whole seconds. */
export const insideMs = 1_000;

/**
 * What the probe pod runs; `URL` comes from its environment. An attempt starts each second whatever is in progress, and
 * prints its number, its begin and its end by the monotonic clock of the node, and its result. Certificates are not
 * checked: they are for the names that clients use, and not for the cluster address.
 */
export const probeScript = `unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
unchecked=
case $URL in https:*) unchecked=--no-check-certificate ;; esac
if command -v curl >/dev/null; then
  ask() { curl -q -g -f -s -k -o /dev/null --max-time 2 "$URL"; }
elif command -v wget >/dev/null; then
  ask() { timeout 2 wget -q -O /dev/null $unchecked "$URL"; }
else
  echo 'The image has neither curl nor wget.' >&2
  exit 1
fi
attempt() {
  read -r begun rest </proc/uptime
  if ask </dev/null >/dev/null 2>&1; then result=ok; else result=failed; fi
  read -r ended rest </proc/uptime
  echo "$1 $begun $ended $result"
}
number=0
while :; do
  number=$((number + 1))
  attempt "$number" &
  sleep 1
done
`;

/** An attempt of the probe pod. Times are milliseconds on the monotonic clock of its node. */
export interface PrintedAttempt {
  readonly number: number;
  readonly begunMs: number;
  readonly endedMs: number;
  readonly ok: boolean;
}

const printed = /^(\d{1,7}) (\d{1,10})\.(\d\d) (\d{1,10})\.(\d\d) (ok|failed)$/;

/** Reads a line of the log of the probe pod; undefined for any line that the script does not print. */
export function parseProbeLine(line: string): PrintedAttempt | undefined {
  const [, number, ...times] = printed.exec(line) ?? [];
  if (number === undefined) return undefined;
  const [begun = 0, begunHundredths = 0, ended = 0, endedHundredths = 0] = times.slice(0, 4).map(Number);
  const [begunMs, endedMs] = [begun * 1_000 + begunHundredths * 10, ended * 1_000 + endedHundredths * 10];
  return endedMs < begunMs ? undefined : { number: Number(number), begunMs, endedMs, ok: times[4] === 'ok' };
}
