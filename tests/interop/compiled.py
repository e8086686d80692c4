"""Compiles .proto files by protoc, each by itself: OUT NAME... -- INCLUDE...

OUT/N is the descriptor set of the Nth name and its imports; where protoc refuses a file there is none. protoc's own
files are found after those of the folders.
"""

import os
import sys

from grpc_tools import protoc

out, *rest = sys.argv[1:]
names, includes = rest[: rest.index("--")], rest[rest.index("--") + 1 :]
own = os.path.join(os.path.dirname(protoc.__file__), "_proto")
for number, name in enumerate(names):
    flags = ["--include_imports", "--include_source_info", "--retain_options", f"--descriptor_set_out={out}/{number}"]
    protoc.main(["protoc", *(f"-I{include}" for include in [*includes, own]), *flags, name])
