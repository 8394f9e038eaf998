-- Renews leases. Most of what Redis runs for a registry is this, so it is short and has no prelude.
--   KEYS  1 instances (hash: id -> JSON)   2 leases (sorted set: id -> expiry, ms)
--   ARGV  1, 2 id and incarnation   3, 4 the next …
--   ->    for each the incarnation that is registered under the id, 0 where there is none; less than 0 where it is
--         the one that was given, but held: release.lua renews it
-- Only a matching incarnation is renewed. A renewal that comes late never shortens a lease.
local instances, leases = KEYS[1], KEYS[2]
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local answer = {}
for i = 1, #ARGV, 2 do
    local json = redis.call('HGET', instances, ARGV[i])
    local incarnation, ttl, held
    if json then
        incarnation, ttl, held = string.match(json, '^{"incarnation":(%d+),"ttlSeconds":(%w+),"held":(%l+),')
    end
    if not incarnation then
        answer[#answer + 1] = 0
    elseif incarnation == ARGV[i + 1] and held == 'true' then
        answer[#answer + 1] = -tonumber(incarnation)
    else
        answer[#answer + 1] = tonumber(incarnation)
        if incarnation == ARGV[i + 1] and ttl ~= 'null' then
            redis.call('ZADD', leases, 'GT', string.format('%.0f', now + ttl * 1000), ARGV[i])
        end
    end
end
return answer
