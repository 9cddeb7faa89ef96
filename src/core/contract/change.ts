/** The least version step that says honestly what a change does to callers. `unclear`: nobody can tell from the description. */
export type Bump = 'none' | 'patch' | 'unclear' | 'minor' | 'major'

/** Every kind of change, with the step that it asks for and why. */
export const RULES = {
  'operation-removed': {bump: 'major', text: 'is gone'},
  'operation-added': {bump: 'minor', text: 'is new'},
  'operation-deprecated': {bump: 'minor', text: 'is deprecated'},
  'parameter-removed': {bump: 'major', text: 'is not read any more'},
  'parameter-added': {bump: 'minor', text: 'may be given now'},
  'parameter-added-required': {bump: 'major', text: 'must be given now'},
  'parameter-became-required': {bump: 'major', text: 'must be given now'},
  'parameter-became-optional': {bump: 'minor', text: 'need not be given any more'},
  'body-became-required': {bump: 'major', text: 'must be sent now'},
  'body-became-optional': {bump: 'minor', text: 'need not be sent any more'},
  'body-added': {bump: 'minor', text: 'may be sent now'},
  'body-removed': {bump: 'major', text: 'is not read any more'},
  'media-type-removed': {bump: 'major', text: 'is gone'},
  'media-type-added': {bump: 'minor', text: 'is new'},
  'response-removed': {bump: 'major', text: 'is not answered any more'},
  'response-added': {bump: 'minor', text: 'may be answered now'},
  'security-added': {bump: 'major', text: 'wants a credential that was not wanted'},
  'security-removed': {bump: 'minor', text: 'wants no such credential any more'},
  'request-narrowed': {bump: 'major', text: 'what callers send may be refused now'},
  'request-widened': {bump: 'minor', text: 'more may be sent now'},
  'response-widened': {bump: 'major', text: 'callers may get what they do not expect'},
  'response-narrowed': {bump: 'minor', text: 'less may be answered now'},
  'property-removed': {bump: 'major', text: 'is gone'},
  'property-added': {bump: 'minor', text: 'is new'},
  'schema-unclear': {bump: 'unclear', text: 'has changed in a way that cannot be compared'},
  described: {bump: 'patch', text: 'is described differently'},
} as const satisfies Readonly<Record<string, {readonly bump: Bump; readonly text: string}>>

export type RuleId = keyof typeof RULES

/** One thing that differs between two descriptions of an API. */
export interface Change {
  readonly rule: RuleId
  readonly bump: Bump
  /** Where, as `GET /accounts: response 200, items[].name`. */
  readonly at: string
  /** What it means for callers. */
  readonly text: string
}

/** @param why what exactly, where the rule alone does not say it */
export function change(rule: RuleId, at: string, why?: string): Change {
  const {bump, text} = RULES[rule]
  return {rule, bump, at, text: why === undefined ? text : `${text}: ${why}`}
}

const ORDER: readonly Bump[] = ['none', 'patch', 'unclear', 'minor', 'major']

/** The greatest step that some change asks for. */
export function leastBump(changes: readonly Change[]): Bump {
  return changes.reduce<Bump>((most, {bump}) => (isMore(bump, most) ? bump : most), 'none')
}

export function isMore(one: Bump, than: Bump): boolean {
  return ORDER.indexOf(one) > ORDER.indexOf(than)
}
