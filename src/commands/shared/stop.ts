/** The first request to stop ends what was begun and cleans up; the second ends at once. */
export function stopSignal(): AbortController {
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort())
  return controller
}
