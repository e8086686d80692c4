"""The other side: a generated grpcio client, one scenario a run.

    client.py TARGET SCENARIO [--ca FILE [--cert FILE --key FILE] [--token TOKEN]]

Each scenario prints what it saw, one fact a line; what it prints against a right server is in the tests.
"""

import argparse
import pathlib
import queue

import grpc
from google.protobuf import descriptor_pool, json_format, message_factory
from google.rpc import error_details_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase
from grpc_status import rpc_status

import greeter_pb2
import greeter_pb2_grpc
import shapes_pb2
import shapes_pb2_grpc

# A bound for a server that never answers; no scenario waits for it to pass.
PATIENCE = 30


def scenario(function):
    SCENARIOS[function.__name__] = function
    return function


SCENARIOS = {}


def everything():
    """A message with a value in every field."""
    inner = shapes_pb2.Everything.Inner
    message = shapes_pb2.Everything(
        a_double=0.1, a_float=1.5, an_int32=-3, an_int64=-(2**63), a_uint32=2**32 - 1, a_uint64=2**64 - 1,
        a_sint32=-5, a_sint64=-6, a_fixed32=7, a_fixed64=8, an_sfixed32=-9, an_sfixed64=-10, a_bool=True,
        a_string="Grüße, 世界 \u2028 \U0001f44b", some_bytes=b"\x00\xfe\xff", colour=shapes_pb2.COLOUR_BLUE,
        inner=inner(name="one", next=inner(name="two")), numbers=[1, -1, 300], words=["a", "", "c"],
        inners=[inner(name="x"), inner()], counts={"k": 1, "": 2}, text="chosen", maybe=0,
    )
    message.by_number[-5].name = "minus five"
    message.at.FromJsonString("2026-01-02T03:04:05.678Z")
    message.lasting.FromJsonString("1.500s")
    message.any.Pack(inner(name="packed"))
    message.wrapped.value = "wrapped"
    return message


@scenario
def hello(channel):
    reply = greeter_pb2_grpc.GreeterStub(channel).SayHello(greeter_pb2.HelloRequest(name="World"), timeout=PATIENCE)
    print(reply.message)


@scenario
def mirror(channel):
    """Unary: every kind of field comes back as it went."""
    sent = everything()
    reply = shapes_pb2_grpc.ShapesStub(channel).Mirror(sent, timeout=PATIENCE)
    print("same" if reply == sent else json_format.MessageToJson(reply))


@scenario
def count(channel):
    """Server streaming."""
    for reply in shapes_pb2_grpc.ShapesStub(channel).Count(shapes_pb2.CountRequest(up_to=4), timeout=PATIENCE):
        print(reply.value)


@scenario
def sum(channel):
    """Client streaming."""
    numbers = (shapes_pb2.Number(value=value) for value in (1, 2, 2**53))
    reply = shapes_pb2_grpc.ShapesStub(channel).Sum(numbers, timeout=PATIENCE)
    print(reply.count, reply.sum)


@scenario
def sum_of_none(channel):
    """Client streaming without a request."""
    reply = shapes_pb2_grpc.ShapesStub(channel).Sum(iter(()), timeout=PATIENCE)
    print(reply.count, reply.sum)


@scenario
def talk(channel):
    """Bidirectional: the next line is said only when the last was answered."""
    lines = queue.Queue()
    replies = shapes_pb2_grpc.ShapesStub(channel).Talk(iter(lines.get, None), timeout=PATIENCE)
    for text in ("one", "two", "three"):
        lines.put(shapes_pb2.Line(text=text))
        print(next(replies).text)
    lines.put(None)
    for reply in replies:
        print("unasked:", reply.text)
    print(replies.code().name)


@scenario
def talk_long(channel):
    """Bidirectional: many requests without waiting, all answered in order."""
    lines = (shapes_pb2.Line(text=str(n)) for n in range(5000))
    replies = shapes_pb2_grpc.ShapesStub(channel).Talk(lines, timeout=PATIENCE)
    texts = [reply.text for reply in replies]
    print(len(texts), texts == [f"you said {n}" for n in range(5000)])


@scenario
def fail(channel):
    """An error with details."""
    call = shapes_pb2_grpc.ShapesStub(channel).Fail
    print_error(lambda: call(shapes_pb2.Failing(code=3, message="näme: 100%\nwrong"), timeout=PATIENCE))


@scenario
def fail_late(channel):
    """A stream that breaks after its replies."""
    replies = shapes_pb2_grpc.ShapesStub(channel).FailLate(shapes_pb2.Failing(code=5, after=2), timeout=PATIENCE)

    def read():
        for reply in replies:
            print(reply.value)

    print_error(read)


@scenario
def unknown(channel):
    """A method that is not there, and a service that is not there."""
    for path in ("/greeter.Greeter/SayGoodbye", "/greeter.Nobody/SayHello"):
        print_error(lambda: channel.unary_unary(path)(b"", timeout=PATIENCE))


@scenario
def garbage(channel):
    """A request that is no message."""
    print_error(lambda: channel.unary_unary("/shapes.Shapes/Mirror")(b"\xff\xff\xff", timeout=PATIENCE))


@scenario
def counts(channel):
    """The wrong number of requests: none, and two, where there must be one."""
    for path in ("/greeter.Greeter/SayHello", "/shapes.Shapes/Count"):
        for requests in ([], [b"", b""]):
            replies = channel.stream_stream(path)(iter(requests), timeout=PATIENCE)
            print_error(lambda: [None for _ in replies])


@scenario
def deadline(channel):
    """A deadline that passes while the server waits for the next line."""
    lines = queue.Queue()
    replies = shapes_pb2_grpc.ShapesStub(channel).Talk(iter(lines.get, None), timeout=1.0)
    lines.put(shapes_pb2.Line(text="one"))
    print(next(replies).text)
    # Both sides keep it, and whose words are heard is a race.
    print(replies.code().name)
    lines.put(None)


@scenario
def cancel(channel):
    """A call that the client cancels in the middle; the next on the same connection is none the worse."""
    stub = shapes_pb2_grpc.ShapesStub(channel)
    lines = queue.Queue()
    replies = stub.Talk(iter(lines.get, None), timeout=PATIENCE)
    lines.put(shapes_pb2.Line(text="one"))
    print(next(replies).text)
    replies.cancel()
    print(replies.code().name)
    lines.put(None)
    hello(channel)


@scenario
def compressed(channel):
    """A request compressed with gzip."""
    sent = shapes_pb2.Everything(a_string="a" * 100_000)
    call = shapes_pb2_grpc.ShapesStub(channel).Mirror
    reply = call(sent, timeout=PATIENCE, compression=grpc.Compression.Gzip)
    print(reply == sent)


@scenario
def many(channel):
    """A thousand calls at once on one connection."""
    call = greeter_pb2_grpc.GreeterStub(channel).SayHello
    calls = [call.future(greeter_pb2.HelloRequest(name=str(n)), timeout=PATIENCE) for n in range(1000)]
    print(all(call.result().message == f"Hello, {n}!" for n, call in enumerate(calls)))


@scenario
def metadata(channel):
    """Metadata of the request, of the reply and after it."""
    call = shapes_pb2_grpc.ShapesStub(channel).Meta.with_call
    sent = (("x-who", "me"), ("x-who", "you"), ("x-raw-bin", b"\x00\x01\xff"))
    reply, done = call(shapes_pb2.google_dot_protobuf_dot_empty__pb2.Empty(), metadata=sent, timeout=PATIENCE)
    for name in ("x-who", "x-raw-bin"):
        print(name, list(reply.metadata[name].values))
    own = lambda metadata: sorted((name, value) for name, value in metadata if name.startswith("x-"))
    print("initial", own(done.initial_metadata()))
    print("trailing", own(done.trailing_metadata()))


@scenario
def health(channel):
    """The standard health check, asked and watched."""
    stub = health_pb2_grpc.HealthStub(channel)
    name = health_pb2.HealthCheckResponse.ServingStatus.Name
    for service in ("", "greeter.Greeter"):
        print(name(stub.Check(health_pb2.HealthCheckRequest(service=service), timeout=PATIENCE).status))
    print_error(lambda: stub.Check(health_pb2.HealthCheckRequest(service="no.Such"), timeout=PATIENCE))
    for service in ("greeter.Greeter", "no.Such"):
        watch = stub.Watch(health_pb2.HealthCheckRequest(service=service), timeout=PATIENCE)
        print(name(next(watch).status))
        watch.cancel()
    everyone = stub.List(health_pb2.HealthListRequest(), timeout=PATIENCE).statuses
    print(sorted(everyone))


@scenario
def reflection(channel):
    """Reflection, as its own client asks: services, then a call made only of what it told."""
    database = ProtoReflectionDescriptorDatabase(channel)
    for service in sorted(database.get_services()):
        print(service)
    pool = descriptor_pool.DescriptorPool(database)
    method = pool.FindServiceByName("greeter.Greeter").FindMethodByName("SayHello")
    request = message_factory.GetMessageClass(method.input_type)
    reply = message_factory.GetMessageClass(method.output_type)
    call = channel.unary_unary(
        f"/{method.containing_service.full_name}/{method.name}",
        request_serializer=lambda message: message.SerializeToString(),
        response_deserializer=reply.FromString,
    )
    print(call(request(name="World"), timeout=PATIENCE).message)


@scenario
def refused(channel):
    """A call that the server does not let in."""
    print_error(lambda: hello(channel))


def parse():
    parser = argparse.ArgumentParser()
    for name in ("target", "scenario", "--ca", "--cert", "--key", "--token"):
        parser.add_argument(name)
    return parser.parse_args()


def connect(arguments):
    """A channel, in TLS where it is said whom to trust."""
    if not arguments.ca:
        return grpc.insecure_channel(arguments.target)
    read = lambda name: pathlib.Path(name).read_bytes() if name else None
    secure = grpc.ssl_channel_credentials(*map(read, (arguments.ca, arguments.key, arguments.cert)))
    if arguments.token:
        token = grpc.access_token_call_credentials(arguments.token)
        secure = grpc.composite_channel_credentials(secure, token)
    return grpc.secure_channel(arguments.target, secure)


def print_error(call):
    """Runs what must fail and prints code, message and details."""
    try:
        call()
    except grpc.RpcError as error:
        print(error.code().name, repr(error.details()))
        status = rpc_status.from_call(error)
        for detail in status.details if status else ():
            message = getattr(error_details_pb2, detail.TypeName().rpartition(".")[2])()
            detail.Unpack(message)
            print(detail.TypeName(), json_format.MessageToJson(message, indent=None))
    else:
        print("did not fail")


if __name__ == "__main__":
    arguments = parse()
    with connect(arguments) as channel:
        SCENARIOS[arguments.scenario](channel)
