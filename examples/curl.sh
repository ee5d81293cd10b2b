#!/bin/sh
# One request with curl: accepted over HTTP, its result read by id.
#
#   sh examples/curl.sh 'What is the capital of Japan?'
#
# It talks to the embedded stack whose stack.json is in .signalbox (or in the file that SIGNALBOX_STACK names). To talk to an
# installation on AWS, set SIGNALBOX_GATEWAY_URL and SIGNALBOX_API_KEY.
set -eu

question=${1:-What is the capital of France?}
if [ -z "${SIGNALBOX_GATEWAY_URL:-}" ]; then
  stack=${SIGNALBOX_STACK:-.signalbox/stack.json}
  from_stack() { node -p "JSON.parse(fs.readFileSync(process.argv[1], 'utf8')).$1" "$stack"; }
  SIGNALBOX_GATEWAY_URL=$(from_stack gatewayUrl)
  SIGNALBOX_API_KEY=$(from_stack apiKey)
fi
# The key comes by stdin, because a process list shows arguments.
api() {
  printf 'header = "authorization: Bearer %s"\n' "$SIGNALBOX_API_KEY" |
    curl --config - --silent --show-error --fail-with-body --max-time 30 "$@"
}

# The id is the producer's own: sent twice, it is answered once.
id="example-$(date +%s)-$$"
escaped=$(printf %s "$question" | tr '\n\t' '  ' | sed 's/[\\"]/\\&/g')
body='{"schemaVersion":"1.0","id":"'$id'","messages":[{"role":"user","content":[{"text":"'$escaped'"}]}]}'
api --header 'content-type: application/json' --data "$body" "$SIGNALBOX_GATEWAY_URL/v1/inferences" >&2
echo >&2

tries=0
while [ "$tries" -lt 120 ]; do
  tries=$((tries + 1))
  result=$(api "$SIGNALBOX_GATEWAY_URL/v1/inferences/$id")
  case $result in
    *'"status":"succeeded"'*)
      printf '%s\n' "$result"
      exit 0
      ;;
    *'"status":"failed"'* | *'"status":"expired"'* | *'"status":"rejected"'*)
      printf '%s\n' "$result" >&2
      exit 1
      ;;
  esac
  sleep 0.5
done
echo "no result of $id within a minute; it waits on, and its result stays readable by that id" >&2
exit 1
