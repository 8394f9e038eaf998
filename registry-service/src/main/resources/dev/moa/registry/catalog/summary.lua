-- How many instances a service has, by status.
--   KEYS  1 meta   2 instances
--   ->    revision, instances, up, draining, down, held
local count = { UP = 0, DRAINING = 0, DOWN = 0 }
local held, all = 0, redis.call('HVALS', KEYS[2])
for _, json in ipairs(all) do
    local status = string.match(json, '"status":"(%u+)"}$')
    if status and count[status] then
        count[status] = count[status] + 1
    end
    if string.find(json, '^{"incarnation":%d+,"ttlSeconds":%w+,"held":true') then
        held = held + 1
    end
end
return {
    tonumber(redis.call('HGET', KEYS[1], 'revision') or '0'),
    #all, count.UP, count.DRAINING, count.DOWN, held,
}
