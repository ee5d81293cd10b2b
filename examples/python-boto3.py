"""One request with Python and boto3: sent to a queue, its result read by id over HTTP.

    pip install boto3
    python examples/python-boto3.py "What is the capital of Japan?" [--stack FILE]

It talks to the embedded stack whose stack.json is in .signalbox (or FILE). To talk to an installation on AWS, set
SIGNALBOX_QUEUE_URL, SIGNALBOX_GATEWAY_URL and SIGNALBOX_API_KEY; region and credentials are found as by any AWS client.
"""

import argparse
import json
import os
import time
import urllib.error
import urllib.request
import uuid

import boto3

WITHIN_SECONDS = 60
ENDED = {"succeeded", "failed", "expired", "rejected"}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("question", nargs="?", default="What is the capital of France?")
    parser.add_argument("--stack", default=".signalbox/stack.json")
    arguments = parser.parse_args()
    place = find_place(arguments.stack)

    # The id is the producer's own: sent twice, it is answered once.
    request = {
        "schemaVersion": "1.0",
        "id": f"example-{uuid.uuid4()}",
        "messages": [{"role": "user", "content": [{"text": arguments.question}]}],
    }
    sqs = boto3.client("sqs", **place["aws"])
    sqs.send_message(QueueUrl=place["queue_url"], MessageBody=json.dumps(request))

    result = wait_for(request["id"], place)
    if result["status"] != "succeeded":
        raise SystemExit(f"{result['id']} {result['status']}: {result.get('error') or result.get('reason')}")
    output = result.get("output") or read_json(result["outputUrl"])
    print("".join(block.get("text", "") for block in output["message"]["content"]))
    print(f"served by {result['servedBy']['model']} in {result['servedBy']['region']}")


def wait_for(request_id, place):
    """Asks until the record has ended: 404 is "not yet", any other error is one."""
    ends_at = time.monotonic() + WITHIN_SECONDS
    while time.monotonic() < ends_at:
        try:
            result = read_json(f"{place['gateway_url']}/v1/inferences/{request_id}", {"Authorization": f"Bearer {place['api_key']}"})
            if result["status"] in ENDED:
                return result
        except urllib.error.HTTPError as error:
            if error.code != 404:
                raise SystemExit(f"the gateway answered {error.code}: {error.read().decode()}") from error
        time.sleep(0.2)
    raise SystemExit(f"no result of {request_id} within {WITHIN_SECONDS} s; it waits on, and its result stays readable by that id")


def read_json(url, headers=None):
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers or {}), timeout=30) as response:
        return json.load(response)


def find_place(stack_file):
    names = ("SIGNALBOX_QUEUE_URL", "SIGNALBOX_GATEWAY_URL", "SIGNALBOX_API_KEY")
    queue_url, gateway_url, api_key = (os.environ.get(name) for name in names)
    if queue_url and gateway_url and api_key:
        return {"queue_url": queue_url, "gateway_url": gateway_url, "api_key": api_key, "aws": {}}
    with open(stack_file, encoding="utf-8") as file:
        stack = json.load(file)
    aws = {
        "endpoint_url": stack["awsEndpointUrl"],
        "region_name": stack["region"],
        "aws_access_key_id": stack["credentials"]["accessKeyId"],
        "aws_secret_access_key": stack["credentials"]["secretAccessKey"],
    }
    return {"queue_url": stack["queues"]["standard"], "gateway_url": stack["gatewayUrl"], "api_key": stack["apiKey"], "aws": aws}


if __name__ == "__main__":
    main()
