import {execFileSync} from 'node:child_process'
import {writeFileSync} from 'node:fs'

/** Makes, with openssl, an authority and what a server at 127.0.0.1 and its client need of it, in the folder. */
export function certificatesIn(folder: string): void {
  const openssl = (...args: readonly string[]) => execFileSync('openssl', args, {cwd: folder, stdio: 'ignore'})
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  openssl('req', '-x509', ...key, '-keyout', 'ca-key.pem', '-out', 'ca.pem', '-subj', '/CN=tests', '-days', '2')
  for (const [name, more] of [
    ['server', 'subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth\n'],
    ['client', 'extendedKeyUsage=clientAuth\n'],
  ] as const) {
    writeFileSync(`${folder}/${name}.ext`, more)
    openssl('req', ...key, '-keyout', `${name}-key.pem`, '-out', `${name}.csr`, '-subj', `/CN=${name}`)
    const signed = ['-CA', 'ca.pem', '-CAkey', 'ca-key.pem', '-CAcreateserial', '-extfile', `${name}.ext`, '-days', '2']
    openssl('x509', '-req', '-in', `${name}.csr`, ...signed, '-out', `${name}.pem`)
  }
}
