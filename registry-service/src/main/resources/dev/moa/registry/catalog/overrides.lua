-- All overrides of a service.
--   KEYS  1 meta   2 overrides
--   ->    their version, then id, JSON, …
return { redis.call('HGET', KEYS[1], 'overrides') or '0', redis.call('HGETALL', KEYS[2]) }
