-- wrk asks PREFIX0, PREFIX1, ... PREFIX(COUNT-1) in turn. usage: wrk -s rotate.lua URL -- PREFIX COUNT
local prefix, count, turn = '', 1, 0

function init(args)
  prefix, count = args[1], tonumber(args[2])
end

function request()
  turn = turn + 1
  return wrk.format('GET', prefix .. (turn % count))
end
