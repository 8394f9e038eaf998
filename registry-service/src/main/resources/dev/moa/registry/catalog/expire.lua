-- Ends the leases that are over: the instance is removed, or where the loss looks like ours, held. Several
-- registries may run it at once: each instance is removed or held, and told of, once. Who has been replaced, because
-- a later registration whose own lease runs has its address, is removed also where others are held, and is not counted
-- as lost: a process that was started again on its port answers for its old self.
--   ARGV  4 since when the store and the sweeper have been there without a break, ms
--         5 when the sweeper last looked, ms   6 how old that look may be, ms   7 how many to remove at most
--         8 '1' to give a lease to those who lost theirs (an evicted key), else '0'
--         9 the guard's share of a service, per mille   10 its count
--         11 whether many leases are lost elsewhere: 'yes', 'no', or 'unknown', which removes nobody
--         12 up to which incarnation of the service it is known who registered at whose address; empty to go by that
--         13 how many such pairs follow   14 … each pair's older id and incarnation, its later id and incarnation
--         … ids of those who do not answer where they are said to be
--   ->    1 removed ids   2 the time now   3 the next moment a lease can expire (0: there is none)
--         4 how long the longest of the removed had been over, ms   5 epoch   6 revision
--         7 how many were newly held   8 id, incarnation, ms over, … of those held; of many some each second, in turn
--         9 how many are silent   10 how many leases there are, without the silent ones of whoever was replaced
--         11 within which time before its end a lease counts as silent, ms, if some wait for an answer to 11; else 0
--         12 id, incarnation, ms over, … of those to be asked whether they are there: a lease that is over is believed
--         of who does not answer, and of everybody once it has been over for three times as long: a store that is emptied
--         while many are cut off from it has too few of them for the guard, and they still run
--         13 the last incarnation given, if some leases are over, others are not, and 12 knows less: nothing was ended
--         or held; else -1   14 ids removed because they have been replaced
-- No lease ends before one full lease has passed since the break: nobody could renew in it.
local resumed_at, looked_at, look_age, most = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local share, count, elsewhere = tonumber(ARGV[9]), tonumber(ARGV[10]), ARGV[11]
local grace = 3

if now - looked_at > look_age then
    return { {}, now, now, 0, redis.call('HGET', meta, 'epoch') or '', revision(), 0, {}, 0, 0, 0, {}, -1, {} }
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

-- A clock that was set back leaves leases that end too late: nobody may be listed for an hour without a word.
if ARGV[8] == '1' and now - resumed_at < 5000 then
    local all = redis.call('ZRANGE', leases, 0, -1, 'WITHSCORES')
    for i = 1, #all, 2 do
        local instance = tonumber(all[i + 1]) > now + 1000 and find(all[i]) or nil
        if instance and instance.ttl ~= 'null' then
            redis.call('ZADD', leases, 'LT', digits(now + instance.ttl * 1000), all[i])
        end
    end
end

local removed, held, asked, next_expiry, overdue, newly_held, unanswered = {}, {}, {}, 0, 0, 0, 0
local gone = {}
local first_gone = 14 + 4 * ARGV[13]
for i = first_gone, #ARGV do
    gone[ARGV[i]] = true
end
local replaced, doubles = {}, {}
local function is_full()
    return #removed + #replaced + newly_held >= most
end
local function tell(list, id, incarnation, ended_at)
    if #list < 3 * most then
        list[#list + 1] = id
        list[#list + 1] = tonumber(incarnation)
        list[#list + 1] = now - ended_at
    end
end
local function not_before(moment)
    if next_expiry == 0 or moment < next_expiry then
        next_expiry = moment
    end
end

-- Who dies with others has missed its renewals as they have when the first of their leases ends: what a lease has
-- left then is less than two fifths of it, for a lease is renewed at least twice in its time.
local silent, total = 0, redis.call('ZCARD', leases)
local function silence(ttl_ms)
    return math.floor(ttl_ms * 2 / 5)
end

local due = redis.call('ZRANGEBYSCORE', leases, '-inf', digits(now), 'WITHSCORES')
-- Each second others of those held are told: some may answer and stay, and the dead behind them are to be looked at, too.
local held_from = 2 * (math.floor(now / 1000) * most % math.max(#due / 2, most))
local held_later = {}
-- where all leases are over nobody was replaced
local last_known, unlooked = tonumber(ARGV[12]), -1
local is_unlooked = last_known and total > #due / 2 and last_known ~= known().incarnation

-- The silent ones of those who have been replaced, id -> lease's end. The pairs are of a moment ago: here they are what
-- they are now.
local function registered(id, incarnation)
    local instance = find(id)
    return instance and instance.incarnation == incarnation and instance or nil
end
for i = 14, #due > 0 and first_gone - 1 or 0, 4 do
    local ended_at = tonumber(redis.call('ZSCORE', leases, ARGV[i]))
    local later_ends_at = tonumber(redis.call('ZSCORE', leases, ARGV[i + 2]))
    if ended_at and later_ends_at and later_ends_at > now then
        local older, later = registered(ARGV[i], ARGV[i + 1]), registered(ARGV[i + 2], ARGV[i + 3])
        if older and older.ttl ~= 'null' and ended_at <= now + silence(older.ttl * 1000)
            and later and later.held == 'false' then
            doubles[ARGV[i]] = ended_at
            total = total - 1
        end
    end
end

local counted = {}
local function is_guarded(ttl_ms)
    if not counted[ttl_ms] then
        counted[ttl_ms] = true
        local until_ms = now + silence(ttl_ms)
        local lost = redis.call('ZCOUNT', leases, '-inf', digits(until_ms))
        for _, ended_at in pairs(doubles) do
            lost = ended_at <= until_ms and lost - 1 or lost
        end
        silent = math.max(silent, lost)
    end
    return elsewhere == 'yes' or (silent >= count and silent * 1000 >= share * total)
end

for i = 1, #due, 2 do
    local id, ended_at = due[i], tonumber(due[i + 1])
    local instance = find(id)
    if not instance or instance.ttl == 'null' then
        redis.call('ZREM', leases, id)
    else
        local ttl_ms = instance.ttl * 1000
        local spared_until = resumed_at + ttl_ms
        local is_spared, is_held = now < spared_until, instance.held == 'true'
        if is_unlooked and not is_spared then
            unlooked = known().incarnation
            not_before(now)
            break
        elseif is_held and (is_spared or not doubles[id]) then
            tell(i > held_from and held or held_later, id, instance.incarnation, ended_at)
        elseif is_spared then
            not_before(spared_until)
        elseif is_full() then
            not_before(now)
            break
        elseif doubles[id] then
            forget(id)
            record('REMOVED', id, instance.incarnation, 'replaced', '')
            replaced[#replaced + 1] = id
            doubles[id] = nil
        elseif is_guarded(ttl_ms) then
            local json = compose(instance.incarnation, instance.ttl, 'true', 'held', instance.registered_at, instance.body)
            redis.call('HSET', instances, id, json)
            record('UPDATED', id, instance.incarnation, 'held', json)
            newly_held = newly_held + 1
            not_before(now)
        elseif elsewhere == 'unknown' then
            unanswered = math.max(unanswered, silence(ttl_ms))
            not_before(now)
        elseif not gone[id] and now < math.max(ended_at, spared_until) + grace * ttl_ms then
            tell(asked, id, instance.incarnation, ended_at)
            not_before(math.max(ended_at, spared_until) + grace * ttl_ms)
        else
            forget(id)
            record('REMOVED', id, instance.incarnation, 'lease-lost', '')
            removed[#removed + 1] = id
            overdue = math.max(overdue, now - math.max(ended_at, spared_until))
        end
    end
end
for i = 1, math.min(#held_later, 3 * most - #held) do
    held[#held + 1] = held_later[i]
end
local coming = redis.call('ZRANGEBYSCORE', leases, '(' .. digits(now), '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
if coming[2] then
    not_before(tonumber(coming[2]))
end
return {
    removed, now, next_expiry, overdue, redis.call('HGET', meta, 'epoch') or '', revision(),
    newly_held, held, silent, total, unanswered, asked, unlooked, replaced,
}
