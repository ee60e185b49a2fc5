// What is done in Redis in one step to share states: those that have changed here are put, and those that others put since are
// read. Spans are of Redis' own clock. A state that another monitor has changed meanwhile is not overwritten: it is read first.

import { type FoundEntry, foundEntries } from './lease-script.js';

/**
 * Keys: the states by key, their order, when each may go. The field '' of the first has what the states are: an id, unlike that of
 * any states that were here before, and the number of the last one that was put.
 */
export const SHARE = `
local states, order, expiry = KEYS[1], KEYS[2], KEYS[3]
local id, since = ARGV[2], ARGV[3]
local bound, retention, most = tonumber(ARGV[4]), ARGV[5], tonumber(ARGV[6])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)

local head = redis.call('HGET', states, '')
local current, last
if head then current, last = string.match(head, '^(%S+) (%d+)$') end
last = tonumber(last or '0')
local isEmpty = #redis.call('ZRANGE', order, 0, 0) == 0 or #redis.call('ZRANGE', expiry, 0, 0) == 0
local highest = tonumber(redis.call('ZRANGE', order, -1, -1, 'WITHSCORES')[2] or '0')
local isDamaged = highest > last
-- The last ones that this monitor has read are not there any more.
local isOlder = id == current and tonumber(since) > last
local hasChanged = ARGV[7] == 'touch'
if not current or (last > 0 and isEmpty) or isDamaged or isOlder then
  redis.call('DEL', states, order, expiry)
  current, last, hasChanged = ARGV[1], 0, true
end
if id == current then
  for i = 8, #ARGV, 4 do
    local key = ARGV[i]
    local put = redis.call('HGET', states, key)
    local number = put and string.match(put, '^(%d+) %d+ ')
    if not number or number == ARGV[i + 1] then
      last = last + 1
      redis.call('HSET', states, key, string.format('%d %d ', last, now) .. ARGV[i + 3])
      redis.call('ZADD', order, last, key)
      redis.call('ZADD', expiry, string.format('%d', now + tonumber(ARGV[i + 2])), key)
      hasChanged = true
    end
  end
else
  since = '0'
end
if hasChanged then
  local gone = redis.call('ZRANGEBYSCORE', expiry, '-inf', string.format('%d', now), 'LIMIT', 0, 500)
  for _, key in ipairs(redis.call('ZRANGE', expiry, 0, -most - 1)) do gone[#gone + 1] = key end
  for _, key in ipairs(gone) do
    redis.call('HDEL', states, key)
    redis.call('ZREM', order, key)
    redis.call('ZREM', expiry, key)
  end
  redis.call('HSET', states, '', string.format('%s %d', current, last))
  for _, key in ipairs({ states, order, expiry }) do redis.call('PEXPIRE', key, retention) end
end

local found, size, read, isAll = {}, 0, since, true
local range = redis.call('ZRANGEBYSCORE', order, '(' .. since, '+inf', 'WITHSCORES', 'LIMIT', 0, 500)
for i = 1, #range, 2 do
  local put = redis.call('HGET', states, range[i])
  if put then
    if size > 0 and size + #put > bound then isAll = false break end
    size = size + #put
    found[#found + 1] = { range[i], range[i + 1], put }
  end
  read = range[i + 1]
end
isAll = isAll and #range < 1000
return cjson.encode({ id = current, now = string.format('%d', now), read = read, isAll = isAll, found = found })
`;

export interface ShareReply {
  /** Of the states that are there; another one than before: what was there is lost. */
  readonly id: string;
  /** The number of the last state that was read. */
  readonly read: number;
  /** There are no later ones. */
  readonly isAll: boolean;
  readonly found: readonly FoundEntry[];
}

/** Reads what {@link SHARE} replies. @throws SyntaxError when it is something else */
export function readShareReply(text: string): ShareReply {
  const { id, now, read, isAll, found } = JSON.parse(text);
  return { id, read: Number(read), isAll, found: foundEntries(found, now) };
}
