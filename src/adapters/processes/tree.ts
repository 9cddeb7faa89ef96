import {processTable} from './machine.ts'
import {isAlive, type ProcessId, signal} from './identity.ts'

/** A process that leads its group, and everything it started: the group, and whoever left it but kept the mark. */
export interface ProcessTree {
  /** Undefined where the first process is not known, or has been gone before. */
  readonly leader?: ProcessId
  /** The variable and value that every process of the tree was given. */
  readonly variable: string
  readonly value: string
}

/** Those of the tree that live, the leader apart. */
export function followers(tree: ProcessTree): readonly ProcessId[] {
  const boot = processTable.boot()
  return processTable
    .marked(tree.variable, tree.value)
    .filter(({mark, pid}) => mark === '' && pid !== tree.leader?.pid)
    .map(({pid, started}) => ({pid, started, boot}))
}

export function isGone(tree: ProcessTree): boolean {
  return !(tree.leader && isAlive(tree.leader)) && followers(tree).length === 0
}

/** Ends all of it at once. The group goes first, in one act, so that nobody in it has time to start another. */
export function killTree(tree: ProcessTree): void {
  if (tree.leader) signal(tree.leader, 'SIGKILL', 'group')
  for (const follower of followers(tree)) signal(follower, 'SIGKILL')
}
