"""A grpcio client of the services in `examples/`, one scenario a run.

    examples.py TARGET SCENARIO CODE

CODE is the folder of the code that was generated from their .proto files. Each scenario fails where something is not as it
should be; what it prints against a right server is in the tests.
"""

import base64
import importlib
import queue
import sys
import threading

import grpc
from google.protobuf import any_pb2, duration_pb2, struct_pb2
from google.rpc import error_details_pb2
from grpc_status import rpc_status

# A bound for a server that never answers; no scenario waits for it to pass.
PATIENCE = 30

SCENARIOS = {}


def scenario(function):
    SCENARIOS[function.__name__] = function
    return function


def stub(channel, module, service):
    """The messages of a .proto and a stub of its service."""
    grpc_module = importlib.import_module(f"{module}_pb2_grpc")
    return importlib.import_module(f"{module}_pb2"), getattr(grpc_module, f"{service}Stub")(channel)


def same(found, wanted):
    if found != wanted:
        sys.exit(f"found {found!r}, and not {wanted!r}")


def fails(call, code, message=None):
    """Runs what must fail with this code, and gives the details."""
    try:
        call()
    except grpc.RpcError as error:
        same(error.code().name, code)
        if message is not None:
            same(error.details(), message)
        status = rpc_status.from_call(error)
        return list(status.details) if status else []
    sys.exit(f"it did not fail with {code}")


class Talk:
    """A bidi or client-streaming call whose requests are sent one by one."""

    def __init__(self, method, **options):
        self.requests = queue.Queue()
        self.call = method(iter(self.requests.get, None), timeout=PATIENCE, **options)

    def say(self, *requests):
        for request in requests:
            self.requests.put(request)

    def hears(self):
        return next(self.call)

    def ends(self):
        """Half-closes, and gives what is said after that."""
        self.requests.put(None)
        return list(self.call)


# gRPC's interoperability cases, doc/interop-test-descriptions.md.

SIZES = [31415, 9, 2653, 58979]
SENT = [27182, 8, 1828, 45904]


def tested(channel):
    messages = importlib.import_module("grpc.testing.messages_pb2")
    empty = importlib.import_module("grpc.testing.empty_pb2").Empty()
    services = importlib.import_module("grpc.testing.test_pb2_grpc")
    return messages, empty, services.TestServiceStub(channel), services.UnimplementedServiceStub(channel)


def asks(messages, size, sent):
    payload = messages.Payload(body=bytes(sent))
    return messages.StreamingOutputCallRequest(response_parameters=[{"size": size}], payload=payload)


@scenario
def empty_unary(channel):
    _, empty, test, _ = tested(channel)
    same(test.EmptyCall(empty, timeout=PATIENCE), empty)


@scenario
def large_unary(channel):
    messages, _, test, _ = tested(channel)
    request = messages.SimpleRequest(response_size=314159, payload={"body": bytes(271828)})
    same(test.UnaryCall(request, timeout=PATIENCE), messages.SimpleResponse(payload={"body": bytes(314159)}))


@scenario
def client_streaming(channel):
    messages, _, test, _ = tested(channel)
    requests = (messages.StreamingInputCallRequest(payload={"body": bytes(sent)}) for sent in SENT)
    same(test.StreamingInputCall(requests, timeout=PATIENCE).aggregated_payload_size, 74922)


@scenario
def server_streaming(channel):
    messages, _, test, _ = tested(channel)
    request = messages.StreamingOutputCallRequest(response_parameters=[{"size": size} for size in SIZES])
    replies = test.StreamingOutputCall(request, timeout=PATIENCE)
    same([reply.payload.body for reply in replies], [bytes(size) for size in SIZES])


@scenario
def ping_pong(channel):
    messages, _, test, _ = tested(channel)
    talk = Talk(test.FullDuplexCall)
    for size, sent in zip(SIZES, SENT):
        talk.say(asks(messages, size, sent))
        same(talk.hears().payload.body, bytes(size))
    same(talk.ends(), [])


@scenario
def half_duplex(channel):
    """Of the service, if of no case: nothing is answered before the client is done."""
    messages, _, test, _ = tested(channel)
    talk = Talk(test.HalfDuplexCall)
    talk.say(*(asks(messages, size, sent) for size, sent in zip(SIZES, SENT)))
    same([len(reply.payload.body) for reply in talk.ends()], SIZES)


@scenario
def empty_stream(channel):
    _, _, test, _ = tested(channel)
    same(Talk(test.FullDuplexCall).ends(), [])
    same(Talk(test.HalfDuplexCall).ends(), [])


@scenario
def custom_metadata(channel):
    messages, _, test, _ = tested(channel)
    sent = [("x-grpc-test-echo-initial", "test_initial_metadata_value"), ("x-grpc-test-echo-trailing-bin", b"\xab" * 3)]
    request = messages.SimpleRequest(response_size=314159, payload={"body": bytes(271828)})
    _, call = test.UnaryCall.with_call(request, timeout=PATIENCE, metadata=sent)
    talk = Talk(test.FullDuplexCall, metadata=sent)
    talk.say(asks(messages, 314159, 271828))
    same([len(reply.payload.body) for reply in talk.ends()], [314159])
    for call in (call, talk.call):
        same([tuple(entry) for entry in call.initial_metadata()], sent[:1])
        same([tuple(entry) for entry in call.trailing_metadata()], sent[1:])


@scenario
def status_code_and_message(channel):
    messages, _, test, _ = tested(channel)
    status = {"code": 2, "message": "test status message"}
    fails(lambda: test.UnaryCall(messages.SimpleRequest(response_status=status), timeout=PATIENCE), "UNKNOWN", status["message"])
    talk = Talk(test.FullDuplexCall)
    talk.say(messages.StreamingOutputCallRequest(response_status=status))
    fails(talk.ends, "UNKNOWN", status["message"])


@scenario
def special_status_message(channel):
    messages, _, test, _ = tested(channel)
    status = {"code": 2, "message": "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n"}
    fails(lambda: test.UnaryCall(messages.SimpleRequest(response_status=status), timeout=PATIENCE), "UNKNOWN", status["message"])


@scenario
def unimplemented_method(channel):
    _, empty, test, _ = tested(channel)
    fails(lambda: test.UnimplementedCall(empty, timeout=PATIENCE), "UNIMPLEMENTED")


@scenario
def unimplemented_service(channel):
    _, empty, _, absent = tested(channel)
    fails(lambda: absent.UnimplementedCall(empty, timeout=PATIENCE), "UNIMPLEMENTED")


@scenario
def cancel_after_begin(channel):
    _, _, test, _ = tested(channel)
    call = test.StreamingInputCall.future(iter(queue.Queue().get, None), timeout=PATIENCE)
    call.cancel()
    same((call.cancelled(), call.code().name), (True, "CANCELLED"))


@scenario
def cancel_after_first_response(channel):
    messages, _, test, _ = tested(channel)
    talk = Talk(test.FullDuplexCall)
    talk.say(asks(messages, 31415, 27182))
    same(talk.hears().payload.body, bytes(31415))
    talk.call.cancel()
    fails(talk.hears, "CANCELLED")


@scenario
def timeout_on_sleeping_server(channel):
    messages, _, test, _ = tested(channel)
    slow = messages.StreamingOutputCallRequest(
        response_parameters=[{"size": 31415, "interval_us": PATIENCE * 1000000}], payload={"body": bytes(27182)}
    )
    never = iter(queue.Queue().get, None)
    requests = (request for source in ([slow], never) for request in source)
    fails(lambda: list(test.FullDuplexCall(requests, timeout=0.001)), "DEADLINE_EXCEEDED")


# The tutorials' route guide.


@scenario
def route_guide(channel):
    routes, guide = stub(channel, "route_guide", "RouteGuide")
    trail = routes.Point(latitude=409146138, longitude=-746188906)
    same(guide.GetFeature(trail, timeout=PATIENCE).name, "Berkshire Valley Management Area Trail, Jefferson, NJ, USA")
    nowhere = guide.GetFeature(routes.Point(), timeout=PATIENCE)
    same((nowhere.name, nowhere.HasField("location"), nowhere.location), ("", True, routes.Point()))
    low, high = routes.Point(latitude=400000000, longitude=-750000000), routes.Point(latitude=420000000, longitude=-730000000)
    for rectangle in (routes.Rectangle(lo=low, hi=high), routes.Rectangle(lo=high, hi=low)):
        same(len(list(guide.ListFeatures(rectangle, timeout=PATIENCE))), 5)
    same(len(list(guide.ListFeatures(routes.Rectangle(lo=trail, hi=trail), timeout=PATIENCE))), 1)
    # One degree of the equator, back and forth.
    ways = [routes.Point(), routes.Point(longitude=10000000), routes.Point(), trail]
    summary = guide.RecordRoute(iter(ways[:3]), timeout=PATIENCE)
    same((summary.point_count, summary.feature_count, summary.distance), (3, 0, 222389))
    same(guide.RecordRoute(iter(ways), timeout=PATIENCE).feature_count, 1)
    same(guide.RecordRoute(iter(()), timeout=PATIENCE), routes.RouteSummary())


@scenario
def route_chat(channel):
    """Notes are remembered by place, in this call and after it."""
    routes, guide = stub(channel, "route_guide", "RouteGuide")
    note = lambda message, place: routes.RouteNote(message=message, location={"latitude": place})
    talk = Talk(guide.RouteChat)
    talk.say(note("first", 1), note("elsewhere", 2), note("second", 1))
    same(talk.hears(), note("first", 1))
    # Another's note comes between.
    other = Talk(guide.RouteChat)
    other.say(note("between", 2))
    same([said.message for said in other.ends()], ["elsewhere"])
    talk.say(note("last", 2), note("third", 1))
    same([said.message for said in talk.ends()], ["elsewhere", "between", "first", "second"])


# A store that is watched.


@scenario
def key_value(channel):
    kv, store = stub(channel, "key_value", "Store")
    put = lambda key, value, **more: store.Put(kv.PutRequest(key=key, value=value, **more), timeout=PATIENCE)
    [info] = fails(lambda: store.Get(kv.GetRequest(key="a"), timeout=PATIENCE), "NOT_FOUND", "no such key: a")
    resource = error_details_pb2.ResourceInfo()
    info.Unpack(resource)
    same((resource.resource_type, resource.resource_name), ("kv.v1.Entry", "a"))
    fails(lambda: put("", b""), "INVALID_ARGUMENT", "a key is required")
    same(put("b", b"\0\xff", if_version=0).version, 1)
    fails(lambda: put("b", b"x", if_version=0), "ABORTED", "version 1 is stored")
    same(put("b", b"again", if_version=1).version, 2)
    same(put("a", b"").version, 3)
    same([(entry.key, entry.value) for entry in store.List(kv.ListRequest())], [("a", b""), ("b", b"again")])
    # What another version has is no matter of the key's spelling.
    put("__proto__ é \"'\n", b"odd")
    same([entry.value for entry in store.List(kv.ListRequest(prefix="__"))], [b"odd"])
    same(store.Delete(kv.DeleteRequest(key="b"), timeout=PATIENCE).value, b"again")
    fails(lambda: store.Get(kv.GetRequest(key="b"), timeout=PATIENCE), "NOT_FOUND")
    # Of many who want to be first at once one is.
    won = []

    def race(n):
        try:
            won.append(put("race", str(n).encode(), if_version=0))
        except grpc.RpcError as error:
            same(error.code().name, "ABORTED")

    racers = [threading.Thread(target=race, args=(n,)) for n in range(16)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    same(len(won), 1)
    same(store.Get(kv.GetRequest(key="race"), timeout=PATIENCE), won[0])


@scenario
def watch(channel):
    """Two that watch are told of every change in its order, what was there first."""
    kv, store = stub(channel, "key_value", "Store")
    put = lambda key, value: store.Put(kv.PutRequest(key=key, value=value), timeout=PATIENCE)
    put("w/0", b"before")
    watching = [store.Watch(kv.WatchRequest(prefix="w/"), timeout=PATIENCE) for _ in range(2)]
    for one in watching:
        same((lambda change: (change.kind, change.entry.value))(next(one)), (kv.Change.PUT, b"before"))
    for n in range(50):
        put(f"w/{n % 3}", str(n).encode())
        put("other", b"not watched")
    store.Delete(kv.DeleteRequest(key="w/0"), timeout=PATIENCE)
    for one in watching:
        same([next(one).entry.value for _ in range(50)], [str(n).encode() for n in range(50)])
        last = next(one)
        same((last.kind, last.entry.key), (kv.Change.DELETED, "w/0"))
        one.cancel()


# A list, page by page.


@scenario
def paging(channel):
    library, books = stub(channel, "library", "Library")
    ask = lambda **request: books.ListBooks(library.ListBooksRequest(**request), timeout=PATIENCE)

    def pages(**request):
        token, found = "", []
        while True:
            page = ask(page_token=token, **request)
            found.append([book.name.removeprefix("books/") for book in page.books])
            token = page.next_page_token
            if not token:
                return found

    same(pages(), [["1", "2"], ["3", "4"], ["5", "6"], ["7"]])
    same(pages(page_size=100), [["1", "2", "3", "4"], ["5", "6", "7"]])
    same(pages(page_size=3, author="Jane Austen"), [["1", "2", "7"]])
    same(pages(page_size=3, order_by="year desc"), [["3", "4", "5"], ["6", "2", "1"], ["7"]])
    same(pages(author="Nobody"), [[]])
    same(ask(author="Jane Austen").total_size, 3)
    token = ask().next_page_token
    forged = base64.b64encode(b'["x",["",""]]').decode()
    for wrong in ({"page_token": token, "author": "Jane Austen"}, {"page_token": "x"}, {"page_token": forged}):
        [detail] = fails(lambda: ask(**wrong), "INVALID_ARGUMENT", "page_token: is of no list like this one")
        bad = error_details_pb2.BadRequest()
        detail.Unpack(bad)
        same(bad.field_violations[0].field, "page_token")
    fails(lambda: ask(page_size=-1), "INVALID_ARGUMENT", "page_size: must not be negative")
    fails(lambda: ask(order_by="titel"), "INVALID_ARGUMENT", "order_by: title or year, desc behind it or not")
    get = lambda name: books.GetBook(library.GetBookRequest(name=name), timeout=PATIENCE)
    same(get("books/5").author, "Charlotte Brontë")
    fails(lambda: get("books/8"), "NOT_FOUND", "no such book: books/8")


# An upload that grows too big.


@scenario
def upload(channel):
    uploads, store = stub(channel, "upload", "Uploads")
    about = uploads.Part(about={"name": "cat.png"})
    parts = lambda *sizes: [about, *(uploads.Part(bytes=bytes(size)) for size in sizes)]
    for method in (store.Upload, store.Sample):
        stored = method(iter(parts(60000, 39999, 1, 0)), timeout=PATIENCE)
        same(stored, uploads.Stored(name="cat.png", size=100000, parts=5))
        wrong = [([], "an upload of nothing"), (parts(1)[1:], "the first part says what comes")]
        for sent, why in [*wrong, ([about, about], "part 2 says again what comes")]:
            fails(lambda: method(iter(sent), timeout=PATIENCE), "INVALID_ARGUMENT", why)
    # These never end by themselves: it is the server that has had enough.
    def endless():
        yield about
        while True:
            yield uploads.Part(bytes=bytes(30000))

    [detail] = fails(lambda: store.Upload(endless(), timeout=PATIENCE), "RESOURCE_EXHAUSTED", "cat.png is larger than 100000 bytes")
    quota = error_details_pb2.QuotaFailure()
    detail.Unpack(quota)
    same(quota.violations[0].description, "seen: 120000 bytes")
    same(store.Sample(endless(), timeout=PATIENCE), uploads.Stored(name="cat.png", size=120000, parts=5))


# A server that does what it is told.


def told(channel):
    messages, stub_ = stub(channel, "told", "Told")
    steps = lambda *given: messages.Steps(steps=given)
    return messages, stub_, steps


def entries(**given):
    return {"entries": {name.replace("_", "-"): {"values": values} for name, values in given.items()}}


@scenario
def told_what_to_say(channel):
    """Metadata, messages, waits, errors with details, and trailers, in every shape."""
    messages, server, steps = told(channel)
    sent = [("x-a", "1"), ("x-a", "2"), ("x-raw-bin", b"\0\1\xff")]
    said, call = server.Once.with_call(steps({"mirror": True}), timeout=PATIENCE, metadata=sent)
    same((list(said.metadata["x-a"].values), said.method, said.n), (["1", "2"], "told.v1.Told/Once", 1))
    same(base64.b64decode(said.metadata["x-raw-bin"].values[0] + "=="), b"\0\1\xff")
    if not PATIENCE - 10 < said.timeout <= PATIENCE:
        sys.exit(f"the timeout is {said.timeout}")

    detail, value = any_pb2.Any(), any_pb2.Any()
    detail.Pack(error_details_pb2.RetryInfo(retry_delay={"seconds": 3}))
    value.Pack(struct_pb2.Value(list_value={"values": [{"null_value": 0}, {"string_value": "ü"}]}))
    own = any_pb2.Any()
    own.Pack(messages.Said(text="in a detail", inner={"body": b"\0"}))
    wait = duration_pb2.Duration(nanos=20000000)
    script = [
        {"metadata": entries(x_first=["1", "2"], x_raw_bin=["AP8="])},
        {"trailers": entries(x_last=["gone"])}, {"trailers": entries(x_last=["1", "2"], x_more_bin=["AP8="])},
        {"say": {"text": "one"}}, {"wait": wait},
        {"repeat": {"times": 2, "steps": [{"say": {"text": "again"}}, {"wait": wait}]}},
        {"say": {}}, {"zeros": 1000000},
        {"error": {"name": "ABORTED", "message": "100% ü\n\t\0\x1b[31m", "details": [detail, value, own]}},
        {"say": {"text": "never"}},
    ]
    texts = ["one", "again", "again", "", ""]
    for method, requests in [
        (server.Many, steps(*script)), (server.FullDuplex, iter([steps(step) for step in script])),
        (server.FullDuplex, iter([steps(*script)])), (server.HalfDuplex, iter([steps(step) for step in script])),
    ]:
        call = method(requests, timeout=PATIENCE)
        found = []
        details = fails(lambda: found.extend(iter(lambda: next(call), None)), "ABORTED", "100% ü\n\t\0\x1b[31m")
        same([reply.text for reply in found], texts[:len(found)])
        # In full duplex what was told before the first message had to come first too.
        same(len(found), 5)
        same(len(found[-1].body), 1000000)
        same(details, [detail, value, own])
        # Only the values of one name have an order.
        theirs = lambda metadata: sorted((tuple(entry) for entry in metadata if entry.key.startswith("x-")), key=lambda e: e[0])
        same(theirs(call.initial_metadata()), [("x-first", "1"), ("x-first", "2"), ("x-raw-bin", b"\0\xff")])
        same(theirs(call.trailing_metadata()), [("x-last", "1"), ("x-last", "2"), ("x-more-bin", b"\0\xff")])


@scenario
def told_in_turn(channel):
    """Full duplex: each answer before the next request; half duplex: none before the last."""
    messages, server, steps = told(channel)
    talk = Talk(server.FullDuplex)
    for n in range(1, 21):
        talk.say(steps({"kept": True}, {"keep": str(n)}, {"mirror": True}))
        same(talk.hears().text, "" if n == 1 else str(n - 1))
        same(talk.hears().n, n)
    talk.say(steps(), steps({"close": True}), steps({"say": {"text": "after the end"}}))
    same(talk.ends(), [])
    same(talk.call.code().name, "OK")
    call = server.HalfDuplex(iter([steps({"say": {"text": str(n)}}) for n in range(2000)]), timeout=PATIENCE)
    same([said.text for said in call], [str(n) for n in range(2000)])
    same(server.Gather(iter([steps(), steps({"say": {"text": "of all"}}), steps()]), timeout=PATIENCE).text, "of all")
    # An endless stream ends with its client.
    call = server.Many(steps({"repeat": {"steps": [{"say": {"text": "tick"}}, {"wait": {"nanos": 1000000}}]}}), timeout=PATIENCE)
    same([next(call).text for _ in range(100)], ["tick"] * 100)
    call.cancel()
    # One that does not even wait is held back by who reads it.
    call = server.Many(steps({"repeat": {"steps": [{"say": {"text": "x" * 100}}]}}), timeout=PATIENCE)
    same(len([next(call) for _ in range(5000)]), 5000)
    call.cancel()


@scenario
def told_to_break(channel):
    """What servers should not do, and what a client may not make this one do."""
    messages, server, steps = told(channel)
    hostile = [
        ({"reset": "CANCEL"}, "CANCELLED"), ({"reset": "REFUSED_STREAM"}, "UNAVAILABLE"), ({"reset": "no such"}, "INTERNAL"),
        ({"reset": "ENHANCE_YOUR_CALM"}, "RESOURCE_EXHAUSTED"), ({"truncate": {"text": "half of this"}}, None),
        ({"drop_trailers": True}, None), ({"http": 502}, "UNAVAILABLE"), ({"http": 401}, "UNAUTHENTICATED"), ({"http": 99}, "INTERNAL"),
        ({"error": {"code": 0}}, "INTERNAL"), ({"error": {"code": 17}}, "INTERNAL"), ({"error": {"code": -1}}, "INTERNAL"),
        ({"error": {"code": 1}}, "CANCELLED"), ({"error": {"name": "OK"}}, "INTERNAL"),
        ({"raw": None}, "INTERNAL"), ({"raw": 5}, "INTERNAL"), ({"raw": {"no such": 1}}, "INTERNAL"), ({"raw": [{}]}, "INTERNAL"),
        ({"fail": {"code": "NOT_FOUND", "details": [{"@type": "no.Such"}]}}, "INTERNAL"), ({"fail": None}, "INTERNAL"),
        ({"fail": "DATA_LOSS"}, "DATA_LOSS"), ({"fail": {"code": [1]}}, "INTERNAL"), ({}, "INVALID_ARGUMENT"),
        ({"wait": {"seconds": -1}}, "INTERNAL"), ({"zeros": -1}, "INTERNAL"), ({"zeros": 2**31 - 1}, "RESOURCE_EXHAUSTED"),
        ({"spin": True}, "RESOURCE_EXHAUSTED"), ({"swell": True}, "RESOURCE_EXHAUSTED"), ({"dive": True}, "RESOURCE_EXHAUSTED"),
        ({"repeat": {"steps": []}}, "RESOURCE_EXHAUSTED"),
    ]
    for name in ("grpc-status", ":path", "te", "content-type", "grpc-encoding", "connection", "a b", ""):
        hostile.append(({"metadata": entries(**{name: ["1"]})}, "INTERNAL"))
        hostile.append(({"trailers": entries(**{name: ["1"]})}, "INTERNAL"))
    for values in (["a\nb"], ["\0"], ["ü"]):
        hostile.append(({"metadata": entries(x=values)}, "INTERNAL"))
    hostile.append(({"trailers": entries(x_bin=["!"])}, "INTERNAL"))
    for step, code in hostile:
        if "raw" in step or "fail" in step:
            step = {name: plain(value) for name, value in step.items()}
        methods = [server.Once, lambda asked, **more: list(server.Many(asked, **more))]
        # Until a program is stopped, it works.
        for method in methods[:1] if code == "RESOURCE_EXHAUSTED" else methods:
            try:
                method(steps(step), timeout=PATIENCE)
                sys.exit(f"{step} did no harm")
            except grpc.RpcError as error:
                found = error.code().name
            # grpcio tells of the status or, one time in a thousand, only of the body that is no gRPC:
            # whichever of its own threads comes first.
            if "http" in step and found == "UNKNOWN":
                continue
            if found != code if code else found == "OK":
                sys.exit(f"{step}: {found}")
    # Too late, or too many, or nothing.
    late = steps({"say": {"text": "1"}}, {"metadata": entries(x=["late"])})
    fails(lambda: list(server.Many(late, timeout=PATIENCE)), "INTERNAL")
    for wrong in (steps(), steps({"say": {}}, {"say": {}}), steps({"close": True})):
        fails(lambda: server.Once(wrong, timeout=PATIENCE), "INTERNAL")
        fails(lambda: server.Gather(iter([wrong]), timeout=PATIENCE), "INTERNAL")
    fails(lambda: server.Once(steps({"hang": True}), timeout=0.2), "DEADLINE_EXCEEDED")
    # A request cannot be a step, whatever it looks like.
    for value in ({"text": "close"}, {"text": "hang"}):
        same(server.Once(steps({"raw": plain(value)}), timeout=PATIENCE).text, value["text"])
    # As deep as a message may be.
    deep = {"say": {"text": "at the bottom"}}
    for _ in range(30):
        deep = {"repeat": {"times": 1, "steps": [deep]}}
    same(server.Once(steps(deep), timeout=PATIENCE).text, "at the bottom")
    # A connection that goes away is followed by another, and the call on it is answered.
    for _ in range(5):
        same(server.Once(steps({"goaway": True}, {"say": {"text": "still"}}), timeout=PATIENCE).text, "still")
    # What runs away costs nobody else the answer.
    runaway = [server.Once.future(steps({"spin": True}), timeout=PATIENCE) for _ in range(3)]
    same(server.Once(steps({"say": {"text": "here"}}), timeout=PATIENCE).text, "here")
    same({call.code().name for call in runaway}, {"RESOURCE_EXHAUSTED"})


def plain(value):
    """A value of JSON as a google.protobuf.Value."""
    made = struct_pb2.Value()
    if value is None:
        made.null_value = 0
    elif isinstance(value, str):
        made.string_value = value
    elif isinstance(value, (int, float)):
        made.number_value = value
    elif isinstance(value, list):
        made.list_value.extend(value)
    else:
        made.struct_value.update(value)
    return made


if __name__ == "__main__":
    target, scenario_name, code = sys.argv[1:]
    sys.path.insert(0, code)
    # What is generated of grpc.testing stands beside grpcio's own package of that name.
    grpc.__path__.append(f"{code}/grpc")
    with grpc.insecure_channel(target) as channel:
        SCENARIOS[scenario_name](channel)
    print("ok")
