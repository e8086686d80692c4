
use builtin;
use str;

set edit:completion:arg-completer[greet] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'greet'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'greet'= {
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
            cand call 'Call a method'
            cand serve 'Serve every service of a schema'
            cand list 'List services, or one service''s methods'
            cand describe 'Show a symbol as .proto source: a service, method, message, enum, field, oneof, value or extension'
            cand health 'Ask the standard health check; exit code 0 when SERVING, else 7'
            cand export 'Write the schema down: as a descriptor set, or as .proto files'
            cand convert 'Turn messages from one form into another, offline'
            cand check 'Report all that is wrong with .proto files, directories or descriptor sets'
            cand completions 'Print a completion script for a shell'
            cand man 'Print the manual page of greet, or of one of its commands'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'greet;call'= {
            cand -d 'The request''s documents, as one option; @ is standard input, @file a file'
            cand --data 'The request''s documents, as one option; @ is standard input, @file a file'
            cand --in 'The form of the documents'
            cand --generate 'Send what a jq program yields; wait("1s") between two values waits'
            cand --each 'One unary call for each value of standard input (-) or of a file (@FILE); line N of stdout is the reply to value N, or {"error":{"n":N,…}}; the exit code is that of the lowest N that failed'
            cand -j 'How many calls may be under way at once [default: 1]'
            cand --jobs 'How many calls may be under way at once [default: 1]'
            cand --rate 'Begin no more calls than this: 50/s, 100/m'
            cand --failed 'Keep the values whose calls failed, one a line, for another try'
            cand -o 'The form of the replies: pretty on a terminal, json (one line a message) in a pipe'
            cand --output 'The form of the replies: pretty on a terminal, json (one line a message) in a pipe'
            cand --names 'Spell fields as JSON does or as the .proto does'
            cand --int64 'Print 64-bit integers as strings or as numbers'
            cand --enums 'Print enum values as names or as numbers'
            cand -n 'Leave the call after so many replies, which is then OK'
            cand --max-messages 'Leave the call after so many replies, which is then OK'
            cand -q 'Print what a jq program yields for each reply; $metadata, $n, and at the end $status and $trailers'
            cand --query 'Print what a jq program yields for each reply; $metadata, $n, and at the end $status and $trailers'
            cand -f 'The program of -q, from a file'
            cand --from-file 'The program of -q, from a file'
            cand --indent 'Indent with so many spaces; 0 is one line'
            cand --arg '$NAME is this text, in all programs'
            cand --argjson '$NAME is this JSON, in all programs'
            cand --expect 'Fail with 7 unless this holds for every reply, and there is one; with $status or $trailers it is asked once, at the end, of the array of all'
            cand --expect-code 'Fail with 7 unless the call ends with this status, by name or number; then it is no failure'
            cand -t 'Bound the whole call; sent to the server as its deadline'
            cand --timeout 'Bound the whole call; sent to the server as its deadline'
            cand --max-time 'Bound the whole run, from the first look-up to the last reply'
            cand -p 'A .proto file, or a directory of them'
            cand --proto 'A .proto file, or a directory of them'
            cand --descriptor-set 'A compiled FileDescriptorSet (protoc --include_imports --descriptor_set_out); - is standard input'
            cand --protoset 'A compiled FileDescriptorSet (protoc --include_imports --descriptor_set_out); - is standard input'
            cand -I 'A directory in which imports are looked up [default: inferred from packages and imports]'
            cand --include 'A directory in which imports are looked up [default: inferred from packages and imports]'
            cand -H 'Metadata ''key: value'', for the call and for reflection; the value of a -bin name is base64'
            cand --header 'Metadata ''key: value'', for the call and for reflection; the value of a -bin name is base64'
            cand --rpc-header 'Metadata for the call only'
            cand --reflect-header 'Metadata for reflection only'
            cand --reflection 'Which version of server reflection to ask'
            cand --authority 'The :authority to send instead of the target''s host'
            cand --user-agent 'What to send before greet''s own user-agent'
            cand --connect-timeout 'Bound name, connection and schema'
            cand --max-recv-size 'The largest reply that is taken'
            cand --color 'Colour what is printed: on a terminal unless NO_COLOR is set, always or never'
            cand --error-format 'Errors, hints and notes as text, or as one JSON object a line'
            cand --strict 'Read strict ProtoJSON: no comments, trailing commas, bare keys, single quotes, outermost < >'
            cand --allow-unknown 'Drop unknown members and unknown enum names instead of refusing them'
            cand --lockstep 'Send each request only after the reply to the one before'
            cand --no-half-close 'Do not say that there is no further request: wait for the server to end the call'
            cand --defaults 'Print fields that have their default value'
            cand -r 'Print strings as they are, without quotes; alone it is ''-q .'''
            cand --raw-output 'Print strings as they are, without quotes; alone it is ''-q .'''
            cand --slurp 'Run -q once, at the end, over the array of all replies'
            cand -S 'Print members in the order of their names'
            cand --sort-keys 'Print members in the order of their names'
            cand --tab 'Indent with tabs'
            cand --plaintext 'Do not encrypt; this is how loopback and unix sockets are reached anyway'
            cand --tls 'Encrypt; this version cannot, and says so'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'greet;serve'= {
            cand -p 'A .proto file or a directory of them, as PROTO'
            cand --proto 'A .proto file or a directory of them, as PROTO'
            cand -I 'A directory in which imports are looked up [default: inferred from packages and imports]'
            cand --include 'A directory in which imports are looked up [default: inferred from packages and imports]'
            cand --descriptor-set 'A compiled FileDescriptorSet, as PROTO'
            cand --protoset 'A compiled FileDescriptorSet, as PROTO'
            cand --rule 'A rule in one line: METHOD [when PROGRAM] => PROGRAM, in jq; the first that matches answers'
            cand --rules 'A file of rules, after those of --rule'
            cand --seed 'What made-up replies depend on, beside the schema'
            cand --port 'The port on loopback; 0 takes a free one [default: 50051; 0 with a command]'
            cand --listen 'Where to listen: HOST, HOST:PORT or unix:PATH [default: loopback, IPv4 and IPv6]'
            cand --threads 'Threads that serve [default: the number of cores]'
            cand --max-recv-size 'The largest request that is taken'
            cand --grace 'How long open calls may go on after SIGINT or SIGTERM; a second signal cuts them'
            cand --no-auto 'Answer UNIMPLEMENTED where no rule matches, instead of a made-up reply'
            cand --no-reflection 'Do not offer server reflection'
            cand --no-health 'Do not offer the health check'
            cand --quiet 'Say nothing of single calls'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'greet;list'= {
            cand --target 'A server beside the given schema'
            cand -o 'One name a line, or JSON with shapes'
            cand --output 'One name a line, or JSON with shapes'
            cand -p 'A .proto file, or a directory of them'
            cand --proto 'A .proto file, or a directory of them'
            cand --descriptor-set 'A compiled FileDescriptorSet (protoc --include_imports --descriptor_set_out); - is standard input'
            cand --protoset 'A compiled FileDescriptorSet (protoc --include_imports --descriptor_set_out); - is standard input'
            cand -I 'A directory in which imports are looked up [default: inferred from packages and imports]'
            cand --include 'A directory in which imports are looked up [default: inferred from packages and imports]'
            cand -H 'Metadata ''key: value'', for the call and for reflection; the value of a -bin name is base64'
            cand --header 'Metadata ''key: value'', for the call and for reflection; the value of a -bin name is base64'
            cand --rpc-header 'Metadata for the call only'
            cand --reflect-header 'Metadata for reflection only'
            cand --reflection 'Which version of server reflection to ask'
            cand --authority 'The :authority to send instead of the target''s host'
            cand --user-agent 'What to send before greet''s own user-agent'
            cand --connect-timeout 'Bound name, connection and schema'
            cand --max-recv-size 'The largest reply that is taken'
            cand --plaintext 'Do not encrypt; this is how loopback and unix sockets are reached anyway'
            cand --tls 'Encrypt; this version cannot, and says so'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'greet;describe'= {
            cand --target 'A server beside the given schema'
            cand -o '.proto source, or JSON: one line a symbol, with its descriptor'
            cand --output '.proto source, or JSON: one line a symbol, with its descriptor'
            cand -p 'A .proto file, or a directory of them'
            cand --proto 'A .proto file, or a directory of them'
            cand --descriptor-set 'A compiled FileDescriptorSet (protoc --include_imports --descriptor_set_out); - is standard input'
            cand --protoset 'A compiled FileDescriptorSet (protoc --include_imports --descriptor_set_out); - is standard input'
            cand -I 'A directory in which imports are looked up [default: inferred from packages and imports]'
            cand --include 'A directory in which imports are looked up [default: inferred from packages and imports]'
            cand -H 'Metadata ''key: value'', for the call and for reflection; the value of a -bin name is base64'
            cand --header 'Metadata ''key: value'', for the call and for reflection; the value of a -bin name is base64'
            cand --rpc-header 'Metadata for the call only'
            cand --reflect-header 'Metadata for reflection only'
            cand --reflection 'Which version of server reflection to ask'
            cand --authority 'The :authority to send instead of the target''s host'
            cand --user-agent 'What to send before greet''s own user-agent'
            cand --connect-timeout 'Bound name, connection and schema'
            cand --max-recv-size 'The largest reply that is taken'
            cand --template 'Show a request of a method, or a message, as JSON with every field, explained in comments that greet call takes'
            cand --example 'Show a whole ''greet call'' line for a method, quoted for the shell'
            cand --plaintext 'Do not encrypt; this is how loopback and unix sockets are reached anyway'
            cand --tls 'Encrypt; this version cannot, and says so'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'greet;health'= {
            cand -t 'Bound the check'
            cand --timeout 'Bound the check'
            cand -H 'Metadata ''key: value'', for the call and for reflection; the value of a -bin name is base64'
            cand --header 'Metadata ''key: value'', for the call and for reflection; the value of a -bin name is base64'
            cand --rpc-header 'Metadata for the call only'
            cand --reflect-header 'Metadata for reflection only'
            cand --reflection 'Which version of server reflection to ask'
            cand --authority 'The :authority to send instead of the target''s host'
            cand --user-agent 'What to send before greet''s own user-agent'
            cand --connect-timeout 'Bound name, connection and schema'
            cand --max-recv-size 'The largest reply that is taken'
            cand --watch 'Print every change until interrupted'
            cand --plaintext 'Do not encrypt; this is how loopback and unix sockets are reached anyway'
            cand --tls 'Encrypt; this version cannot, and says so'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'greet;export'= {
            cand --set 'Write a FileDescriptorSet; - is standard output'
            cand --dir 'Write a tree of .proto files into this directory, which is made if it is not there'
            cand --target 'A server beside the given schema'
            cand -p 'A .proto file, or a directory of them'
            cand --proto 'A .proto file, or a directory of them'
            cand --descriptor-set 'A compiled FileDescriptorSet (protoc --include_imports --descriptor_set_out); - is standard input'
            cand --protoset 'A compiled FileDescriptorSet (protoc --include_imports --descriptor_set_out); - is standard input'
            cand -I 'A directory in which imports are looked up [default: inferred from packages and imports]'
            cand --include 'A directory in which imports are looked up [default: inferred from packages and imports]'
            cand -H 'Metadata ''key: value'', for the call and for reflection; the value of a -bin name is base64'
            cand --header 'Metadata ''key: value'', for the call and for reflection; the value of a -bin name is base64'
            cand --rpc-header 'Metadata for the call only'
            cand --reflect-header 'Metadata for reflection only'
            cand --reflection 'Which version of server reflection to ask'
            cand --authority 'The :authority to send instead of the target''s host'
            cand --user-agent 'What to send before greet''s own user-agent'
            cand --connect-timeout 'Bound name, connection and schema'
            cand --max-recv-size 'The largest reply that is taken'
            cand --plaintext 'Do not encrypt; this is how loopback and unix sockets are reached anyway'
            cand --tls 'Encrypt; this version cannot, and says so'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'greet;convert'= {
            cand --in 'The form of the input [default: json; with --raw: binary]'
            cand -o 'The form of the output: pretty on a terminal, json (one line a message) in a pipe'
            cand --output 'The form of the output: pretty on a terminal, json (one line a message) in a pipe'
            cand --names 'Spell fields as JSON does or as the .proto does'
            cand --int64 'Print 64-bit integers as strings or as numbers'
            cand --enums 'Print enum values as names or as numbers'
            cand -p 'A .proto file, or a directory of them'
            cand --proto 'A .proto file, or a directory of them'
            cand --descriptor-set 'A compiled FileDescriptorSet (protoc --include_imports --descriptor_set_out); - is standard input'
            cand --protoset 'A compiled FileDescriptorSet (protoc --include_imports --descriptor_set_out); - is standard input'
            cand -I 'A directory in which imports are looked up [default: inferred from packages and imports]'
            cand --include 'A directory in which imports are looked up [default: inferred from packages and imports]'
            cand --raw 'Decode bytes without a schema, guessing what is nested, and say where each field begins'
            cand --allow-unknown 'Drop unknown members and unknown enum names instead of refusing them'
            cand --defaults 'Print fields that have their default value'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'greet;check'= {
            cand -I 'A directory in which imports are looked up [default: inferred from packages and imports]'
            cand --include 'A directory in which imports are looked up [default: inferred from packages and imports]'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'greet;completions'= {
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'greet;man'= {
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'greet;help'= {
            cand call 'Call a method'
            cand serve 'Serve every service of a schema'
            cand list 'List services, or one service''s methods'
            cand describe 'Show a symbol as .proto source: a service, method, message, enum, field, oneof, value or extension'
            cand health 'Ask the standard health check; exit code 0 when SERVING, else 7'
            cand export 'Write the schema down: as a descriptor set, or as .proto files'
            cand convert 'Turn messages from one form into another, offline'
            cand check 'Report all that is wrong with .proto files, directories or descriptor sets'
            cand completions 'Print a completion script for a shell'
            cand man 'Print the manual page of greet, or of one of its commands'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'greet;help;call'= {
        }
        &'greet;help;serve'= {
        }
        &'greet;help;list'= {
        }
        &'greet;help;describe'= {
        }
        &'greet;help;health'= {
        }
        &'greet;help;export'= {
        }
        &'greet;help;convert'= {
        }
        &'greet;help;check'= {
        }
        &'greet;help;completions'= {
        }
        &'greet;help;man'= {
        }
        &'greet;help;help'= {
        }
    ]
    $completions[$command]
}
