"""Load by grpcio on several servers at once, until standard input ends.

    rolling.py THREADS PREFIX RETRIES ADDRESS,…

So many threads call without a pause, round robin, and make a call so often again; without that every second of them has
streams. The other calls have names: the prefix and a number. Prints who a server is when it answers first, and in the end how many calls and streams there were and how many of
all failed, then why.
"""

import json
import sys
import threading

import grpc

import greeter_pb2
import greeter_pb2_grpc
import shapes_pb2
import shapes_pb2_grpc

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
made = {"calls": 0, "streams": 0}
seen, failures = set(), []
over = threading.Event()


def begin(kind):
    with lock:
        made[kind] += 1
        return sys.argv[2] + str(made[kind])


def unary(channel):
    name = begin("calls")
    reply = greeter_pb2_grpc.GreeterStub(channel).SayHello(greeter_pb2.HelloRequest(name=name), timeout=PATIENCE)
    server, answered = reply.message.split()
    if answered != name:
        raise RuntimeError(f"the answer to {answered}, not to {name}")
    with lock:
        if server not in seen:
            seen.add(server)
            print(server, flush=True)


def stream(channel):
    """Open for a while, so that some are when their server is told to go."""
    begin("streams")
    values = [reply.value for reply in shapes_pb2_grpc.ShapesStub(channel).Count(shapes_pb2.CountRequest(up_to=10), timeout=PATIENCE)]
    if values != list(range(1, 11)):
        raise RuntimeError(f"a stream of {values}")


def load(channel, call):
    while not over.is_set():
        try:
            call(channel)
        except Exception as error:
            failures.append(" ".join(str(error).split()))


with grpc.insecure_channel(f"ipv4:{sys.argv[4]}", options=OPTIONS) as channel:
    threads = [threading.Thread(target=load, args=(channel, stream if n % 2 and not RETRIES else unary))
               for n in range(int(sys.argv[1]))]
    for thread in threads:
        thread.start()
    sys.stdin.read()
    over.set()
    for thread in threads:
        thread.join()
print(made["calls"], made["streams"], len(failures))
print(*failures[:5], sep="\n")
