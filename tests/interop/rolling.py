"""Load by grpcio on several servers at once, until standard input ends.

    rolling.py ADDRESS,…

Eight threads call without a pause, round robin, with retries as a service config asks for them. Prints the name of a server
when it answers first, and in the end how many calls there were and how many failed, then why.
"""

import json
import sys
import threading

import grpc

import greeter_pb2
import greeter_pb2_grpc
import shapes_pb2
import shapes_pb2_grpc

POLICY = {
    "loadBalancingConfig": [{"round_robin": {}}],
    "methodConfig": [{
        "name": [{}], "waitForReady": True,
        "retryPolicy": {
            "maxAttempts": 4, "initialBackoff": "0.01s", "maxBackoff": "0.1s", "backoffMultiplier": 2,
            "retryableStatusCodes": ["UNAVAILABLE"],
        },
    }],
}
OPTIONS = [
    # Else it is the whole list, with its commas escaped, which is no authority to the HTTP/2 that greet is built on.
    ("grpc.default_authority", "localhost"),
    ("grpc.service_config", json.dumps(POLICY)), ("grpc.enable_retries", 1),
    ("grpc.initial_reconnect_backoff_ms", 100), ("grpc.min_reconnect_backoff_ms", 100), ("grpc.max_reconnect_backoff_ms", 200),
]
PATIENCE = 30

lock = threading.Lock()
seen, failures, done = set(), [], [0]
over = threading.Event()


def unary(channel):
    return greeter_pb2_grpc.GreeterStub(channel).SayHello(greeter_pb2.HelloRequest(name="x"), timeout=PATIENCE).message


def stream(channel):
    """Open for a while, so that some are when their server is told to go."""
    values = [reply.value for reply in shapes_pb2_grpc.ShapesStub(channel).Count(shapes_pb2.CountRequest(up_to=10), timeout=PATIENCE)]
    if values != list(range(1, 11)):
        raise RuntimeError(f"a stream of {values}")


def load(channel, call):
    while not over.is_set():
        try:
            name = call(channel)
        except Exception as error:
            failures.append(" ".join(str(error).split()))
            continue
        with lock:
            done[0] += 1
            if name and name not in seen:
                seen.add(name)
                print(name, flush=True)


with grpc.insecure_channel(f"ipv4:{sys.argv[1]}", options=OPTIONS) as channel:
    threads = [threading.Thread(target=load, args=(channel, call)) for call in [unary, stream] * 4]
    for thread in threads:
        thread.start()
    sys.stdin.read()
    over.set()
    for thread in threads:
        thread.join()
print(done[0], len(failures))
print(*failures[:5], sep="\n")
