"""protoc's side of the tests of `greet export`.

    export.py compile OUT ROOT...   compiles every .proto below the first ROOT, all of them where imports are found
    export.py one OUT ROOT FILE     compiles one file
    export.py same SET TREE         compiles TREE again: is it what SET says, comments included?
"""

import collections
import difflib
import pathlib
import sys

import grpc_tools
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from grpc_tools import protoc

OWN = pathlib.Path(grpc_tools.__file__).parent


def compiled(out, roots, names):
    """Compiles files with all they import into a set; options that are for the source only are kept too."""
    options = ["--include_imports", "--include_source_info", "--retain_options", f"--descriptor_set_out={out}"]
    includes = [f"-I{root}" for root in [*roots, OWN / "_proto"]]
    return protoc.main(["protoc", *includes, *options, *names]) == 0


def below(root):
    """The names of the .proto files below a folder, those apart that protoc brings along."""
    files = sorted(pathlib.Path(root).rglob("*.proto"))
    return [str(file.relative_to(root)) for file in files if OWN not in file.parents or root == str(OWN / "_proto")]


def loaded(path):
    """The files of a set by their names."""
    found = descriptor_pb2.FileDescriptorSet.FromString(pathlib.Path(path).read_bytes())
    return {file.name: file for file in found.file}


def comments(file):
    """Each comment of a file, by what it is about and how it stands to it."""

    def plain(text):
        return "\n".join(line.rstrip() for line in text.rstrip().split("\n"))

    found = collections.defaultdict(list)
    for at in file.source_code_info.location:
        said = (plain(at.leading_comments), plain(at.trailing_comments), [plain(c) for c in at.leading_detached_comments])
        if any(said):
            found[tuple(at.path)].append(said)
    return found


def same(before, after):
    """Says how two sets of files differ; counts those that do not."""
    pool = descriptor_pool.DescriptorPool()
    for file in before.values():
        pool.AddSerializedFile(file.SerializeToString())
    kind = descriptor_pb2.FileDescriptorProto
    try:
        # Custom options are compared as what they mean: their order on the wire means nothing.
        kind = message_factory.GetMessageClass(pool.FindMessageTypeByName("google.protobuf.FileDescriptorProto"))
    except KeyError:
        pass
    equal = 0
    for name, old in before.items():
        new = after[name]
        told, tells = comments(old), comments(new)
        differ = [path for path in {*told, *tells} if told and told.get(path) != tells.get(path)]
        for path in differ:
            print(f"{name}: comments of {path}: {told.get(path)} became {tells.get(path)}", file=sys.stderr)
        old.ClearField("source_code_info")
        new.ClearField("source_code_info")
        old, new = kind.FromString(old.SerializeToString()), kind.FromString(new.SerializeToString())
        if old != new:
            print(f"{name} differs", file=sys.stderr)
            lines = difflib.unified_diff(str(old).split("\n"), str(new).split("\n"), lineterm="")
            print("\n".join(list(lines)[:80]), file=sys.stderr)
        equal += old == new and not differ
    return equal


def main():
    what, *rest = sys.argv[1:]
    if what == "compile":
        out, *roots = rest
        # What Python's packages bring along, and protoc's own.
        roots = [str(OWN / "_proto") if root == "own" else str(OWN.parent) if root == "site" else root for root in roots]
        names = below(roots[0])
        sys.exit(0 if compiled(out, roots, names) else 1)
    if what == "one":
        out, root, name = rest
        sys.exit(0 if compiled(out, [root], [name]) else 1)
    before, tree = loaded(rest[0]), rest[1]
    again = f"{rest[0]}.again"
    if not compiled(again, [tree], list(before)):
        sys.exit("what was exported does not compile")
    equal = same(before, loaded(again))
    print(equal)
    sys.exit(0 if equal == len(before) else 1)


main()
