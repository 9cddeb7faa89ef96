import {balancerSuite} from '../../conformance/balancer.ts'
import {freePort} from '../../support/ports.ts'
import {embeddedRig} from '../../support/embedded.ts'

balancerSuite('embedded', ['weight', 'counters', 'latency', 'calls', 'brownout', 'seamless'], async () => {
  const rig = embeddedRig()
  const address = `127.0.0.1:${await freePort()}`
  return {
    service: {name: 'shop', route: {backend: 'shop', listen: address}},
    address,
    open: async () => rig.open(),
    end: rig.end,
  }
})
