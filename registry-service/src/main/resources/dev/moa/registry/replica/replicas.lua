-- Says that a registry lives, or that it leaves, and returns who lives.
--   KEYS  1 replicas (sorted set: id -> last sign of life, ms)
--   ARGV  1 id   2 how long a sign of life holds, ms   3 '1' if it lives, '0' if it leaves
--   ->    ids
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
if ARGV[3] == '1' then
    redis.call('ZADD', KEYS[1], string.format('%.0f', now), ARGV[1])
else
    redis.call('ZREM', KEYS[1], ARGV[1])
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - tonumber(ARGV[2])))
return redis.call('ZRANGE', KEYS[1], 0, -1)
