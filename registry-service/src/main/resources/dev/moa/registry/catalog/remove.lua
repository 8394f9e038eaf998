-- Removes an instance and its lease.
--   ARGV  4 id   5 incarnation   6 reason
--   ->    outcome, incarnation that is registered, epoch, revision
local id, given, reason = ARGV[4], ARGV[5], ARGV[6]

local instance = find(id)
if not instance then
    return { 'unknown', 0, '', 0 }
end
if instance.incarnation ~= given then
    return { 'stale', tonumber(instance.incarnation), '', 0 }
end
forget(id)
local number = record('REMOVED', id, given, reason, '')
return { 'removed', tonumber(given), epoch(), number }
