"""Load by grpcio on several servers at once, until standard input ends.

    rolling.py THREADS PREFIX RETRIES ADDRESS,…

So many threads call without a pause, round robin, and make a call so often again. The calls have names: the prefix and a
number. Prints who a server is when it answers first, and in the end how many calls there were and how many failed, then why.
"""

import itertools
import json
import sys
import threading

import grpc

import greeter_pb2
import greeter_pb2_grpc

PATIENCE = 30
RETRIES = int(sys.argv[3])
POLICY = {"loadBalancingConfig": [{"round_robin": {}}]}
if RETRIES:
    POLICY["methodConfig"] = [{"name": [{}], "retryPolicy": {
        "maxAttempts": RETRIES + 1, "initialBackoff": "0.01s", "maxBackoff": "0.1s", "backoffMultiplier": 2,
        "retryableStatusCodes": ["UNAVAILABLE"],
    }}]
OPTIONS = [
    # Else it is the whole list, with its commas escaped, which is no authority to the HTTP/2 that greet is built on.
    ("grpc.default_authority", "localhost"),
    ("grpc.service_config", json.dumps(POLICY)),
    ("grpc.initial_reconnect_backoff_ms", 100), ("grpc.max_reconnect_backoff_ms", 200),
    # How long a connection may take, whatever the name says.
    ("grpc.min_reconnect_backoff_ms", PATIENCE * 1000),
]

lock = threading.Lock()
made = itertools.count(1)
seen, failures = set(), []
over = threading.Event()


def call(channel):
    name = sys.argv[2] + str(next(made))
    reply = greeter_pb2_grpc.GreeterStub(channel).SayHello(greeter_pb2.HelloRequest(name=name), timeout=PATIENCE)
    server, answered = reply.message.split()
    if answered != name:
        raise RuntimeError(f"the answer to {answered}, not to {name}")
    with lock:
        if server not in seen:
            seen.add(server)
            print(server, flush=True)


def load(channel):
    while not over.is_set():
        try:
            call(channel)
        except Exception as error:
            failures.append(" ".join(str(error).split()))


with grpc.insecure_channel(f"ipv4:{sys.argv[4]}", options=OPTIONS) as channel:
    threads = [threading.Thread(target=load, args=(channel,)) for _ in range(int(sys.argv[1]))]
    for thread in threads:
        thread.start()
    sys.stdin.read()
    over.set()
    for thread in threads:
        thread.join()
print(next(made) - 1, len(failures))
print(*failures[:5], sep="\n")
