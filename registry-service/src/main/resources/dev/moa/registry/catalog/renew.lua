-- Renews leases. Most of what Redis runs for a registry is this, so it is short and has no prelude. It is the one script
-- that may touch the keys of many services at once, where they are on one Redis; in a cluster it is run for each.
--   KEYS  for each service 1 instances (hash: id -> JSON)   2 leases (sorted set: id -> expiry, ms)
--   ARGV  for each service how many leases of it follow, then of each of them id and incarnation
--   ->    for each lease that was not renewed its place (the first is 0) and the incarnation that is registered under
--         the id, 0 where there is none; less than 0 where it is the one that was given, but held: release.lua renews it
-- Only a matching incarnation is renewed. A renewal that comes late never shortens a lease.
local call, match = redis.call, string.match
local clock = call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local others, endings = {}, {}
local head, place = 1, 0
for key = 1, #KEYS, 2 do
    local instances, leases = KEYS[key], KEYS[key + 1]
    local last = head + 2 * ARGV[head]
    for i = head + 1, last, 2 do
        local id, given = ARGV[i], ARGV[i + 1]
        local json = call('HGET', instances, id)
        local incarnation, ttl, held
        if json then
            incarnation, ttl, held = match(json, '^{"incarnation":(%d+),"ttlSeconds":(%w+),"held":(%l+),')
        end
        if incarnation == given and held == 'false' then
            if ttl ~= 'null' then
                local ending = endings[ttl]
                if not ending then
                    ending = string.format('%.0f', now + ttl * 1000)
                    endings[ttl] = ending
                end
                call('ZADD', leases, 'GT', ending, id)
            end
        else
            local registered = tonumber(incarnation or 0)
            others[#others + 1] = place
            others[#others + 1] = incarnation == given and -registered or registered
        end
        place = place + 1
    end
    head = last + 1
end
return others
