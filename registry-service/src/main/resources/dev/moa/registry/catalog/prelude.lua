-- What every script that writes begins with. One script touches the keys of one service, which share the
-- hash tag {service}, and runs whole or not at all in the eyes of others:
--   KEYS  1 meta (hash: epoch, revision, incarnation)   2 instances (hash: id -> JSON)
--         3 leases (sorted set: id -> expiry, ms)       4 changes (stream: one entry per revision)
--         5 own (hash: id -> the body as the instance said it, where it is listed otherwise)
--         6 overrides (hash: id -> JSON); meta's field overrides counts their changes
--   ARGV  1 service   2 an epoch to use if the service has none yet   3 how many changes to keep   4… per script
-- Time is Redis's own, so that no other clock can end a lease.
local meta, instances, leases, changes, own, overrides = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local service, candidate_epoch, kept_changes = ARGV[1], ARGV[2], ARGV[3]

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
-- the same in digits; made of Redis's own, for a big number takes long to print
local now_digits = clock[1] .. string.format('%03d', math.floor(clock[2] / 1000))

local function digits(number)
    return number == now and now_digits or string.format('%.0f', number)
end

-- An instance is stored as JSON whose head is the registry's and written here only; its body is what was
-- registered and is never parsed here. (cjson would turn an empty list into an object.)
local function compose(incarnation, ttl, held, reason, registered_at, body)
    return '{"incarnation":' .. incarnation .. ',"ttlSeconds":' .. ttl .. ',"held":' .. held
        .. ',"reason":"' .. reason .. '","registeredAtMs":' .. registered_at .. ',' .. body
end

local HEAD = '^{"incarnation":(%d+),"ttlSeconds":(%w+),"held":(%l+),"reason":"([%l-]+)","registeredAtMs":(%d+),'

local function decompose(json)
    local _, last, incarnation, ttl, held, reason, registered_at = string.find(json, HEAD)
    if not last then
        return nil
    end
    return {
        incarnation = incarnation, ttl = ttl, held = held, reason = reason,
        registered_at = registered_at, body = string.sub(json, last + 1),
    }
end

local function find(id)
    local json = redis.call('HGET', instances, id)
    return json and decompose(json) or nil, json
end

-- What the instance itself said, whatever it is listed as.
local function said(id, instance)
    return redis.call('HGET', own, id) or instance.body
end

local function keep_said(id, own_body, body)
    if own_body == body then
        redis.call('HDEL', own, id)
    else
        redis.call('HSET', own, id, own_body)
    end
end

-- What stands in meta, read once in a run, for each command costs: what is written there is kept up to date here.
local meta_read
local function known()
    if not meta_read then
        local values = redis.call('HMGET', meta, 'epoch', 'revision', 'incarnation', 'overrides')
        meta_read = {
            epoch = values[1], revision = tonumber(values[2] or '0'), incarnation = tonumber(values[3] or '0'),
            overrides = values[4] or '0',
        }
    end
    return meta_read
end

-- Overrides are applied by the caller: it must have known all of them.
local function overrides_version()
    return known().overrides
end

local function forget(id)
    redis.call('HDEL', instances, id)
    redis.call('ZREM', leases, id)
    redis.call('HDEL', own, id)
end

-- The epoch is a service's birth mark: a store that was emptied gives a new one. A stream without its meta
-- is of an older life and would refuse the revisions of the new one.
local function epoch()
    local now_known = known()
    if not now_known.epoch then
        now_known.epoch = candidate_epoch
        redis.call('DEL', changes)
        redis.call('HSET', meta, 'epoch', candidate_epoch)
    end
    return now_known.epoch
end

local function revision()
    return known().revision
end

-- The next incarnation; record() writes it down. Never below the clock: a store that was emptied or rolled back gives
-- no number twice.
local function next_incarnation()
    local now_known = known()
    now_known.incarnation = math.max(now_known.incarnation + 1, now)
    now_known.next = digits(now_known.incarnation)
    return now_known.next
end

-- Counts the change, writes it down, wakes whoever waits. A short change is told with the wake-up: who knows
-- the revision before it need not ask. The truth is the stream; what does not follow is read there. Where it is left
-- untold, tell_last() has to follow.
local LONGEST_TOLD = 2048
local function record(change, id, incarnation, reason, json, untold)
    local mark = epoch()
    local now_known = known()
    local number = now_known.revision + 1
    now_known.revision = number
    local number_digits = digits(number)
    if now_known.next then
        redis.call('HSET', meta, 'revision', number_digits, 'incarnation', now_known.next)
    else
        redis.call('HSET', meta, 'revision', number_digits)
    end
    redis.call('XADD', changes, 'MAXLEN', '~', kept_changes, number_digits .. '-0',
        'epoch', mark, 'type', change, 'id', id, 'incarnation', incarnation,
        'reason', reason, 'atMs', now_digits, 'instance', json)
    if untold then
        return number
    end
    local wake = service .. ' ' .. mark .. ' ' .. number_digits
    if #json <= LONGEST_TOLD then
        wake = wake .. ' ' .. change .. ' ' .. id .. ' ' .. incarnation .. ' ' .. reason .. ' ' .. now_digits
            .. ' ' .. json
    end
    redis.call('PUBLISH', 'moa:wake', wake)
    return number, wake
end

-- Wakes whoever waits once, for all that was left untold.
local function tell_last()
    local wake = service .. ' ' .. epoch() .. ' ' .. digits(revision())
    redis.call('PUBLISH', 'moa:wake', wake)
    return wake
end
