import type {EvidenceKind} from '../config/config.ts'

/** Strongest first: a verified certificate cannot be made up, an address may be shared by a whole floor. */
export const STRONGEST_FIRST: readonly EvidenceKind[] = ['certificate', 'key', 'token', 'service', 'agent', 'address']

/** Who called, and how we know. */
export interface Client {
  /** `overflow` stands for clients that came after the record was full; `unknown` for calls that carry no evidence at all. */
  readonly kind: EvidenceKind | 'unknown' | 'overflow'
  readonly name: string
}

/** Clients that came when no more names could be kept. Their calls are counted, and are a gap in the evidence. */
export const OVERFLOW: Client = {kind: 'overflow', name: 'clients beyond the limit'}

/** Calls without a certificate, header or address. */
export const UNKNOWN: Client = {kind: 'unknown', name: 'unknown'}

/** Names are what callers send, so they are cut to this many characters. */
const MAX_NAME = 128

/** How the evidence was written down. Keys and tokens come in clear, or already reduced by the balancer. */
export type EvidenceForm = 'certificate' | 'key' | 'keyHash' | 'token' | 'subject' | 'service' | 'agent' | 'address'

/** The forms of each kind, the more trustworthy first. */
export const FORMS_OF: Readonly<Record<EvidenceKind, readonly EvidenceForm[]>> = {
  certificate: ['certificate'],
  key: ['keyHash', 'key'],
  token: ['subject', 'token'],
  service: ['service'],
  agent: ['agent'],
  address: ['address'],
}

/** A one-way digest in lower-case hexadecimal digits; SHA-256 outside of tests. */
export type Digest = (text: string) => string

/**
 * The name that a piece of evidence gives, or undefined where it gives none. A key becomes the front of its digest, and
 * of a token only the subject is kept, so neither is ever stored.
 */
export function nameOf(form: EvidenceForm, raw: string, digest: Digest): string | undefined {
  const text = raw.trim()
  if (text === '' || text === '-') return undefined
  switch (form) {
    case 'certificate':
      return tidy(commonName(text))
    case 'key':
      return digest(text).slice(0, HASH_DIGITS)
    case 'keyHash':
      return /^[0-9a-f]{8,}$/i.test(text) ? text.toLowerCase().slice(0, HASH_DIGITS) : undefined
    case 'token':
      return tidy(subjectOf(text))
    case 'agent':
      return tidy(product(text))
    default:
      return tidy(text)
  }
}

/** Enough that two keys never share it by chance. */
export const HASH_DIGITS = 16

/** `CN=billing,O=acme`, `/O=acme/CN=billing` or just `billing`. */
function commonName(subject: string): string {
  return /(?:^|[,/+]\s*)CN\s*=\s*([^,/+]+)/i.exec(subject)?.[1]?.trim() ?? subject
}

/** The subject of a JSON Web Token, with or without `Bearer`. What is no such token says nothing. */
function subjectOf(authorization: string): string | undefined {
  const payload = /^(?:Bearer\s+)?[\w-]+\.([\w-]+)\.[\w-]*$/i.exec(authorization)?.[1]
  if (payload === undefined) return undefined
  try {
    const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), char => char.charCodeAt(0))
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes))
    const subject = typeof claims === 'object' && claims !== null && 'sub' in claims ? claims.sub : undefined
    return typeof subject === 'string' ? subject : undefined
  } catch {
    return undefined
  }
}

/** The product that a program names first; all of it for browsers, which all name the same one first. */
function product(agent: string): string {
  return agent.startsWith('Mozilla/') ? agent : (agent.split(' ', 1)[0] ?? agent)
}

/** Callers choose these texts, and terminals obey control characters. */
function tidy(text: string | undefined): string | undefined {
  const clean = text
    ?.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?')
    .trim()
    .slice(0, MAX_NAME)
  return clean === '' ? undefined : clean
}
