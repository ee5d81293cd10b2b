#!/bin/sh
# A chat completion with curl, answered at once: whole, then as a stream of server-sent events.
#
#   sh examples/curl-chat.sh 'What is the capital of Japan?'
#
# SIGNALBOX_MODEL names a route of the policy, a model or a target. It talks to the embedded stack whose stack.json is in .signalbox (or
# in the file that SIGNALBOX_STACK names). To talk to an installation on AWS, set SIGNALBOX_GATEWAY_URL and SIGNALBOX_API_KEY.
set -eu

question=${1:-What is the capital of France?}
if [ -z "${SIGNALBOX_GATEWAY_URL:-}" ]; then
  stack=${SIGNALBOX_STACK:-.signalbox/stack.json}
  from_stack() { node -p "JSON.parse(fs.readFileSync(process.argv[1], 'utf8')).$1" "$stack"; }
  SIGNALBOX_GATEWAY_URL=$(from_stack gatewayUrl)
  SIGNALBOX_API_KEY=$(from_stack apiKey)
fi
# The key comes by stdin, because a process list shows arguments. Streams are shown as they come.
chat() {
  printf 'header = "authorization: Bearer %s"\n' "$SIGNALBOX_API_KEY" |
    curl --config - --silent --show-error --fail-with-body --no-buffer --max-time 120 \
      --header 'content-type: application/json' --data "$1" "$SIGNALBOX_GATEWAY_URL/v1/chat/completions"
}

escaped=$(printf %s "$question" | tr '\n\t' '  ' | sed 's/[\\"]/\\&/g')
body='"model":"'${SIGNALBOX_MODEL:-default}'","messages":[{"role":"user","content":"'$escaped'"}]'

chat "{$body}"
echo

# An answer is whole when `[DONE]` ends it; one that broke off ends with an error event, under status 200 all the same.
chat "{$body,\"stream\":true,\"stream_options\":{\"include_usage\":true}}" | awk '
  /^data: \[DONE\]/ { whole = 1; next }
  /^data: /         { print substr($0, 7); fflush(); next }
  /^[^:]/           { print > "/dev/stderr" }
  END               { exit !whole }'
