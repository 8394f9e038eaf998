-- Renews leases as renew.lua does, and ends the hold of who is held.
--   ARGV  4, 5 id and incarnation   6, 7 the next …
--   ->    for each the incarnation that is registered under the id, 0 where there is none
-- Only a matching incarnation is renewed. A renewal that comes late never shortens a lease. A held instance
-- that renews is held no more.
local answer = {}
for i = 4, #ARGV, 2 do
    local id, given = ARGV[i], ARGV[i + 1]
    local instance = find(id)
    if not instance then
        answer[#answer + 1] = 0
    else
        answer[#answer + 1] = tonumber(instance.incarnation)
        if instance.incarnation == given then
            if instance.ttl ~= 'null' then
                redis.call('ZADD', leases, 'GT', digits(now + instance.ttl * 1000), id)
            end
            if instance.held == 'true' then
                local json = compose(instance.incarnation, instance.ttl, 'false', 'released',
                    instance.registered_at, instance.body)
                redis.call('HSET', instances, id, json)
                record('UPDATED', id, instance.incarnation, 'released', json)
            end
        end
    end
end
return answer
