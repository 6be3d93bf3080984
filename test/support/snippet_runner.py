"""Runs handler snippets for Flask, one request each, and prints the answers.

The clock of each run is the vector's, and documents come from the case instead of the network.
"""

import base64
import io
import json
import os
import sys
import time
import traceback
import urllib.request
from urllib.parse import urlsplit


class Document(io.BytesIO):
    url = ""


def open_url(documents):
    def urlopen(request, timeout=None):
        address = request if isinstance(request, str) else request.full_url
        if address not in documents:
            raise ValueError("no such document")
        document = Document(documents[address].encode())
        document.url = address
        return document

    return urlopen


def run(case):
    os.environ.update(case["env"], PLAID_CLIENT_ID="fake", PLAID_SECRET="fake")
    time.time = lambda: case["now"] / 1000
    urllib.request.urlopen = open_url(case["documents"])
    names = {"__name__": "snippet"}
    exec(compile(case["source"], "snippet.py", "exec"), names)
    parts = urlsplit(case["url"])
    path = case["url"].split("://", 1)[1]
    path = path[path.index("/"):] if "/" in path else "/"
    skipped = ("host", "content-length")
    headers = [tuple(pair) for pair in case["headers"] if pair[0].lower() not in skipped]
    response = names["app"].test_client().open(
        path,
        base_url=f"{parts.scheme}://{parts.netloc}",
        method=case["method"],
        headers=headers,
        data=base64.b64decode(case["bodyBase64"]),
    )
    return {"status": response.status_code, "body": response.get_data(as_text=True)}


answers = []
output, sys.stdout = sys.stdout, sys.stderr
real_time = time.time
for item in json.load(open(sys.argv[1], encoding="utf-8")):
    before = dict(os.environ)
    try:
        answers.append(run(item))
    except Exception:
        answers.append({"status": -1, "body": traceback.format_exc()[-600:]})
    os.environ.clear()
    os.environ.update(before)
time.time = real_time
print(json.dumps(answers), file=output)
