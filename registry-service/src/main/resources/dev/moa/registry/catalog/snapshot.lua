-- All there is to know of a service, as of one moment.
--   KEYS  1 meta   2 instances   3 leases
--   ->    epoch, revision, now in ms, instances (id, JSON, …), leases (id, expiry in ms, …)
local clock = redis.call('TIME')
local meta = redis.call('HMGET', KEYS[1], 'epoch', 'revision')
return {
    meta[1] or '', tonumber(meta[2] or '0'), clock[1] * 1000 + math.floor(clock[2] / 1000),
    redis.call('HGETALL', KEYS[2]), redis.call('ZRANGE', KEYS[3], 0, -1, 'WITHSCORES'),
}
