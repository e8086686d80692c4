"""The other side: a grpcio server of greeter.Greeter and shapes.Shapes, with reflection and health.

    server.py [ADDRESS] [--token TOKEN] [--one-stream] [--max-age MILLISECONDS] [--compress gzip|deflate]
              [--tls CERTIFICATE KEY] [--client-ca FILE]

With a token, reflection is for those who bring it (`authorization: Bearer TOKEN`). With one stream a connection takes one
call at a time. With an age each connection is ended when it is so old. With compression all replies are compressed.
With a client CA it wants a certificate of its clients, issued by that.

Prints the target it listens on when it is ready, then one line for each call that was cut short:
`cancelled METHOD`. Ends when standard input does.
"""

import argparse
import pathlib
import sys
import threading
from concurrent import futures

import grpc
from google.protobuf import any_pb2, duration_pb2, empty_pb2
from google.rpc import error_details_pb2, status_pb2
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection
from grpc_status import rpc_status

import greeter_pb2
import greeter_pb2_grpc
import shapes_pb2
import shapes_pb2_grpc


class Greeter(greeter_pb2_grpc.GreeterServicer):
    def SayHello(self, request, context):
        return greeter_pb2.HelloReply(message=f"Hello, {request.name}!")


class Shapes(shapes_pb2_grpc.ShapesServicer):
    def Mirror(self, request, context):
        return request

    def Count(self, request, context):
        for value in range(1, request.up_to + 1):
            yield shapes_pb2.Number(value=value)

    def Sum(self, requests, context):
        values = [request.value for request in requests]
        return shapes_pb2.Total(count=len(values), sum=sum(values))

    def Talk(self, requests, context):
        for request in requests:
            if request.text == "bye":
                yield shapes_pb2.Line(text="so long")
                return
            yield shapes_pb2.Line(text=f"you said {request.text}")

    def Fail(self, request, context):
        end(request, context)

    def FailLate(self, request, context):
        for value in range(1, request.after + 1):
            yield shapes_pb2.Number(value=value)
        end(request, context)

    def Meta(self, request, context):
        reply = shapes_pb2.MetaReply()
        for name, value in context.invocation_metadata():
            text = value.hex() if isinstance(value, bytes) else value
            reply.metadata[name].values.append(text)
        context.send_initial_metadata((("x-first", "one"), ("x-first", "two"), ("x-raw-bin", b"\x00\xff")))
        context.set_trailing_metadata((("x-last", "end"),))
        return reply

    def Wait(self, request, context):
        over(context, "Wait").wait()
        return empty_pb2.Empty()

    def WaitAfterOne(self, request, context):
        # Before the first reply: a generator whose call is over by then is not asked to go on.
        event = over(context, "WaitAfterOne")
        yield shapes_pb2.Number(value=1)
        event.wait()

    def Left(self, request, context):
        left = context.time_remaining()
        if left is None or left > 1e9:
            return shapes_pb2.Deadline()
        return shapes_pb2.Deadline(left=duration_pb2.Duration(seconds=int(left)))

    def Squeezed(self, request, context):
        context.set_compression(grpc.Compression.Gzip)
        return shapes_pb2.Everything(a_string="a" * request.up_to)


def over(context, method):
    """What is set when the call is cancelled or its deadline has passed, which is said then."""
    event = threading.Event()

    def say():
        print(f"cancelled {method}", flush=True)
        event.set()

    if not context.add_callback(say):
        say()
    return event


def end(request, context):
    """Ends the call with the status that was asked for."""
    code = next(code for code in grpc.StatusCode if code.value[0] == request.code)
    if not request.details:
        context.abort(code, request.message)
    status = status_pb2.Status(code=request.code, message=request.message)
    for detail in details():
        packed = any_pb2.Any()
        packed.Pack(detail)
        status.details.append(packed)
    context.abort_with_status(rpc_status.to_status(status))


def details():
    bad = error_details_pb2.BadRequest()
    bad.field_violations.add(field="name", description="must not be empty")
    retry = error_details_pb2.RetryInfo(retry_delay=duration_pb2.Duration(seconds=3))
    info = error_details_pb2.ErrorInfo(reason="TOO_SHORT", domain="shapes.test", metadata={"least": "1"})
    return [bad, info, retry]


class Doorkeeper(grpc.ServerInterceptor):
    """Lets to reflection only who has the token."""

    def __init__(self, token):
        self.wanted = ("authorization", f"Bearer {token}")

    def intercept_service(self, continuation, details):
        if "ServerReflection" not in details.method or self.wanted in details.invocation_metadata:
            return continuation(details)

        def refuse(_requests, context):
            context.abort(grpc.StatusCode.UNAUTHENTICATED, "reflection is not for everybody")

        return grpc.stream_stream_rpc_method_handler(refuse)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("address", nargs="?", default="localhost:0")
    parser.add_argument("--token")
    parser.add_argument("--one-stream", action="store_true")
    parser.add_argument("--max-age", type=int)
    parser.add_argument("--compress", choices=["gzip", "deflate"])
    parser.add_argument("--tls", nargs=2, type=pathlib.Path)
    parser.add_argument("--client-ca", type=pathlib.Path)
    arguments = parser.parse_args()
    address = arguments.address
    options = [("grpc.max_concurrent_streams", 1)] if arguments.one_stream else []
    if arguments.max_age is not None:
        options.append(("grpc.max_connection_age_ms", arguments.max_age))
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=16),
        interceptors=[Doorkeeper(arguments.token)] if arguments.token else [],
        options=options,
        compression=arguments.compress and getattr(grpc.Compression, arguments.compress.capitalize()),
    )
    greeter_pb2_grpc.add_GreeterServicer_to_server(Greeter(), server)
    shapes_pb2_grpc.add_ShapesServicer_to_server(Shapes(), server)

    checks = health.HealthServicer()
    checks.set("", health_pb2.HealthCheckResponse.SERVING)
    checks.set("greeter.Greeter", health_pb2.HealthCheckResponse.SERVING)
    checks.set("shapes.Shapes", health_pb2.HealthCheckResponse.NOT_SERVING)
    health_pb2_grpc.add_HealthServicer_to_server(checks, server)

    names = [
        greeter_pb2.DESCRIPTOR.services_by_name["Greeter"].full_name,
        shapes_pb2.DESCRIPTOR.services_by_name["Shapes"].full_name,
        health.SERVICE_NAME,
        reflection.SERVICE_NAME,
    ]
    reflection.enable_server_reflection(names, server)

    if arguments.tls:
        certificate, key = (path.read_bytes() for path in arguments.tls)
        clients = arguments.client_ca and arguments.client_ca.read_bytes()
        credentials = grpc.ssl_server_credentials(
            [(key, certificate)], root_certificates=clients, require_client_auth=bool(clients)
        )
        port = server.add_secure_port(address, credentials)
    else:
        port = server.add_insecure_port(address)
    server.start()
    print(address if address.startswith("unix:") else f"localhost:{port}", flush=True)
    sys.stdin.read()
    server.stop(grace=None)


if __name__ == "__main__":
    main()
