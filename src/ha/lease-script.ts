// What is done in Redis in one step: the lease is taken or kept, entries of the notification log are put, and those that others put
// since are read. Times are spans of Redis' own clock, so that no monitor's clock matters.

/**
 * Keys: the lease, the entries by key, the order of the entries, the number of the last one, and the id of the entries: another one
 * than before says that Redis has lost those that a monitor has read, though there may be as many again.
 */
export const SYNC = `
local lease, entries, order, counter, epoch = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local token, ttl, since = ARGV[1], ARGV[2], ARGV[3]
local retention, bound = tonumber(ARGV[4]), tonumber(ARGV[5])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)

local holder = redis.call('GET', lease)
if holder == token then
  redis.call('PEXPIRE', lease, ttl)
elseif not holder then
  redis.call('SET', lease, token, 'NX', 'PX', ttl)
  holder = token
end

local id = redis.call('GET', epoch)
local isOlder = id == ARGV[6] and tonumber(since) > tonumber(redis.call('GET', counter) or '0')
if not id or isOlder then
  id = token .. ' ' .. table.concat(time, '.')
  redis.call('SET', epoch, id, 'PX', ARGV[4])
end

for i = 7, #ARGV, 2 do
  local number = redis.call('INCR', counter)
  redis.call('HSET', entries, ARGV[i], string.format('%d %d ', number, now) .. ARGV[i + 1])
  redis.call('ZADD', order, number, ARGV[i])
end
if #ARGV > 6 then
  for _, key in ipairs(redis.call('ZRANGE', order, 0, 9)) do
    local put = redis.call('HGET', entries, key)
    local at = put and string.match(put, '^%d+ (%d+) ')
    if not at or tonumber(at) + retention < now then
      redis.call('ZREM', order, key)
      redis.call('HDEL', entries, key)
    end
  end
  for _, key in ipairs({ entries, order, counter, epoch }) do redis.call('PEXPIRE', key, ARGV[4]) end
end

local found, size = {}, 0
local range = redis.call('ZRANGEBYSCORE', order, '(' .. since, '+inf', 'WITHSCORES', 'LIMIT', 0, 500)
for i = 1, #range, 2 do
  local key, number = range[i], range[i + 1]
  local put = redis.call('HGET', entries, key)
  if put then
    if size > 0 and size + #put > bound then break end
    size = size + #put
    found[#found + 1] = { key, number, put }
  end
end
local last = redis.call('GET', counter) or '0'
return cjson.encode({ holder = holder, id = id, now = string.format('%d', now), last = last, found = found })
`;

/** Gives the lease up, if it is held. */
export const RELEASE = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
`;

/** An entry as it was put. */
export interface FoundEntry {
  readonly key: string;
  /** Ascends with every entry that is put. */
  readonly number: number;
  /** How long ago it was put, by the clock of Redis; milliseconds. */
  readonly age: number;
  /** As it was put; empty when it is damaged so that its age is not known. */
  readonly text: string;
}

export interface SyncReply {
  /** The token of the monitor that holds the lease. */
  readonly holder: string;
  /** Of the entries that are there; another one than before: what was there is lost. */
  readonly id: string;
  /** The number of the last entry there is. */
  readonly last: number;
  readonly found: readonly FoundEntry[];
}

/** Reads what {@link SYNC} replies. @throws SyntaxError when it is something else */
export function readSyncReply(text: string): SyncReply {
  const { holder, id, now, last, found } = JSON.parse(text);
  return { holder, id, last: Number(last), found: foundEntries(found, now) };
}

/** @param found rows of key, number, and what was put; an empty table of Lua is an object @param now the time of Redis */
export function foundEntries(found: unknown, now: string): FoundEntry[] {
  const rows: [key: string, number: string, put: string][] = Array.isArray(found) ? found : [];
  return rows.map(([key, number, put]) => {
    const [, at = '', text = ''] = /^\d+ (\d+) (.*)$/s.exec(put) ?? [];
    return { key, number: Number(number), age: Math.max(0, Number(now) - Number(at)), text };
  });
}
