-- Load script for wrk: sends signed events from a file, one per line as SIGNATURE, a tab, BODY.
-- The requests are put together before the run, so that wrk spends its time on sending. Each thread starts anew at
-- the file's top; the file holds more events than one run sends. With a second argument N they go to the paths
-- /in/stripe-1 to /in/stripe-N in turn.

local requests = {}
local following = 0

function init(args)
  local paths = tonumber(args[2] or "0")
  for line in io.lines(args[1]) do
    local tab = line:find("\t", 1, true)
    local headers = {
      ["Content-Type"] = "application/json; charset=utf-8",
      ["User-Agent"] = "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
      ["Stripe-Signature"] = line:sub(1, tab - 1),
    }
    local path = paths == 0 and "/in/stripe" or "/in/stripe-" .. (#requests % paths + 1)
    requests[#requests + 1] = wrk.format("POST", path, headers, line:sub(tab + 1))
  end
end

function request()
  following = following % #requests + 1
  return requests[following]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\nRESULT {"requests":%d,"seconds":%.4f,"p50":%.3f,"p99":%.3f,"not2xx":%d,"socketErrors":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
