-- How many leases of a service are over or will be within a time, and how many there are.
--   KEYS  1 leases
--   ARGV  1 the time, ms
--   ->    silent, all
local clock = redis.call('TIME')
local until_ms = clock[1] * 1000 + math.floor(clock[2] / 1000) + tonumber(ARGV[1])
return { redis.call('ZCOUNT', KEYS[1], '-inf', string.format('%.0f', until_ms)), redis.call('ZCARD', KEYS[1]) }
