-- The changes of a service after a revision, oldest first.
--   KEYS  1 meta   2 changes
--   ARGV  1 revision   2 how many at most
--   ->    epoch, revision, entries as XRANGE gives them
local meta = redis.call('HMGET', KEYS[1], 'epoch', 'revision')
return {
    meta[1] or '', tonumber(meta[2] or '0'),
    redis.call('XRANGE', KEYS[2], '(' .. ARGV[1] .. '-0', '+', 'COUNT', ARGV[2]),
}
