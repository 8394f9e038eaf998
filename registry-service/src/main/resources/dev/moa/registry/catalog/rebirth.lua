-- Gives a service a new epoch because its store went back in time: a registry has seen a greater revision of the
-- same epoch. Nobody may take what is there now for a continuation of what they knew.
--   ARGV  4 the epoch that went back   5 the greatest revision seen of it
--   ->    1 if done, 0 if somebody else has done it
local lost, seen = ARGV[4], tonumber(ARGV[5])
if redis.call('HGET', meta, 'epoch') ~= lost or revision() >= seen then
    return { 0 }
end
redis.call('HSET', meta, 'epoch', candidate_epoch, 'revision', digits(seen + 1))
redis.call('PUBLISH', 'moa:wake', service .. ' ' .. candidate_epoch .. ' ' .. digits(seen + 1))
return { 1 }
