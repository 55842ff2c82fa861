// The development network listens on every interface; this keeps it on loopback.
const net = require('node:net')
const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (...given) {
  if (/^\d+$/.test(String(given[0]))) {
    const ready = given.find((each) => typeof each === 'function')
    return listen.call(this, { port: Number(given[0]), host: '127.0.0.1' }, ready)
  }
  if (given[0] && typeof given[0] === 'object' && given[0].port !== undefined) {
    given[0] = { ...given[0], host: '127.0.0.1' }
  }
  return listen.apply(this, given)
}
