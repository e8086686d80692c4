"""Drives a greet that is served with --admin, by reflection alone: nothing here is generated.

    admin.py TARGET
"""

import sys

import grpc
from google.protobuf import descriptor_pool, json_format, message_factory
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

# A bound for a server that never answers; nothing waits for it to pass.
PATIENCE = 30


class Dynamic:
    """The methods of one service, by their names, with dictionaries for messages."""

    def __init__(self, channel, pool, name):
        self.channel = channel
        self.service = pool.FindServiceByName(name)

    def __getattr__(self, name):
        method = self.service.FindMethodByName(name)
        request = message_factory.GetMessageClass(method.input_type)
        reply = message_factory.GetMessageClass(method.output_type)
        path = f"/{self.service.full_name}/{name}"
        make = self.channel.unary_stream if method.server_streaming else self.channel.unary_unary
        call = make(path, request_serializer=request.SerializeToString, response_deserializer=reply.FromString)

        def run(**fields):
            answer = call(json_format.ParseDict(fields, request()), timeout=PATIENCE)
            if method.server_streaming:
                return map(json_format.MessageToDict, answer)
            return json_format.MessageToDict(answer)

        return run


def main():
    with grpc.insecure_channel(sys.argv[1]) as channel:
        pool = descriptor_pool.DescriptorPool(ProtoReflectionDescriptorDatabase(channel))
        admin = Dynamic(channel, pool, "greet.admin.v1.Admin")
        greeter = Dynamic(channel, pool, "greeter.Greeter")
        admin.WaitUntilReady()
        print(greeter.SayHello(name="Ann"))
        events = admin.ReadJournal(method="SayHello", follow=True)
        while next(events)["event"] != "status":
            pass
        print(admin.AddRules(rules='SayHello when .name == "Ann" => {message: "Ahoy"}'))
        print(greeter.SayHello(name="Ann"), greeter.SayHello(name="Bob"))
        print([next(events).get("rule") for _ in range(14)][4::7])
        print([(rule["method"], rule.get("count")) for rule in admin.ListRules()["rules"]])
        print(admin.Verify(method="SayHello", where=['.name == "Ann"'], times=2)["holds"])
        try:
            admin.AddRules(rules="SayHello => {mesage: 1}", name="test.py")
        except grpc.RpcError as error:
            print(error.code().name, error.details())
        admin.Reset()
        print(greeter.SayHello(name="Ann"))


main()
