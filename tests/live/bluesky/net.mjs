// Starts a directory of DIDs, a PDS and an AppView, says when they are ready, and stops when told or after a while.
import { createRequire } from 'node:module'
import path from 'node:path'

const here = createRequire(path.join(process.cwd(), 'package.json'))
const { TestNetwork } = here('@atproto/dev-env')
const port = (name) => Number(process.env[`${name}_PORT`])
const network = await TestNetwork.create({
  dbPostgresSchema: 'relnet',
  plc: { port: port('PLC') },
  pds: { port: port('PDS'), hostname: 'localhost', enableDidDocWithSession: true, rateLimitsEnabled: true },
  bsky: { port: port('APPVIEW'), publicUrl: `http://localhost:${port('APPVIEW')}` },
  ozone: { port: port('OZONE') },
})
console.log('ready')
const stop = async () => {
  try {
    await network.close()
  } finally {
    process.exit(0)
  }
}
process.on('SIGTERM', stop)
process.on('SIGINT', stop)
setTimeout(stop, 20 * 60 * 1000).unref()
