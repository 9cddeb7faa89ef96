/** `1 step`, `2 steps`; another plural where the word asks for one. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}
