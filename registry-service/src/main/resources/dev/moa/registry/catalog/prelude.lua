-- What every script that writes begins with. One script touches the keys of one service, which share the
-- hash tag {service}, and runs whole or not at all in the eyes of others:
--   KEYS  1 meta (hash: epoch, revision, incarnation)   2 instances (hash: id -> JSON)
--         3 leases (sorted set: id -> expiry, ms)       4 changes (stream: one entry per revision)
--   ARGV  1 service   2 an epoch to use if the service has none yet   3 how many changes to keep   4… per script
-- Time is Redis's own, so that no other clock can end a lease.
local meta, instances, leases, changes = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local service, candidate_epoch, kept_changes = ARGV[1], ARGV[2], ARGV[3]

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

local function digits(number)
    return string.format('%.0f', number)
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

-- The epoch is a service's birth mark: a store that was emptied gives a new one. A stream without its meta
-- is of an older life and would refuse the revisions of the new one.
local function epoch()
    local mark = redis.call('HGET', meta, 'epoch')
    if not mark then
        mark = candidate_epoch
        redis.call('DEL', changes)
        redis.call('HSET', meta, 'epoch', mark)
    end
    return mark
end

local function revision()
    return tonumber(redis.call('HGET', meta, 'revision') or '0')
end

-- Counts the change, writes it down, wakes whoever waits.
local function record(change, id, incarnation, reason, json)
    local mark = epoch()
    local number = redis.call('HINCRBY', meta, 'revision', 1)
    redis.call('XADD', changes, 'MAXLEN', '~', kept_changes, digits(number) .. '-0',
        'epoch', mark, 'type', change, 'id', id, 'incarnation', incarnation,
        'reason', reason, 'atMs', digits(now), 'instance', json)
    redis.call('PUBLISH', 'moa:wake', service .. ' ' .. mark .. ' ' .. digits(number))
    return number
end
