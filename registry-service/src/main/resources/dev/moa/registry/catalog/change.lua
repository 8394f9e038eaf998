-- Changes an instance, if it still is what the change was made from.
--   ARGV  4 id   5 incarnation   6 body before   7 body after   8 reason
--         9 what the instance said before, empty where that is the body   10 what it says after
--         11 the version of the overrides that 7 was made with
--   ->    outcome, incarnation that is registered, epoch, revision
local id, given, before, after, reason = ARGV[4], ARGV[5], ARGV[6], ARGV[7], ARGV[8]

local instance = find(id)
if not instance then
    return { 'unknown', 0, '', 0 }
end
local incarnation = tonumber(instance.incarnation)
if instance.incarnation ~= given then
    return { 'stale', incarnation, '', 0 }
end
if instance.body ~= before or (redis.call('HGET', own, id) or '') ~= ARGV[9] then
    return { 'raced', incarnation, '', 0 }
end
if overrides_version() ~= ARGV[11] then
    return { 'reread', incarnation, '', 0 }
end
keep_said(id, ARGV[10], after)
if before == after then
    return { 'unchanged', incarnation, epoch(), revision() }
end
local json = compose(given, instance.ttl, instance.held, reason, instance.registered_at, after)
redis.call('HSET', instances, id, json)
local number = record('UPDATED', id, given, reason, json)
return { 'changed', incarnation, epoch(), number }
