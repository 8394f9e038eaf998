-- Redis's time in ms. A script, because a Redis that is still loading its data answers TIME but no script.
local clock = redis.call('TIME')
return clock[1] * 1000 + math.floor(clock[2] / 1000)
