"""The official OpenAI client for Python, unchanged: an answer and a stream of one.

    pip install openai
    python examples/openai-python.py "What is the capital of Japan?" [--model default] [--stack FILE]

It talks to the embedded stack whose stack.json is in .signalbox (or FILE). To talk to an installation on AWS, set
SIGNALBOX_GATEWAY_URL and SIGNALBOX_API_KEY.
"""

import argparse
import json
import os

from openai import APIError, OpenAI


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("question", nargs="?", default="What is the capital of France?")
    parser.add_argument("--model", default="default", help="a route of the policy; the name of a model or of a target does as well")
    parser.add_argument("--stack", default=".signalbox/stack.json")
    arguments = parser.parse_args()
    client = OpenAI(**find_place(arguments.stack))
    asked = {"model": arguments.model, "messages": [{"role": "user", "content": arguments.question}]}
    try:
        answer(client, asked)
        stream(client, asked)
    except APIError as error:
        raise SystemExit(f"{type(error).__name__} {error.code}: {error.message}") from error


def answer(client, asked):
    completion = client.chat.completions.create(**asked)
    print(completion.choices[0].message.content)
    print(f"answered by {completion.model}, {completion.usage.total_tokens} tokens")


def stream(client, asked):
    """Should the answer break off, the loop raises an APIError: a part of it never looks like the whole."""
    for chunk in client.chat.completions.create(**asked, stream=True, stream_options={"include_usage": True}):
        if chunk.choices:
            print(chunk.choices[0].delta.content or "", end="", flush=True)
        if chunk.usage:
            print(f"\nstreamed: {chunk.usage.completion_tokens} tokens")


def find_place(stack_file):
    url, api_key = os.environ.get("SIGNALBOX_GATEWAY_URL"), os.environ.get("SIGNALBOX_API_KEY")
    if url and api_key:
        return {"base_url": f"{url}/v1", "api_key": api_key}
    with open(stack_file, encoding="utf-8") as file:
        stack = json.load(file)
    return {"base_url": f"{stack['gatewayUrl']}/v1", "api_key": stack["apiKey"]}


if __name__ == "__main__":
    main()
