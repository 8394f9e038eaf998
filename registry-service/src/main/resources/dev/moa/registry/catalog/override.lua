-- Puts an override in, or takes it out. It takes effect by the changes of instances that follow.
--   ARGV  4 id   5 JSON, empty to take it out   6 how many a service may have
--   ->    outcome: put, gone, unchanged or full; then the version of the overrides
local id, json, most = ARGV[4], ARGV[5], tonumber(ARGV[6])

local before = redis.call('HGET', overrides, id)
if (before or '') == json then
    return { 'unchanged', overrides_version() }
end
if json == '' then
    redis.call('HDEL', overrides, id)
elseif not before and redis.call('HLEN', overrides) >= most then
    return { 'full', overrides_version() }
else
    redis.call('HSET', overrides, id, json)
end
local version = redis.call('HINCRBY', meta, 'overrides', 1)
return { json == '' and 'gone' or 'put', digits(version) }
