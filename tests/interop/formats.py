"""Reads messages in every form with Python's protobuf, and writes them in every form: formats.py CORPUS

CORPUS has a JSON value a line. {"set", "type"} brings a descriptor set (base64) and the type that the lines behind
it are of; {"wire", "json": [...], "text": [...]} is one message: wire bytes (base64) and texts. For each message one
line is printed: {"json", "text", "from_json": [...], "from_text": [...]}, the last two wire bytes in base64. In the
place of what cannot be made stands {"error"}.
"""

import base64
import json
import sys

from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory, text_format


def main():
    pool, kind = None, None
    for line in open(sys.argv[1], encoding="utf-8"):
        given = json.loads(line)
        if "set" in given:
            files = descriptor_pb2.FileDescriptorSet.FromString(base64.b64decode(given["set"])).file
            pool = descriptor_pool.DescriptorPool()
            for file in files:
                pool.Add(file)
            kind = message_factory.GetMessageClass(pool.FindMessageTypeByName(given["type"]))
            continue
        print(json.dumps(answer(pool, kind, given)))


def answer(pool, kind, given):
    def from_wire(write):
        return lambda: write(kind.FromString(base64.b64decode(given["wire"])))

    def to_wire(read, text):
        def made():
            message = kind()
            read(text, message)
            return base64.b64encode(message.SerializePartialToString()).decode()
        return made

    def to_json(message):
        return json_format.MessageToJson(message, descriptor_pool=pool, indent=None, ensure_ascii=False)

    def to_text(message):
        return text_format.MessageToString(message, as_utf8=True, descriptor_pool=pool)

    def read_json(text, message):
        json_format.Parse(text, message, descriptor_pool=pool, max_recursion_depth=200)

    def read_text(text, message):
        text_format.Parse(text, message, descriptor_pool=pool)

    return {
        "json": tried(from_wire(to_json)),
        "text": tried(from_wire(to_text)),
        "from_json": [tried(to_wire(read_json, text)) for text in given["json"]],
        "from_text": [tried(to_wire(read_text, text)) for text in given["text"]],
    }


def tried(make):
    try:
        return make()
    except Exception as error:  # What it is called differs from place to place; that there is one is the answer.
        text = f"{type(error).__name__}: {error}"
        # Half of a surrogate pair may stand in it.
        return {"error": text.encode(errors="replace").decode()}


if __name__ == "__main__":
    main()
