-- Removes the instances whose lease has expired. Several registries may run it at once: each instance is
-- removed, and told of, once.
--   ARGV  4 since when the store and the sweeper have been there without a break, ms
--         5 when the sweeper last looked, ms   6 how old that look may be, ms   7 how many to remove at most
--         8 '1' to give a lease to those who lost theirs (an evicted key), else '0'
--   ->    removed ids, then the time now, then the next moment a lease can expire (0: there is none),
--         then how long the longest of the removed had been over, ms, then epoch and revision
-- No lease ends before one full lease has passed since the break: nobody could renew in it.
local resumed_at, looked_at, look_age, most = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])

if now - looked_at > look_age then
    return { {}, now, now, 0, redis.call('HGET', meta, 'epoch') or '', revision() }
end

if ARGV[8] == '1' and redis.call('ZCARD', leases) < redis.call('HLEN', instances) then
    local all = redis.call('HGETALL', instances)
    for i = 1, #all, 2 do
        local instance = decompose(all[i + 1])
        if instance and instance.ttl ~= 'null' then
            redis.call('ZADD', leases, 'NX', digits(now + instance.ttl * 1000), all[i])
        end
    end
end

local removed, next_expiry, overdue = {}, 0, 0
local function not_before(moment)
    if next_expiry == 0 or moment < next_expiry then
        next_expiry = moment
    end
end

local due = redis.call('ZRANGEBYSCORE', leases, '-inf', digits(now), 'WITHSCORES')
for i = 1, #due, 2 do
    local id, ended_at = due[i], tonumber(due[i + 1])
    local instance = find(id)
    if not instance or instance.ttl == 'null' then
        redis.call('ZREM', leases, id)
    elseif instance.held == 'false' then
        local spared_until = resumed_at + instance.ttl * 1000
        if now < spared_until then
            not_before(spared_until)
        elseif #removed >= most then
            not_before(now)
            break
        else
            redis.call('HDEL', instances, id)
            redis.call('ZREM', leases, id)
            record('REMOVED', id, instance.incarnation, 'lease-lost', '')
            removed[#removed + 1] = id
            overdue = math.max(overdue, now - math.max(ended_at, spared_until))
        end
    end
end
local coming = redis.call('ZRANGEBYSCORE', leases, '(' .. digits(now), '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
if coming[2] then
    not_before(tonumber(coming[2]))
end
return { removed, now, next_expiry, overdue, redis.call('HGET', meta, 'epoch') or '', revision() }
