// Rate limits count over windows of five minutes and a day; a test that waits one out needs shorter ones.
const limiters = require(require.resolve('rate-limiter-flexible', { paths: [process.cwd()] }))
const Memory = limiters.RateLimiterMemory
const SHORTER = 10
limiters.RateLimiterMemory = class RateLimiterMemory extends Memory {
  constructor(options) {
    super({ ...options, duration: Math.max(1, Math.round(options.duration / SHORTER)) })
  }
}
