/**
 * The name that a log and its older parts share: `access.log`, `access.log.1`, `access.log.2.gz` and
 * `access.log-20260131.zst` are one log.
 */
export function sourceName(path: string): string {
  return path.replace(/\.(?:gz|zst|zstd)$/, '').replace(/(?:\.\d{1,4}|[.-]\d{4}-?\d\d-?\d\d(?:[.-]\d{1,10})?)$/, '')
}
