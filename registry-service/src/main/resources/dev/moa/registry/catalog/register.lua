-- Registers instances of one service under their ids and starts their leases.
--   ARGV  4 how many instances a service may have   5 the version of the overrides with which they are listed
--         6 "wake": whoever asks wants to hear what is published, too
--         7… for each: id, ttl in seconds, or null, body, the body as it is to be listed, with the overrides; empty
--         where that is the former
--   ->    for each: outcome, incarnation, epoch, revision, and where it is asked for and something changed the wake-up
-- The same words again change nothing: same incarnation, no revision, nobody woken, only the lease begins
-- anew; so a retry is safe. Anything else under the id is a new process: a new incarnation. Many are told with one
-- wake-up, which names the last revision.
local most, wanted_version, wants_wake = tonumber(ARGV[4]), ARGV[5], ARGV[6] == 'wake'
local FIRST, EACH = 7, 4
local is_alone = #ARGV < FIRST + EACH

local function start_lease(id, ttl)
    if ttl == 'null' then
        redis.call('ZREM', leases, id)
    else
        redis.call('ZADD', leases, digits(now + ttl * 1000), id)
    end
end

local function register(id, ttl, body, listed)
    local before = find(id)
    if before and before.ttl == ttl and before.held == 'false' and said(id, before) == body then
        start_lease(id, ttl)
        return { 'unchanged', tonumber(before.incarnation), epoch(), revision() }
    end
    if overrides_version() ~= wanted_version then
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
    start_lease(id, ttl)
    local number, wake = record('REGISTERED', id, incarnation, 'registered', json, not is_alone)
    return { 'registered', tonumber(incarnation), epoch(), number, wake }
end

local answers, last = {}, nil
for i = FIRST, #ARGV, EACH do
    local body, listed = ARGV[i + 2], ARGV[i + 3]
    local answer = register(ARGV[i], ARGV[i + 1], body, listed == '' and body or listed)
    answers[#answers + 1] = answer
    if answer[1] == 'registered' then
        last = answer
    end
end
if last then
    local wake = is_alone and last[5] or tell_last()
    last[5] = wants_wake and wake or nil
end
return answers
