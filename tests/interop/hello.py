import grpc, sys, greeter_pb2, greeter_pb2_grpc
reply = greeter_pb2_grpc.GreeterStub(grpc.insecure_channel(sys.argv[1])).SayHello(greeter_pb2.HelloRequest(name="World"))
print("Greeting: " + reply.message)
