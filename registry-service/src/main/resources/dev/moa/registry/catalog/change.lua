-- Changes an instance, if it still is what the change was made from.
--   ARGV  4 id   5 incarnation   6 body before   7 body after   8 reason
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
if instance.body ~= before then
    return { 'raced', incarnation, '', 0 }
end
if before == after then
    return { 'unchanged', incarnation, epoch(), revision() }
end
local json = compose(given, instance.ttl, instance.held, reason, instance.registered_at, after)
redis.call('HSET', instances, id, json)
local number = record('UPDATED', id, given, reason, json)
return { 'changed', incarnation, epoch(), number }
