/** Whether a file below `src` is a command of its own, and not something that commands share. */
export function isCommandFile(file: string): boolean {
  return /^commands\/.*\.ts$/.test(file) && file !== 'commands/base.ts' && !file.startsWith('commands/shared/')
}
