#!/bin/sh
# One request with the AWS command line alone: sent to a queue, its result taken from a reply queue.
#
#   sh examples/awscli.sh 'What is the capital of Japan?'
#
# It talks to the embedded stack whose stack.json is in .signalbox (or in the file that SIGNALBOX_STACK names). To talk to an
# installation on AWS, set SIGNALBOX_QUEUE_URL; region and credentials are found as by any AWS client.
set -eu

question=${1:-What is the capital of France?}
endpoint=
if [ -z "${SIGNALBOX_QUEUE_URL:-}" ]; then
  stack=${SIGNALBOX_STACK:-.signalbox/stack.json}
  from_stack() { node -p "JSON.parse(fs.readFileSync(process.argv[1], 'utf8')).$1" "$stack"; }
  SIGNALBOX_QUEUE_URL=$(from_stack queues.standard)
  endpoint=$(from_stack awsEndpointUrl)
  AWS_DEFAULT_REGION=$(from_stack region)
  AWS_ACCESS_KEY_ID=$(from_stack credentials.accessKeyId)
  AWS_SECRET_ACCESS_KEY=$(from_stack credentials.secretAccessKey)
  export AWS_DEFAULT_REGION AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
fi
# An option, because version 1 of the command line does not obey AWS_ENDPOINT_URL for SQS in us-east-1.
sqs() { aws ${endpoint:+--endpoint-url "$endpoint"} sqs "$@"; }

# The queue is there already on AWS; create-queue then gives its URL. The policy calls it `reports`.
reply_queue=$(sqs create-queue --queue-name signalbox-reply-reports --query QueueUrl --output text)

# The id is the producer's own: sent twice, it is answered once.
id="example-$(date +%s)-$$"
escaped=$(printf %s "$question" | tr '\n\t' '  ' | sed 's/[\\"]/\\&/g')
body='{"schemaVersion":"1.0","id":"'$id'","messages":[{"role":"user","content":[{"text":"'$escaped'"}]}],"reply":{"queue":"reports"}}'
sqs send-message --queue-url "$SIGNALBOX_QUEUE_URL" --message-body "$body" --query MessageId --output text >&2

# What belongs to others is left on the queue, and becomes visible again.
tab=$(printf '\t')
tries=0
while [ "$tries" -lt 6 ]; do
  tries=$((tries + 1))
  message=$(sqs receive-message --queue-url "$reply_queue" --wait-time-seconds 10 --query 'Messages[0].[ReceiptHandle,Body]' --output text)
  case $message in
    *"\"id\":\"$id\""*)
      sqs delete-message --queue-url "$reply_queue" --receipt-handle "${message%%"$tab"*}"
      printf '%s\n' "${message#*"$tab"}"
      exit 0
      ;;
  esac
done
echo "nothing of $id on $reply_queue within a minute" >&2
exit 1
