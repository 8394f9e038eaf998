-- Registers an instance under its id and starts its lease.
--   ARGV  4 id   5 ttl in seconds, or null   6 body   7 how many instances a service may have
--         8 the body as it is to be listed, with the overrides; empty where that is 6   9 their version
--         10 "wake": whoever asks wants to hear what is published, too
--   ->    outcome, incarnation, epoch, revision, where it is asked for and something changed the wake-up
-- The same words again change nothing: same incarnation, no revision, nobody woken, only the lease begins
-- anew; so a retry is safe. Anything else under the id is a new process: a new incarnation.
local id, ttl, body, most, listed = ARGV[4], ARGV[5], ARGV[6], tonumber(ARGV[7]), ARGV[8]
if listed == '' then
    listed = body
end

local function start_lease()
    if ttl == 'null' then
        redis.call('ZREM', leases, id)
    else
        redis.call('ZADD', leases, digits(now + ttl * 1000), id)
    end
end

local before = find(id)
if before and before.ttl == ttl and before.held == 'false' and said(id, before) == body then
    start_lease()
    return { 'unchanged', tonumber(before.incarnation), epoch(), revision() }
end
if overrides_version() ~= ARGV[9] then
    return { 'reread', 0, '', 0 }
end
if not before and redis.call('HLEN', instances) >= most then
    return { 'full', 0, '', 0 }
end

local incarnation = next_incarnation()
local json = compose(incarnation, ttl, 'false', 'registered', now_digits, listed)
redis.call('HSET', instances, id, json)
if before or body ~= listed then
    keep_said(id, body, listed)
end
start_lease()
local number, wake = record('REGISTERED', id, incarnation, 'registered', json)
return { 'registered', tonumber(incarnation), epoch(), number, ARGV[10] == 'wake' and wake or nil }
