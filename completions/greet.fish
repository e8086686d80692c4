# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_greet_global_optspecs
    string join \n color= error-format= h/help V/version
end

function __fish_greet_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_greet_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_greet_using_subcommand
    set -l cmd (__fish_greet_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c greet -n "__fish_greet_needs_command" -l color -d 'Colour what is printed: on a terminal unless NO_COLOR is set, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c greet -n "__fish_greet_needs_command" -l error-format -d 'Errors, hints and notes as text, or as one JSON object a line' -r -f -a "text\t''
json\t''"
complete -c greet -n "__fish_greet_needs_command" -s h -l help -d 'Print help'
complete -c greet -n "__fish_greet_needs_command" -s V -l version -d 'Print version'
complete -c greet -n "__fish_greet_needs_command" -f -a "call" -d 'Call a method'
complete -c greet -n "__fish_greet_needs_command" -f -a "serve" -d 'Serve every service of a schema'
complete -c greet -n "__fish_greet_needs_command" -f -a "verify" -d 'Say whether the calls of a recording are as they were expected'
complete -c greet -n "__fish_greet_needs_command" -f -a "list" -d 'List services, or one service\'s methods'
complete -c greet -n "__fish_greet_needs_command" -f -a "describe" -d 'Show a symbol as .proto source: a service, method, message, enum, field, oneof, value or extension'
complete -c greet -n "__fish_greet_needs_command" -f -a "health" -d 'Ask the standard health check; exit code 0 when SERVING, else 7'
complete -c greet -n "__fish_greet_needs_command" -f -a "resolve" -d 'Show the addresses behind a target, or every change of them'
complete -c greet -n "__fish_greet_needs_command" -f -a "explain" -d 'Show how a call would be made: addresses, policy, timeout, retries, and what has no effect'
complete -c greet -n "__fish_greet_needs_command" -f -a "export" -d 'Write the schema down: as a descriptor set, or as .proto files'
complete -c greet -n "__fish_greet_needs_command" -f -a "convert" -d 'Turn messages from one form into another, offline'
complete -c greet -n "__fish_greet_needs_command" -f -a "check" -d 'Report all that is wrong with .proto files, directories or descriptor sets'
complete -c greet -n "__fish_greet_needs_command" -f -a "rules" -d 'Check rule files, or ask one what it answers, without a server'
complete -c greet -n "__fish_greet_needs_command" -f -a "completions" -d 'Print a completion script for a shell'
complete -c greet -n "__fish_greet_needs_command" -f -a "man" -d 'Print the manual page of greet, or of one of its commands'
complete -c greet -n "__fish_greet_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c greet -n "__fish_greet_using_subcommand call" -s d -l data -d 'The request\'s documents, as one option; @ is standard input, @file a file' -r
complete -c greet -n "__fish_greet_using_subcommand call" -l in -d 'The form of the documents' -r -f -a "json\t'ProtoJSON, one value or many'
text\t'Protobuf\'s text format, messages separated by a line \'# ---\''
binary\t'The message itself; varint-delimited for methods that take a stream'
events\t'A recording of -o events, whose requests are sent again'"
complete -c greet -n "__fish_greet_using_subcommand call" -l call -d 'With --in events: send the requests of this call of the recording only' -r
complete -c greet -n "__fish_greet_using_subcommand call" -l generate -d 'Send what a jq program yields; wait("1s") between two values waits' -r
complete -c greet -n "__fish_greet_using_subcommand call" -l compress -d 'Compress the requests' -r -f -a "gzip\t''
zstd\t''
deflate\t''"
complete -c greet -n "__fish_greet_using_subcommand call" -l each -d 'One unary call for each value of standard input (-) or of a file (@FILE); line N of stdout is the reply to value N, or {"error":{"n":N,…}}; the exit code is that of the lowest N that failed' -r
complete -c greet -n "__fish_greet_using_subcommand call" -s j -l jobs -d 'How many calls may be under way at once [default: 1]' -r
complete -c greet -n "__fish_greet_using_subcommand call" -l rate -d 'Begin no more calls than this: 50/s, 100/m' -r
complete -c greet -n "__fish_greet_using_subcommand call" -l failed -d 'Keep the values whose calls failed, one a line, for another try' -r -F
complete -c greet -n "__fish_greet_using_subcommand call" -s o -l output -d 'The form of the replies: pretty on a terminal, json (one line a message) in a pipe' -r -f -a "pretty\t'JSON with two spaces'
json\t'JSON, one line a message'
text\t'Protobuf\'s text format, messages separated by a line \'# ---\''
binary\t'The message itself; varint-delimited for methods that give a stream'
events\t'All that happens, as JSON, one line an event'"
complete -c greet -n "__fish_greet_using_subcommand call" -l names -d 'Spell fields as JSON does or as the .proto does' -r -f -a "json\t''
proto\t''"
complete -c greet -n "__fish_greet_using_subcommand call" -l int64 -d 'Print 64-bit integers as strings or as numbers' -r -f -a "string\t''
number\t''"
complete -c greet -n "__fish_greet_using_subcommand call" -l enums -d 'Print enum values as names or as numbers' -r -f -a "name\t''
number\t''"
complete -c greet -n "__fish_greet_using_subcommand call" -s w -l write-out -d 'Write this to stdout at the end, whatever came of the call, as \'%{code} %{time_total}\\n\'' -r
complete -c greet -n "__fish_greet_using_subcommand call" -s n -l max-messages -d 'Leave the call after so many replies, which is then OK' -r
complete -c greet -n "__fish_greet_using_subcommand call" -s q -l query -d 'Print what a jq program yields for each reply; $metadata, $n, and at the end $status and $trailers' -r
complete -c greet -n "__fish_greet_using_subcommand call" -s f -l from-file -d 'The program of -q, from a file' -r -F
complete -c greet -n "__fish_greet_using_subcommand call" -l indent -d 'Indent with so many spaces; 0 is one line' -r
complete -c greet -n "__fish_greet_using_subcommand call" -l arg -d '$NAME is this text, in all programs' -r
complete -c greet -n "__fish_greet_using_subcommand call" -l argjson -d '$NAME is this JSON, in all programs' -r
complete -c greet -n "__fish_greet_using_subcommand call" -l expect -d 'Fail with 7 unless this holds for every reply, and there is one; with $status or $trailers it is asked once, at the end, of the array of all' -r
complete -c greet -n "__fish_greet_using_subcommand call" -l expect-code -d 'Fail with 7 unless the call ends with this status, by name or number; then it is no failure' -r
complete -c greet -n "__fish_greet_using_subcommand call" -s t -l timeout -d 'Bound the whole call; sent to the server as its deadline' -r
complete -c greet -n "__fish_greet_using_subcommand call" -l max-send-size -d 'The largest request that is sent; 0, and nothing at all, is what gRPC can say, 4 GiB' -r
complete -c greet -n "__fish_greet_using_subcommand call" -l retry -d 'Repeat a call that failed before anything came back, up to N times: one that ended UNAVAILABLE, or that no server has looked at' -r
complete -c greet -n "__fish_greet_using_subcommand call" -l retry-on -d 'Repeat after these codes instead of UNAVAILABLE, by name or number, joined by commas' -r
complete -c greet -n "__fish_greet_using_subcommand call" -l lb -d 'Spread calls over all addresses of the target' -r -f -a "pick_first\t'All to the first address that works'
round_robin\t'To all in turn'
least_request\t'To the one of two, drawn by chance, that has fewer calls open'
weighted_round_robin\t'In turn, more often to those that report more room (ORCA in trailers)'"
complete -c greet -n "__fish_greet_using_subcommand call" -l refresh -d 'Ask for the addresses again so often, besides when one fails [default: file: 1s, exec: 5s, others 30s]' -r
complete -c greet -n "__fish_greet_using_subcommand call" -l health-of -d 'The same, by what they say of this service' -r
complete -c greet -n "__fish_greet_using_subcommand call" -l outlier -d 'Leave out servers whose calls fail more than others\': gRPC\'s outlier detection, as key=value,… or JSON' -r
complete -c greet -n "__fish_greet_using_subcommand call" -l service-config -d 'Take gRPC\'s service config for timeout, sizes, retries, balancing, health: a file, JSON, or dns for what DNS has' -r
complete -c greet -n "__fish_greet_using_subcommand call" -l hedge -d 'Make a unary call up to N times, so long after each other, and take the first good answer (hedging)' -r
complete -c greet -n "__fish_greet_using_subcommand call" -s p -l proto -d 'A .proto file, or a directory of them' -r -F
complete -c greet -n "__fish_greet_using_subcommand call" -l descriptor-set -l protoset -d 'A compiled FileDescriptorSet (protoc --include_imports --descriptor_set_out); - is standard input' -r -F
complete -c greet -n "__fish_greet_using_subcommand call" -s I -l include -d 'A directory in which imports are looked up [default: inferred from packages and imports]' -r -F
complete -c greet -n "__fish_greet_using_subcommand call" -s H -l header -d 'Metadata \'key: value\', for the call and for reflection; the value of a -bin name is base64; @FILE has one a line' -r
complete -c greet -n "__fish_greet_using_subcommand call" -l rpc-header -d 'Metadata for the call only' -r
complete -c greet -n "__fish_greet_using_subcommand call" -l reflect-header -d 'Metadata for reflection only' -r
complete -c greet -n "__fish_greet_using_subcommand call" -l reflection -d 'Which version of server reflection to ask' -r -f -a "auto\t'v1, then v1alpha'
v1\t''
v1alpha\t''
off\t'Do not ask the server'"
complete -c greet -n "__fish_greet_using_subcommand call" -l authority -d 'The :authority to send instead of the target\'s host; in TLS the server is asked by it' -r
complete -c greet -n "__fish_greet_using_subcommand call" -l user-agent -d 'What to send before greet\'s own user-agent' -r
complete -c greet -n "__fish_greet_using_subcommand call" -s x -l proxy -d 'Reach the server through this proxy (CONNECT), http://[user:password@]host:port; \'\' is none' -r
complete -c greet -n "__fish_greet_using_subcommand call" -l resolve -d 'Take this address for a host and port; several are joined by commas' -r
complete -c greet -n "__fish_greet_using_subcommand call" -l cacert -d 'Trust the certificates in this file (PEM or DER), and not the system\'s' -r -F
complete -c greet -n "__fish_greet_using_subcommand call" -l cert -d 'Show this certificate to the server (PEM, DER or PKCS#12); the file may have its key too' -r -F
complete -c greet -n "__fish_greet_using_subcommand call" -l key -d 'The key of --cert: PEM or DER; PKCS#8, encrypted or not, PKCS#1 or SEC1' -r -F
complete -c greet -n "__fish_greet_using_subcommand call" -l key-password-file -d 'A file with the password of an encrypted key' -r -F
complete -c greet -n "__fish_greet_using_subcommand call" -l key-password-env -d 'The environment variable with the password of an encrypted key' -r
complete -c greet -n "__fish_greet_using_subcommand call" -l server-name -d 'The name that the server\'s certificate must have, instead of the target\'s host' -r
complete -c greet -n "__fish_greet_using_subcommand call" -l wait -d 'Wait for a server that is not there yet, at most this long' -r
complete -c greet -n "__fish_greet_using_subcommand call" -l keepalive -d 'Ping the server so often while a call is open; a connection on which it does not answer is given up' -r
complete -c greet -n "__fish_greet_using_subcommand call" -l connect-timeout -d 'Bound name, connection and schema' -r
complete -c greet -n "__fish_greet_using_subcommand call" -l max-time -d 'Bound the whole run, from the first look-up to the last reply' -r
complete -c greet -n "__fish_greet_using_subcommand call" -l bearer -d 'Send \'authorization: Bearer TOKEN\', for the call and for reflection' -r
complete -c greet -n "__fish_greet_using_subcommand call" -l bearer-file -d 'The token of --bearer, from a file' -r -F
complete -c greet -n "__fish_greet_using_subcommand call" -l bearer-env -d 'The token of --bearer, from an environment variable' -r
complete -c greet -n "__fish_greet_using_subcommand call" -l bearer-command -d 'The token of --bearer, as a line for the shell prints it' -r
complete -c greet -n "__fish_greet_using_subcommand call" -l basic -d 'Send \'authorization: Basic …\' of USER:PASSWORD' -r
complete -c greet -n "__fish_greet_using_subcommand call" -l basic-file -d 'The USER:PASSWORD of --basic, from a file' -r -F
complete -c greet -n "__fish_greet_using_subcommand call" -l basic-env -d 'The USER:PASSWORD of --basic, from an environment variable' -r
complete -c greet -n "__fish_greet_using_subcommand call" -l max-recv-size -d 'The largest reply that is taken' -r
complete -c greet -n "__fish_greet_using_subcommand call" -l color -d 'Colour what is printed: on a terminal unless NO_COLOR is set, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c greet -n "__fish_greet_using_subcommand call" -l error-format -d 'Errors, hints and notes as text, or as one JSON object a line' -r -f -a "text\t''
json\t''"
complete -c greet -n "__fish_greet_using_subcommand call" -l strict -d 'Read strict ProtoJSON: no comments, trailing commas, bare keys, single quotes, outermost < >'
complete -c greet -n "__fish_greet_using_subcommand call" -l allow-unknown -d 'Drop unknown members and unknown enum names instead of refusing them'
complete -c greet -n "__fish_greet_using_subcommand call" -l lockstep -d 'Send each request only after the reply to the one before'
complete -c greet -n "__fish_greet_using_subcommand call" -l no-half-close -d 'Do not say that there is no further request: wait for the server to end the call'
complete -c greet -n "__fish_greet_using_subcommand call" -l dry-run -d 'Show what would be sent, and do not send it: metadata, and each message as JSON, as text and on the wire'
complete -c greet -n "__fish_greet_using_subcommand call" -l defaults -d 'Print fields that have their default value'
complete -c greet -n "__fish_greet_using_subcommand call" -s r -l raw-output -d 'Print strings as they are, without quotes; alone it is \'-q .\''
complete -c greet -n "__fish_greet_using_subcommand call" -l slurp -d 'Run -q once, at the end, over the array of all replies'
complete -c greet -n "__fish_greet_using_subcommand call" -s S -l sort-keys -d 'Print members in the order of their names'
complete -c greet -n "__fish_greet_using_subcommand call" -l tab -d 'Indent with tabs'
complete -c greet -n "__fish_greet_using_subcommand call" -l health -d 'Leave out servers that say by the standard health check that they do not serve'
complete -c greet -n "__fish_greet_using_subcommand call" -l all-backends -d 'Ask every address of the target once, all at once, and compare what they answer; exit code 8 if they differ'
complete -c greet -n "__fish_greet_using_subcommand call" -l allow-exec -d 'Let a target be a program (exec:COMMAND)'
complete -c greet -n "__fish_greet_using_subcommand call" -l ipv4 -d 'Dial IPv4 addresses only'
complete -c greet -n "__fish_greet_using_subcommand call" -l ipv6 -d 'Dial IPv6 addresses only'
complete -c greet -n "__fish_greet_using_subcommand call" -l plaintext -d 'Do not encrypt; this is how loopback and unix sockets are reached anyway'
complete -c greet -n "__fish_greet_using_subcommand call" -l tls -d 'Encrypt; this is how other hosts are reached anyway, and what the options below mean too'
complete -c greet -n "__fish_greet_using_subcommand call" -s k -l insecure -d 'Take any certificate, from anyone'
complete -c greet -n "__fish_greet_using_subcommand call" -l expand-headers -d 'Put environment variables into the values of -H and its kin, where they say ${NAME}'
complete -c greet -n "__fish_greet_using_subcommand call" -s v -l verbose -d 'Tell on stderr: * the address and the times, > what is sent, < what comes back; -vv what reflection is asked too'
complete -c greet -n "__fish_greet_using_subcommand call" -l show-secrets -d 'Show secrets in -v and in events: authorization, cookies, and what names a token, secret, password or key'
complete -c greet -n "__fish_greet_using_subcommand call" -l timing -d 'Tell on stderr how long each phase took, on one line'
complete -c greet -n "__fish_greet_using_subcommand call" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c greet -n "__fish_greet_using_subcommand call" -s V -l version -d 'Print version'
complete -c greet -n "__fish_greet_using_subcommand serve" -s p -l proto -d 'A .proto file or a directory of them, as PROTO' -r -F
complete -c greet -n "__fish_greet_using_subcommand serve" -s I -l include -d 'A directory in which imports are looked up [default: inferred from packages and imports]' -r -F
complete -c greet -n "__fish_greet_using_subcommand serve" -l descriptor-set -l protoset -d 'A compiled FileDescriptorSet, as PROTO' -r -F
complete -c greet -n "__fish_greet_using_subcommand serve" -l rule -d 'A rule in one line: METHOD [when PROGRAM] => PROGRAM, in jq; the first that matches answers' -r
complete -c greet -n "__fish_greet_using_subcommand serve" -l rules -d 'A file of rules, after those of --rule' -r -F
complete -c greet -n "__fish_greet_using_subcommand serve" -l seed -d 'What made-up replies depend on, beside the schema' -r
complete -c greet -n "__fish_greet_using_subcommand serve" -l fault -d 'Make trouble: [METHOD =>] KIND[:CHANCE%]; of several the first that comes about' -r
complete -c greet -n "__fish_greet_using_subcommand serve" -l upstream -d 'Pass calls that no rule answers on to this server; without PROTO its schema is taken if it has reflection' -r
complete -c greet -n "__fish_greet_using_subcommand serve" -l from -d 'Take the schema, and nothing else, from this running server' -r
complete -c greet -n "__fish_greet_using_subcommand serve" -l upstream-header -d 'Metadata \'key: value\' for the other server, in the place of what the client sent' -r
complete -c greet -n "__fish_greet_using_subcommand serve" -l upstream-authority -d 'The :authority to send to the other server' -r
complete -c greet -n "__fish_greet_using_subcommand serve" -l upstream-cacert -d 'Trust the certificates in this file (PEM or DER), and not the system\'s' -r -F
complete -c greet -n "__fish_greet_using_subcommand serve" -l upstream-cert -d 'Show this certificate to the other server (PEM, DER or PKCS#12)' -r -F
complete -c greet -n "__fish_greet_using_subcommand serve" -l upstream-key -d 'The key of --upstream-cert' -r -F
complete -c greet -n "__fish_greet_using_subcommand serve" -l upstream-server-name -d 'The name that the other server\'s certificate must have, instead of the target\'s host' -r
complete -c greet -n "__fish_greet_using_subcommand serve" -l journal -d 'Write every call down as events, one a line; - is stdout, and the ready line goes to stderr then' -r -F
complete -c greet -n "__fish_greet_using_subcommand serve" -l replay -d 'Answer as it is recorded in this file, which greet serve --journal or greet call -o events wrote' -r -F
complete -c greet -n "__fish_greet_using_subcommand serve" -l pace -d 'How fast a recording is played: 1 as it was, 2 twice as fast, 0 without waiting' -r
complete -c greet -n "__fish_greet_using_subcommand serve" -l port -d 'The port on loopback; 0 takes a free one [default: 50051; 0 with a command]' -r
complete -c greet -n "__fish_greet_using_subcommand serve" -l listen -d 'Where to listen: HOST, HOST:PORT or unix:PATH [default: loopback, IPv4 and IPv6]' -r
complete -c greet -n "__fish_greet_using_subcommand serve" -l threads -d 'Threads that serve [default: the number of cores]' -r
complete -c greet -n "__fish_greet_using_subcommand serve" -l port-file -d 'A file to write the port to when ready, whole or not at all; removed at the end' -r -F
complete -c greet -n "__fish_greet_using_subcommand serve" -l drain-delay -d 'How long health says NOT_SERVING after SIGINT or SIGTERM before no more calls are taken' -r
complete -c greet -n "__fish_greet_using_subcommand serve" -l grace -d 'How long open calls may go on after that; a second signal cuts them' -r
complete -c greet -n "__fish_greet_using_subcommand serve" -l cert -d 'Speak TLS, and show this certificate (PEM, DER or PKCS#12); several are chosen from by the name a client asks for' -r -F
complete -c greet -n "__fish_greet_using_subcommand serve" -l key -d 'The key of the --cert at the same place: PEM or DER; without any, the files of --cert have them' -r -F
complete -c greet -n "__fish_greet_using_subcommand serve" -l key-password-file -d 'A file with the password of encrypted keys' -r -F
complete -c greet -n "__fish_greet_using_subcommand serve" -l key-password-env -d 'The environment variable with the password of encrypted keys' -r
complete -c greet -n "__fish_greet_using_subcommand serve" -l client-ca -d 'Demand a certificate of each client that one in this file has issued (mTLS)' -r -F
complete -c greet -n "__fish_greet_using_subcommand serve" -l token -d 'Demand \'authorization: Bearer TOKEN\' of every call, to reflection and health too' -r
complete -c greet -n "__fish_greet_using_subcommand serve" -l token-file -d 'The token of --token, from a file' -r -F
complete -c greet -n "__fish_greet_using_subcommand serve" -l token-env -d 'The token of --token, from an environment variable' -r
complete -c greet -n "__fish_greet_using_subcommand serve" -l max-recv-size -d 'The largest request that is taken' -r
complete -c greet -n "__fish_greet_using_subcommand serve" -l max-header-list-size -d 'The most metadata of a call: names and values, and 32 bytes for each' -r
complete -c greet -n "__fish_greet_using_subcommand serve" -l max-concurrent-streams -d 'Calls that may be open on one connection; more are refused' -r
complete -c greet -n "__fish_greet_using_subcommand serve" -l max-connections -d 'Connections that may be open; more are closed at once' -r
complete -c greet -n "__fish_greet_using_subcommand serve" -l handshake-timeout -d 'How long a new connection may take until it speaks HTTP/2, TLS included; 0 is for ever' -r
complete -c greet -n "__fish_greet_using_subcommand serve" -l idle-timeout -d 'Close a connection that has had no call for so long; 0 is never' -r
complete -c greet -n "__fish_greet_using_subcommand serve" -l keepalive -d 'Ask for a sign of life (a ping) so often, and cut a client that did not give the last; 0 is never' -r
complete -c greet -n "__fish_greet_using_subcommand serve" -l max-connection-age -d 'Tell a connection to go when it is so old, give or take a tenth; its calls go on [default: never]' -r
complete -c greet -n "__fish_greet_using_subcommand serve" -l max-connection-age-grace -d 'Cut the calls of a connection that was told so, after so long [default: never]' -r
complete -c greet -n "__fish_greet_using_subcommand serve" -l health-service -d 'What the health check says of a service: SERVING, NOT_SERVING or UNKNOWN; without SERVICE= of the whole server' -r
complete -c greet -n "__fish_greet_using_subcommand serve" -l health-file -d 'A file with a [SERVICE=]STATE on each line, watched; it comes before --health-service, and a line that goes is taken back' -r -F
complete -c greet -n "__fish_greet_using_subcommand serve" -l register -d 'Register the server, and keep it registered until it stops: etcd://[HOST:PORT,…]/SERVICE (as etcdctl, with its ETCDCTL_ variables), consul://[HOST:PORT]/SERVICE (the agent checks its health), mdns:SERVICE (told to the local network) or file:PATH, a line there; may be said several times' -r
complete -c greet -n "__fish_greet_using_subcommand serve" -l register-format -d 'How it is written into etcd: etcd is for gRPC\'s own resolver there' -r -f -a "etcd\t''
go-zero\t''
kratos\t''"
complete -c greet -n "__fish_greet_using_subcommand serve" -l advertise -d 'Where clients reach the server [default: where it listens, or this machine\'s address]' -r
complete -c greet -n "__fish_greet_using_subcommand serve" -l ttl -d 'How long a server that died without a word is still found, in etcd and Consul' -r
complete -c greet -n "__fish_greet_using_subcommand serve" -l on-ready -d 'A command for the shell, run when the server takes calls and is registered; GREET_TARGET and GREET_ADVERTISE are set' -r
complete -c greet -n "__fish_greet_using_subcommand serve" -l on-drain -d 'A command for the shell, run when the server is to stop and is no longer registered, before it says NOT_SERVING' -r
complete -c greet -n "__fish_greet_using_subcommand serve" -l color -d 'Colour what is printed: on a terminal unless NO_COLOR is set, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c greet -n "__fish_greet_using_subcommand serve" -l error-format -d 'Errors, hints and notes as text, or as one JSON object a line' -r -f -a "text\t''
json\t''"
complete -c greet -n "__fish_greet_using_subcommand serve" -l no-auto -d 'Answer UNIMPLEMENTED where no rule matches, instead of a made-up reply'
complete -c greet -n "__fish_greet_using_subcommand serve" -l no-reload -d 'Go on with the schema and the rules as they were read, though their files change'
complete -c greet -n "__fish_greet_using_subcommand serve" -l allow-fault-headers -d 'Let clients ask for trouble in the x-envoy-fault-* headers'
complete -c greet -n "__fish_greet_using_subcommand serve" -l upstream-plaintext -d 'Do not encrypt; this is how loopback and unix sockets are reached anyway'
complete -c greet -n "__fish_greet_using_subcommand serve" -l upstream-tls -d 'Encrypt; this is how other hosts are reached anyway'
complete -c greet -n "__fish_greet_using_subcommand serve" -l upstream-insecure -d 'Take any certificate, from anyone'
complete -c greet -n "__fish_greet_using_subcommand serve" -l show-secrets -d 'Write secrets in metadata down as they are'
complete -c greet -n "__fish_greet_using_subcommand serve" -l once -d 'Serve one call, to a method other than reflection\'s, health\'s and --admin\'s, and end as after SIGTERM'
complete -c greet -n "__fish_greet_using_subcommand serve" -l admin -d 'Offer the service greet.admin.v1.Admin: rules, counters, journal and health while it runs'
complete -c greet -n "__fish_greet_using_subcommand serve" -l no-reflection -d 'Do not offer server reflection'
complete -c greet -n "__fish_greet_using_subcommand serve" -l no-health -d 'Do not offer the health check'
complete -c greet -n "__fish_greet_using_subcommand serve" -l quiet -d 'Say nothing of single calls and connections'
complete -c greet -n "__fish_greet_using_subcommand serve" -l register-required -d 'End with exit code 5 if it cannot be registered at once, instead of trying until it can'
complete -c greet -n "__fish_greet_using_subcommand serve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c greet -n "__fish_greet_using_subcommand serve" -s V -l version -d 'Print version'
complete -c greet -n "__fish_greet_using_subcommand verify" -l where -d 'Count only calls for which this jq program holds; several must all hold' -r
complete -c greet -n "__fish_greet_using_subcommand verify" -l times -d 'So many calls, no more and no fewer' -r
complete -c greet -n "__fish_greet_using_subcommand verify" -l at-least -d 'No fewer calls [default: 1, unless --at-most is given]' -r
complete -c greet -n "__fish_greet_using_subcommand verify" -l at-most -d 'No more calls' -r
complete -c greet -n "__fish_greet_using_subcommand verify" -l color -d 'Colour what is printed: on a terminal unless NO_COLOR is set, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c greet -n "__fish_greet_using_subcommand verify" -l error-format -d 'Errors, hints and notes as text, or as one JSON object a line' -r -f -a "text\t''
json\t''"
complete -c greet -n "__fish_greet_using_subcommand verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c greet -n "__fish_greet_using_subcommand verify" -s V -l version -d 'Print version'
complete -c greet -n "__fish_greet_using_subcommand list" -l target -d 'A server beside the given schema' -r
complete -c greet -n "__fish_greet_using_subcommand list" -s o -l output -d 'One name a line, or JSON with shapes' -r -f -a "text\t''
json\t''"
complete -c greet -n "__fish_greet_using_subcommand list" -s p -l proto -d 'A .proto file, or a directory of them' -r -F
complete -c greet -n "__fish_greet_using_subcommand list" -l descriptor-set -l protoset -d 'A compiled FileDescriptorSet (protoc --include_imports --descriptor_set_out); - is standard input' -r -F
complete -c greet -n "__fish_greet_using_subcommand list" -s I -l include -d 'A directory in which imports are looked up [default: inferred from packages and imports]' -r -F
complete -c greet -n "__fish_greet_using_subcommand list" -s H -l header -d 'Metadata \'key: value\', for the call and for reflection; the value of a -bin name is base64; @FILE has one a line' -r
complete -c greet -n "__fish_greet_using_subcommand list" -l rpc-header -d 'Metadata for the call only' -r
complete -c greet -n "__fish_greet_using_subcommand list" -l reflect-header -d 'Metadata for reflection only' -r
complete -c greet -n "__fish_greet_using_subcommand list" -l reflection -d 'Which version of server reflection to ask' -r -f -a "auto\t'v1, then v1alpha'
v1\t''
v1alpha\t''
off\t'Do not ask the server'"
complete -c greet -n "__fish_greet_using_subcommand list" -l authority -d 'The :authority to send instead of the target\'s host; in TLS the server is asked by it' -r
complete -c greet -n "__fish_greet_using_subcommand list" -l user-agent -d 'What to send before greet\'s own user-agent' -r
complete -c greet -n "__fish_greet_using_subcommand list" -s x -l proxy -d 'Reach the server through this proxy (CONNECT), http://[user:password@]host:port; \'\' is none' -r
complete -c greet -n "__fish_greet_using_subcommand list" -l resolve -d 'Take this address for a host and port; several are joined by commas' -r
complete -c greet -n "__fish_greet_using_subcommand list" -l cacert -d 'Trust the certificates in this file (PEM or DER), and not the system\'s' -r -F
complete -c greet -n "__fish_greet_using_subcommand list" -l cert -d 'Show this certificate to the server (PEM, DER or PKCS#12); the file may have its key too' -r -F
complete -c greet -n "__fish_greet_using_subcommand list" -l key -d 'The key of --cert: PEM or DER; PKCS#8, encrypted or not, PKCS#1 or SEC1' -r -F
complete -c greet -n "__fish_greet_using_subcommand list" -l key-password-file -d 'A file with the password of an encrypted key' -r -F
complete -c greet -n "__fish_greet_using_subcommand list" -l key-password-env -d 'The environment variable with the password of an encrypted key' -r
complete -c greet -n "__fish_greet_using_subcommand list" -l server-name -d 'The name that the server\'s certificate must have, instead of the target\'s host' -r
complete -c greet -n "__fish_greet_using_subcommand list" -l wait -d 'Wait for a server that is not there yet, at most this long' -r
complete -c greet -n "__fish_greet_using_subcommand list" -l keepalive -d 'Ping the server so often while a call is open; a connection on which it does not answer is given up' -r
complete -c greet -n "__fish_greet_using_subcommand list" -l connect-timeout -d 'Bound name, connection and schema' -r
complete -c greet -n "__fish_greet_using_subcommand list" -l max-time -d 'Bound the whole run, from the first look-up to the last reply' -r
complete -c greet -n "__fish_greet_using_subcommand list" -l bearer -d 'Send \'authorization: Bearer TOKEN\', for the call and for reflection' -r
complete -c greet -n "__fish_greet_using_subcommand list" -l bearer-file -d 'The token of --bearer, from a file' -r -F
complete -c greet -n "__fish_greet_using_subcommand list" -l bearer-env -d 'The token of --bearer, from an environment variable' -r
complete -c greet -n "__fish_greet_using_subcommand list" -l bearer-command -d 'The token of --bearer, as a line for the shell prints it' -r
complete -c greet -n "__fish_greet_using_subcommand list" -l basic -d 'Send \'authorization: Basic …\' of USER:PASSWORD' -r
complete -c greet -n "__fish_greet_using_subcommand list" -l basic-file -d 'The USER:PASSWORD of --basic, from a file' -r -F
complete -c greet -n "__fish_greet_using_subcommand list" -l basic-env -d 'The USER:PASSWORD of --basic, from an environment variable' -r
complete -c greet -n "__fish_greet_using_subcommand list" -l max-recv-size -d 'The largest reply that is taken' -r
complete -c greet -n "__fish_greet_using_subcommand list" -l color -d 'Colour what is printed: on a terminal unless NO_COLOR is set, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c greet -n "__fish_greet_using_subcommand list" -l error-format -d 'Errors, hints and notes as text, or as one JSON object a line' -r -f -a "text\t''
json\t''"
complete -c greet -n "__fish_greet_using_subcommand list" -l allow-exec -d 'Let a target be a program (exec:COMMAND)'
complete -c greet -n "__fish_greet_using_subcommand list" -l ipv4 -d 'Dial IPv4 addresses only'
complete -c greet -n "__fish_greet_using_subcommand list" -l ipv6 -d 'Dial IPv6 addresses only'
complete -c greet -n "__fish_greet_using_subcommand list" -l plaintext -d 'Do not encrypt; this is how loopback and unix sockets are reached anyway'
complete -c greet -n "__fish_greet_using_subcommand list" -l tls -d 'Encrypt; this is how other hosts are reached anyway, and what the options below mean too'
complete -c greet -n "__fish_greet_using_subcommand list" -s k -l insecure -d 'Take any certificate, from anyone'
complete -c greet -n "__fish_greet_using_subcommand list" -l expand-headers -d 'Put environment variables into the values of -H and its kin, where they say ${NAME}'
complete -c greet -n "__fish_greet_using_subcommand list" -s v -l verbose -d 'Tell on stderr: * the address and the times, > what is sent, < what comes back; -vv what reflection is asked too'
complete -c greet -n "__fish_greet_using_subcommand list" -l show-secrets -d 'Show secrets in -v and in events: authorization, cookies, and what names a token, secret, password or key'
complete -c greet -n "__fish_greet_using_subcommand list" -l timing -d 'Tell on stderr how long each phase took, on one line'
complete -c greet -n "__fish_greet_using_subcommand list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c greet -n "__fish_greet_using_subcommand list" -s V -l version -d 'Print version'
complete -c greet -n "__fish_greet_using_subcommand describe" -l target -d 'A server beside the given schema' -r
complete -c greet -n "__fish_greet_using_subcommand describe" -s o -l output -d '.proto source, or JSON: one line a symbol, with its descriptor' -r -f -a "proto\t''
json\t''"
complete -c greet -n "__fish_greet_using_subcommand describe" -s p -l proto -d 'A .proto file, or a directory of them' -r -F
complete -c greet -n "__fish_greet_using_subcommand describe" -l descriptor-set -l protoset -d 'A compiled FileDescriptorSet (protoc --include_imports --descriptor_set_out); - is standard input' -r -F
complete -c greet -n "__fish_greet_using_subcommand describe" -s I -l include -d 'A directory in which imports are looked up [default: inferred from packages and imports]' -r -F
complete -c greet -n "__fish_greet_using_subcommand describe" -s H -l header -d 'Metadata \'key: value\', for the call and for reflection; the value of a -bin name is base64; @FILE has one a line' -r
complete -c greet -n "__fish_greet_using_subcommand describe" -l rpc-header -d 'Metadata for the call only' -r
complete -c greet -n "__fish_greet_using_subcommand describe" -l reflect-header -d 'Metadata for reflection only' -r
complete -c greet -n "__fish_greet_using_subcommand describe" -l reflection -d 'Which version of server reflection to ask' -r -f -a "auto\t'v1, then v1alpha'
v1\t''
v1alpha\t''
off\t'Do not ask the server'"
complete -c greet -n "__fish_greet_using_subcommand describe" -l authority -d 'The :authority to send instead of the target\'s host; in TLS the server is asked by it' -r
complete -c greet -n "__fish_greet_using_subcommand describe" -l user-agent -d 'What to send before greet\'s own user-agent' -r
complete -c greet -n "__fish_greet_using_subcommand describe" -s x -l proxy -d 'Reach the server through this proxy (CONNECT), http://[user:password@]host:port; \'\' is none' -r
complete -c greet -n "__fish_greet_using_subcommand describe" -l resolve -d 'Take this address for a host and port; several are joined by commas' -r
complete -c greet -n "__fish_greet_using_subcommand describe" -l cacert -d 'Trust the certificates in this file (PEM or DER), and not the system\'s' -r -F
complete -c greet -n "__fish_greet_using_subcommand describe" -l cert -d 'Show this certificate to the server (PEM, DER or PKCS#12); the file may have its key too' -r -F
complete -c greet -n "__fish_greet_using_subcommand describe" -l key -d 'The key of --cert: PEM or DER; PKCS#8, encrypted or not, PKCS#1 or SEC1' -r -F
complete -c greet -n "__fish_greet_using_subcommand describe" -l key-password-file -d 'A file with the password of an encrypted key' -r -F
complete -c greet -n "__fish_greet_using_subcommand describe" -l key-password-env -d 'The environment variable with the password of an encrypted key' -r
complete -c greet -n "__fish_greet_using_subcommand describe" -l server-name -d 'The name that the server\'s certificate must have, instead of the target\'s host' -r
complete -c greet -n "__fish_greet_using_subcommand describe" -l wait -d 'Wait for a server that is not there yet, at most this long' -r
complete -c greet -n "__fish_greet_using_subcommand describe" -l keepalive -d 'Ping the server so often while a call is open; a connection on which it does not answer is given up' -r
complete -c greet -n "__fish_greet_using_subcommand describe" -l connect-timeout -d 'Bound name, connection and schema' -r
complete -c greet -n "__fish_greet_using_subcommand describe" -l max-time -d 'Bound the whole run, from the first look-up to the last reply' -r
complete -c greet -n "__fish_greet_using_subcommand describe" -l bearer -d 'Send \'authorization: Bearer TOKEN\', for the call and for reflection' -r
complete -c greet -n "__fish_greet_using_subcommand describe" -l bearer-file -d 'The token of --bearer, from a file' -r -F
complete -c greet -n "__fish_greet_using_subcommand describe" -l bearer-env -d 'The token of --bearer, from an environment variable' -r
complete -c greet -n "__fish_greet_using_subcommand describe" -l bearer-command -d 'The token of --bearer, as a line for the shell prints it' -r
complete -c greet -n "__fish_greet_using_subcommand describe" -l basic -d 'Send \'authorization: Basic …\' of USER:PASSWORD' -r
complete -c greet -n "__fish_greet_using_subcommand describe" -l basic-file -d 'The USER:PASSWORD of --basic, from a file' -r -F
complete -c greet -n "__fish_greet_using_subcommand describe" -l basic-env -d 'The USER:PASSWORD of --basic, from an environment variable' -r
complete -c greet -n "__fish_greet_using_subcommand describe" -l max-recv-size -d 'The largest reply that is taken' -r
complete -c greet -n "__fish_greet_using_subcommand describe" -l color -d 'Colour what is printed: on a terminal unless NO_COLOR is set, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c greet -n "__fish_greet_using_subcommand describe" -l error-format -d 'Errors, hints and notes as text, or as one JSON object a line' -r -f -a "text\t''
json\t''"
complete -c greet -n "__fish_greet_using_subcommand describe" -l template -d 'Show a request of a method, or a message, as JSON with every field, explained in comments that greet call takes'
complete -c greet -n "__fish_greet_using_subcommand describe" -l example -d 'Show a whole \'greet call\' line for a method, quoted for the shell'
complete -c greet -n "__fish_greet_using_subcommand describe" -l allow-exec -d 'Let a target be a program (exec:COMMAND)'
complete -c greet -n "__fish_greet_using_subcommand describe" -l ipv4 -d 'Dial IPv4 addresses only'
complete -c greet -n "__fish_greet_using_subcommand describe" -l ipv6 -d 'Dial IPv6 addresses only'
complete -c greet -n "__fish_greet_using_subcommand describe" -l plaintext -d 'Do not encrypt; this is how loopback and unix sockets are reached anyway'
complete -c greet -n "__fish_greet_using_subcommand describe" -l tls -d 'Encrypt; this is how other hosts are reached anyway, and what the options below mean too'
complete -c greet -n "__fish_greet_using_subcommand describe" -s k -l insecure -d 'Take any certificate, from anyone'
complete -c greet -n "__fish_greet_using_subcommand describe" -l expand-headers -d 'Put environment variables into the values of -H and its kin, where they say ${NAME}'
complete -c greet -n "__fish_greet_using_subcommand describe" -s v -l verbose -d 'Tell on stderr: * the address and the times, > what is sent, < what comes back; -vv what reflection is asked too'
complete -c greet -n "__fish_greet_using_subcommand describe" -l show-secrets -d 'Show secrets in -v and in events: authorization, cookies, and what names a token, secret, password or key'
complete -c greet -n "__fish_greet_using_subcommand describe" -l timing -d 'Tell on stderr how long each phase took, on one line'
complete -c greet -n "__fish_greet_using_subcommand describe" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c greet -n "__fish_greet_using_subcommand describe" -s V -l version -d 'Print version'
complete -c greet -n "__fish_greet_using_subcommand health" -s o -l output -d 'What --all-backends prints: what people read, a line of JSON for each address, or all that happened as events' -r -f -a "text\t''
json\t''
events\t''"
complete -c greet -n "__fish_greet_using_subcommand health" -s t -l timeout -d 'Bound the check' -r
complete -c greet -n "__fish_greet_using_subcommand health" -s H -l header -d 'Metadata \'key: value\', for the call and for reflection; the value of a -bin name is base64; @FILE has one a line' -r
complete -c greet -n "__fish_greet_using_subcommand health" -l rpc-header -d 'Metadata for the call only' -r
complete -c greet -n "__fish_greet_using_subcommand health" -l reflect-header -d 'Metadata for reflection only' -r
complete -c greet -n "__fish_greet_using_subcommand health" -l reflection -d 'Which version of server reflection to ask' -r -f -a "auto\t'v1, then v1alpha'
v1\t''
v1alpha\t''
off\t'Do not ask the server'"
complete -c greet -n "__fish_greet_using_subcommand health" -l authority -d 'The :authority to send instead of the target\'s host; in TLS the server is asked by it' -r
complete -c greet -n "__fish_greet_using_subcommand health" -l user-agent -d 'What to send before greet\'s own user-agent' -r
complete -c greet -n "__fish_greet_using_subcommand health" -s x -l proxy -d 'Reach the server through this proxy (CONNECT), http://[user:password@]host:port; \'\' is none' -r
complete -c greet -n "__fish_greet_using_subcommand health" -l resolve -d 'Take this address for a host and port; several are joined by commas' -r
complete -c greet -n "__fish_greet_using_subcommand health" -l cacert -d 'Trust the certificates in this file (PEM or DER), and not the system\'s' -r -F
complete -c greet -n "__fish_greet_using_subcommand health" -l cert -d 'Show this certificate to the server (PEM, DER or PKCS#12); the file may have its key too' -r -F
complete -c greet -n "__fish_greet_using_subcommand health" -l key -d 'The key of --cert: PEM or DER; PKCS#8, encrypted or not, PKCS#1 or SEC1' -r -F
complete -c greet -n "__fish_greet_using_subcommand health" -l key-password-file -d 'A file with the password of an encrypted key' -r -F
complete -c greet -n "__fish_greet_using_subcommand health" -l key-password-env -d 'The environment variable with the password of an encrypted key' -r
complete -c greet -n "__fish_greet_using_subcommand health" -l server-name -d 'The name that the server\'s certificate must have, instead of the target\'s host' -r
complete -c greet -n "__fish_greet_using_subcommand health" -l wait -d 'Wait for a server that is not there yet, at most this long' -r
complete -c greet -n "__fish_greet_using_subcommand health" -l keepalive -d 'Ping the server so often while a call is open; a connection on which it does not answer is given up' -r
complete -c greet -n "__fish_greet_using_subcommand health" -l connect-timeout -d 'Bound name, connection and schema' -r
complete -c greet -n "__fish_greet_using_subcommand health" -l max-time -d 'Bound the whole run, from the first look-up to the last reply' -r
complete -c greet -n "__fish_greet_using_subcommand health" -l bearer -d 'Send \'authorization: Bearer TOKEN\', for the call and for reflection' -r
complete -c greet -n "__fish_greet_using_subcommand health" -l bearer-file -d 'The token of --bearer, from a file' -r -F
complete -c greet -n "__fish_greet_using_subcommand health" -l bearer-env -d 'The token of --bearer, from an environment variable' -r
complete -c greet -n "__fish_greet_using_subcommand health" -l bearer-command -d 'The token of --bearer, as a line for the shell prints it' -r
complete -c greet -n "__fish_greet_using_subcommand health" -l basic -d 'Send \'authorization: Basic …\' of USER:PASSWORD' -r
complete -c greet -n "__fish_greet_using_subcommand health" -l basic-file -d 'The USER:PASSWORD of --basic, from a file' -r -F
complete -c greet -n "__fish_greet_using_subcommand health" -l basic-env -d 'The USER:PASSWORD of --basic, from an environment variable' -r
complete -c greet -n "__fish_greet_using_subcommand health" -l max-recv-size -d 'The largest reply that is taken' -r
complete -c greet -n "__fish_greet_using_subcommand health" -l color -d 'Colour what is printed: on a terminal unless NO_COLOR is set, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c greet -n "__fish_greet_using_subcommand health" -l error-format -d 'Errors, hints and notes as text, or as one JSON object a line' -r -f -a "text\t''
json\t''"
complete -c greet -n "__fish_greet_using_subcommand health" -l watch -d 'Print every change until interrupted'
complete -c greet -n "__fish_greet_using_subcommand health" -l all-backends -d 'Ask every address of the target once, all at once; exit code 8 if they differ'
complete -c greet -n "__fish_greet_using_subcommand health" -l allow-exec -d 'Let a target be a program (exec:COMMAND)'
complete -c greet -n "__fish_greet_using_subcommand health" -l ipv4 -d 'Dial IPv4 addresses only'
complete -c greet -n "__fish_greet_using_subcommand health" -l ipv6 -d 'Dial IPv6 addresses only'
complete -c greet -n "__fish_greet_using_subcommand health" -l plaintext -d 'Do not encrypt; this is how loopback and unix sockets are reached anyway'
complete -c greet -n "__fish_greet_using_subcommand health" -l tls -d 'Encrypt; this is how other hosts are reached anyway, and what the options below mean too'
complete -c greet -n "__fish_greet_using_subcommand health" -s k -l insecure -d 'Take any certificate, from anyone'
complete -c greet -n "__fish_greet_using_subcommand health" -l expand-headers -d 'Put environment variables into the values of -H and its kin, where they say ${NAME}'
complete -c greet -n "__fish_greet_using_subcommand health" -s v -l verbose -d 'Tell on stderr: * the address and the times, > what is sent, < what comes back; -vv what reflection is asked too'
complete -c greet -n "__fish_greet_using_subcommand health" -l show-secrets -d 'Show secrets in -v and in events: authorization, cookies, and what names a token, secret, password or key'
complete -c greet -n "__fish_greet_using_subcommand health" -l timing -d 'Tell on stderr how long each phase took, on one line'
complete -c greet -n "__fish_greet_using_subcommand health" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c greet -n "__fish_greet_using_subcommand health" -s V -l version -d 'Print version'
complete -c greet -n "__fish_greet_using_subcommand resolve" -l refresh -d 'Ask again so often with --watch [default: file: 1s, exec: 5s, others 30s]' -r
complete -c greet -n "__fish_greet_using_subcommand resolve" -s o -l output -d 'One address a line and on a terminal what is known of it, or JSON' -r -f -a "text\t''
json\t''"
complete -c greet -n "__fish_greet_using_subcommand resolve" -l resolve -d 'Take this address for a host and port; several are joined by commas' -r
complete -c greet -n "__fish_greet_using_subcommand resolve" -l connect-timeout -d 'Bound the question' -r
complete -c greet -n "__fish_greet_using_subcommand resolve" -l color -d 'Colour what is printed: on a terminal unless NO_COLOR is set, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c greet -n "__fish_greet_using_subcommand resolve" -l error-format -d 'Errors, hints and notes as text, or as one JSON object a line' -r -f -a "text\t''
json\t''"
complete -c greet -n "__fish_greet_using_subcommand resolve" -l watch -d 'Print additions, removals and changes until interrupted'
complete -c greet -n "__fish_greet_using_subcommand resolve" -l allow-exec -d 'Let the target be a program (exec:COMMAND)'
complete -c greet -n "__fish_greet_using_subcommand resolve" -l ipv4 -d 'Show IPv4 addresses only'
complete -c greet -n "__fish_greet_using_subcommand resolve" -l ipv6 -d 'Show IPv6 addresses only'
complete -c greet -n "__fish_greet_using_subcommand resolve" -l plaintext -d 'Where a port is missing, it is the one of plaintext: 50051 on loopback, else 80'
complete -c greet -n "__fish_greet_using_subcommand resolve" -l tls -d 'Where a port is missing, it is the one of TLS: 443'
complete -c greet -n "__fish_greet_using_subcommand resolve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c greet -n "__fish_greet_using_subcommand resolve" -s V -l version -d 'Print version'
complete -c greet -n "__fish_greet_using_subcommand explain" -s t -l timeout -d 'As of greet call' -r
complete -c greet -n "__fish_greet_using_subcommand explain" -l max-send-size -d 'As of greet call' -r
complete -c greet -n "__fish_greet_using_subcommand explain" -l retry -d 'Repeat a call that failed before anything came back, up to N times: one that ended UNAVAILABLE, or that no server has looked at' -r
complete -c greet -n "__fish_greet_using_subcommand explain" -l retry-on -d 'Repeat after these codes instead of UNAVAILABLE, by name or number, joined by commas' -r
complete -c greet -n "__fish_greet_using_subcommand explain" -l lb -d 'Spread calls over all addresses of the target' -r -f -a "pick_first\t'All to the first address that works'
round_robin\t'To all in turn'
least_request\t'To the one of two, drawn by chance, that has fewer calls open'
weighted_round_robin\t'In turn, more often to those that report more room (ORCA in trailers)'"
complete -c greet -n "__fish_greet_using_subcommand explain" -l refresh -d 'Ask for the addresses again so often, besides when one fails [default: file: 1s, exec: 5s, others 30s]' -r
complete -c greet -n "__fish_greet_using_subcommand explain" -l health-of -d 'The same, by what they say of this service' -r
complete -c greet -n "__fish_greet_using_subcommand explain" -l outlier -d 'Leave out servers whose calls fail more than others\': gRPC\'s outlier detection, as key=value,… or JSON' -r
complete -c greet -n "__fish_greet_using_subcommand explain" -l service-config -d 'Take gRPC\'s service config for timeout, sizes, retries, balancing, health: a file, JSON, or dns for what DNS has' -r
complete -c greet -n "__fish_greet_using_subcommand explain" -l hedge -d 'Make a unary call up to N times, so long after each other, and take the first good answer (hedging)' -r
complete -c greet -n "__fish_greet_using_subcommand explain" -s p -l proto -d 'A .proto file, or a directory of them' -r -F
complete -c greet -n "__fish_greet_using_subcommand explain" -l descriptor-set -l protoset -d 'A compiled FileDescriptorSet (protoc --include_imports --descriptor_set_out); - is standard input' -r -F
complete -c greet -n "__fish_greet_using_subcommand explain" -s I -l include -d 'A directory in which imports are looked up [default: inferred from packages and imports]' -r -F
complete -c greet -n "__fish_greet_using_subcommand explain" -s H -l header -d 'Metadata \'key: value\', for the call and for reflection; the value of a -bin name is base64; @FILE has one a line' -r
complete -c greet -n "__fish_greet_using_subcommand explain" -l rpc-header -d 'Metadata for the call only' -r
complete -c greet -n "__fish_greet_using_subcommand explain" -l reflect-header -d 'Metadata for reflection only' -r
complete -c greet -n "__fish_greet_using_subcommand explain" -l reflection -d 'Which version of server reflection to ask' -r -f -a "auto\t'v1, then v1alpha'
v1\t''
v1alpha\t''
off\t'Do not ask the server'"
complete -c greet -n "__fish_greet_using_subcommand explain" -l authority -d 'The :authority to send instead of the target\'s host; in TLS the server is asked by it' -r
complete -c greet -n "__fish_greet_using_subcommand explain" -l user-agent -d 'What to send before greet\'s own user-agent' -r
complete -c greet -n "__fish_greet_using_subcommand explain" -s x -l proxy -d 'Reach the server through this proxy (CONNECT), http://[user:password@]host:port; \'\' is none' -r
complete -c greet -n "__fish_greet_using_subcommand explain" -l resolve -d 'Take this address for a host and port; several are joined by commas' -r
complete -c greet -n "__fish_greet_using_subcommand explain" -l cacert -d 'Trust the certificates in this file (PEM or DER), and not the system\'s' -r -F
complete -c greet -n "__fish_greet_using_subcommand explain" -l cert -d 'Show this certificate to the server (PEM, DER or PKCS#12); the file may have its key too' -r -F
complete -c greet -n "__fish_greet_using_subcommand explain" -l key -d 'The key of --cert: PEM or DER; PKCS#8, encrypted or not, PKCS#1 or SEC1' -r -F
complete -c greet -n "__fish_greet_using_subcommand explain" -l key-password-file -d 'A file with the password of an encrypted key' -r -F
complete -c greet -n "__fish_greet_using_subcommand explain" -l key-password-env -d 'The environment variable with the password of an encrypted key' -r
complete -c greet -n "__fish_greet_using_subcommand explain" -l server-name -d 'The name that the server\'s certificate must have, instead of the target\'s host' -r
complete -c greet -n "__fish_greet_using_subcommand explain" -l wait -d 'Wait for a server that is not there yet, at most this long' -r
complete -c greet -n "__fish_greet_using_subcommand explain" -l keepalive -d 'Ping the server so often while a call is open; a connection on which it does not answer is given up' -r
complete -c greet -n "__fish_greet_using_subcommand explain" -l connect-timeout -d 'Bound name, connection and schema' -r
complete -c greet -n "__fish_greet_using_subcommand explain" -l max-time -d 'Bound the whole run, from the first look-up to the last reply' -r
complete -c greet -n "__fish_greet_using_subcommand explain" -l bearer -d 'Send \'authorization: Bearer TOKEN\', for the call and for reflection' -r
complete -c greet -n "__fish_greet_using_subcommand explain" -l bearer-file -d 'The token of --bearer, from a file' -r -F
complete -c greet -n "__fish_greet_using_subcommand explain" -l bearer-env -d 'The token of --bearer, from an environment variable' -r
complete -c greet -n "__fish_greet_using_subcommand explain" -l bearer-command -d 'The token of --bearer, as a line for the shell prints it' -r
complete -c greet -n "__fish_greet_using_subcommand explain" -l basic -d 'Send \'authorization: Basic …\' of USER:PASSWORD' -r
complete -c greet -n "__fish_greet_using_subcommand explain" -l basic-file -d 'The USER:PASSWORD of --basic, from a file' -r -F
complete -c greet -n "__fish_greet_using_subcommand explain" -l basic-env -d 'The USER:PASSWORD of --basic, from an environment variable' -r
complete -c greet -n "__fish_greet_using_subcommand explain" -l max-recv-size -d 'The largest reply that is taken' -r
complete -c greet -n "__fish_greet_using_subcommand explain" -l color -d 'Colour what is printed: on a terminal unless NO_COLOR is set, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c greet -n "__fish_greet_using_subcommand explain" -l error-format -d 'Errors, hints and notes as text, or as one JSON object a line' -r -f -a "text\t''
json\t''"
complete -c greet -n "__fish_greet_using_subcommand explain" -l health -d 'Leave out servers that say by the standard health check that they do not serve'
complete -c greet -n "__fish_greet_using_subcommand explain" -l allow-exec -d 'Let a target be a program (exec:COMMAND)'
complete -c greet -n "__fish_greet_using_subcommand explain" -l ipv4 -d 'Dial IPv4 addresses only'
complete -c greet -n "__fish_greet_using_subcommand explain" -l ipv6 -d 'Dial IPv6 addresses only'
complete -c greet -n "__fish_greet_using_subcommand explain" -l plaintext -d 'Do not encrypt; this is how loopback and unix sockets are reached anyway'
complete -c greet -n "__fish_greet_using_subcommand explain" -l tls -d 'Encrypt; this is how other hosts are reached anyway, and what the options below mean too'
complete -c greet -n "__fish_greet_using_subcommand explain" -s k -l insecure -d 'Take any certificate, from anyone'
complete -c greet -n "__fish_greet_using_subcommand explain" -l expand-headers -d 'Put environment variables into the values of -H and its kin, where they say ${NAME}'
complete -c greet -n "__fish_greet_using_subcommand explain" -s v -l verbose -d 'Tell on stderr: * the address and the times, > what is sent, < what comes back; -vv what reflection is asked too'
complete -c greet -n "__fish_greet_using_subcommand explain" -l show-secrets -d 'Show secrets in -v and in events: authorization, cookies, and what names a token, secret, password or key'
complete -c greet -n "__fish_greet_using_subcommand explain" -l timing -d 'Tell on stderr how long each phase took, on one line'
complete -c greet -n "__fish_greet_using_subcommand explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c greet -n "__fish_greet_using_subcommand explain" -s V -l version -d 'Print version'
complete -c greet -n "__fish_greet_using_subcommand export" -l set -d 'Write a FileDescriptorSet; - is standard output' -r -F
complete -c greet -n "__fish_greet_using_subcommand export" -l dir -d 'Write a tree of .proto files into this directory, which is made if it is not there' -r -F
complete -c greet -n "__fish_greet_using_subcommand export" -l target -d 'A server beside the given schema' -r
complete -c greet -n "__fish_greet_using_subcommand export" -s p -l proto -d 'A .proto file, or a directory of them' -r -F
complete -c greet -n "__fish_greet_using_subcommand export" -l descriptor-set -l protoset -d 'A compiled FileDescriptorSet (protoc --include_imports --descriptor_set_out); - is standard input' -r -F
complete -c greet -n "__fish_greet_using_subcommand export" -s I -l include -d 'A directory in which imports are looked up [default: inferred from packages and imports]' -r -F
complete -c greet -n "__fish_greet_using_subcommand export" -s H -l header -d 'Metadata \'key: value\', for the call and for reflection; the value of a -bin name is base64; @FILE has one a line' -r
complete -c greet -n "__fish_greet_using_subcommand export" -l rpc-header -d 'Metadata for the call only' -r
complete -c greet -n "__fish_greet_using_subcommand export" -l reflect-header -d 'Metadata for reflection only' -r
complete -c greet -n "__fish_greet_using_subcommand export" -l reflection -d 'Which version of server reflection to ask' -r -f -a "auto\t'v1, then v1alpha'
v1\t''
v1alpha\t''
off\t'Do not ask the server'"
complete -c greet -n "__fish_greet_using_subcommand export" -l authority -d 'The :authority to send instead of the target\'s host; in TLS the server is asked by it' -r
complete -c greet -n "__fish_greet_using_subcommand export" -l user-agent -d 'What to send before greet\'s own user-agent' -r
complete -c greet -n "__fish_greet_using_subcommand export" -s x -l proxy -d 'Reach the server through this proxy (CONNECT), http://[user:password@]host:port; \'\' is none' -r
complete -c greet -n "__fish_greet_using_subcommand export" -l resolve -d 'Take this address for a host and port; several are joined by commas' -r
complete -c greet -n "__fish_greet_using_subcommand export" -l cacert -d 'Trust the certificates in this file (PEM or DER), and not the system\'s' -r -F
complete -c greet -n "__fish_greet_using_subcommand export" -l cert -d 'Show this certificate to the server (PEM, DER or PKCS#12); the file may have its key too' -r -F
complete -c greet -n "__fish_greet_using_subcommand export" -l key -d 'The key of --cert: PEM or DER; PKCS#8, encrypted or not, PKCS#1 or SEC1' -r -F
complete -c greet -n "__fish_greet_using_subcommand export" -l key-password-file -d 'A file with the password of an encrypted key' -r -F
complete -c greet -n "__fish_greet_using_subcommand export" -l key-password-env -d 'The environment variable with the password of an encrypted key' -r
complete -c greet -n "__fish_greet_using_subcommand export" -l server-name -d 'The name that the server\'s certificate must have, instead of the target\'s host' -r
complete -c greet -n "__fish_greet_using_subcommand export" -l wait -d 'Wait for a server that is not there yet, at most this long' -r
complete -c greet -n "__fish_greet_using_subcommand export" -l keepalive -d 'Ping the server so often while a call is open; a connection on which it does not answer is given up' -r
complete -c greet -n "__fish_greet_using_subcommand export" -l connect-timeout -d 'Bound name, connection and schema' -r
complete -c greet -n "__fish_greet_using_subcommand export" -l max-time -d 'Bound the whole run, from the first look-up to the last reply' -r
complete -c greet -n "__fish_greet_using_subcommand export" -l bearer -d 'Send \'authorization: Bearer TOKEN\', for the call and for reflection' -r
complete -c greet -n "__fish_greet_using_subcommand export" -l bearer-file -d 'The token of --bearer, from a file' -r -F
complete -c greet -n "__fish_greet_using_subcommand export" -l bearer-env -d 'The token of --bearer, from an environment variable' -r
complete -c greet -n "__fish_greet_using_subcommand export" -l bearer-command -d 'The token of --bearer, as a line for the shell prints it' -r
complete -c greet -n "__fish_greet_using_subcommand export" -l basic -d 'Send \'authorization: Basic …\' of USER:PASSWORD' -r
complete -c greet -n "__fish_greet_using_subcommand export" -l basic-file -d 'The USER:PASSWORD of --basic, from a file' -r -F
complete -c greet -n "__fish_greet_using_subcommand export" -l basic-env -d 'The USER:PASSWORD of --basic, from an environment variable' -r
complete -c greet -n "__fish_greet_using_subcommand export" -l max-recv-size -d 'The largest reply that is taken' -r
complete -c greet -n "__fish_greet_using_subcommand export" -l color -d 'Colour what is printed: on a terminal unless NO_COLOR is set, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c greet -n "__fish_greet_using_subcommand export" -l error-format -d 'Errors, hints and notes as text, or as one JSON object a line' -r -f -a "text\t''
json\t''"
complete -c greet -n "__fish_greet_using_subcommand export" -l allow-exec -d 'Let a target be a program (exec:COMMAND)'
complete -c greet -n "__fish_greet_using_subcommand export" -l ipv4 -d 'Dial IPv4 addresses only'
complete -c greet -n "__fish_greet_using_subcommand export" -l ipv6 -d 'Dial IPv6 addresses only'
complete -c greet -n "__fish_greet_using_subcommand export" -l plaintext -d 'Do not encrypt; this is how loopback and unix sockets are reached anyway'
complete -c greet -n "__fish_greet_using_subcommand export" -l tls -d 'Encrypt; this is how other hosts are reached anyway, and what the options below mean too'
complete -c greet -n "__fish_greet_using_subcommand export" -s k -l insecure -d 'Take any certificate, from anyone'
complete -c greet -n "__fish_greet_using_subcommand export" -l expand-headers -d 'Put environment variables into the values of -H and its kin, where they say ${NAME}'
complete -c greet -n "__fish_greet_using_subcommand export" -s v -l verbose -d 'Tell on stderr: * the address and the times, > what is sent, < what comes back; -vv what reflection is asked too'
complete -c greet -n "__fish_greet_using_subcommand export" -l show-secrets -d 'Show secrets in -v and in events: authorization, cookies, and what names a token, secret, password or key'
complete -c greet -n "__fish_greet_using_subcommand export" -l timing -d 'Tell on stderr how long each phase took, on one line'
complete -c greet -n "__fish_greet_using_subcommand export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c greet -n "__fish_greet_using_subcommand export" -s V -l version -d 'Print version'
complete -c greet -n "__fish_greet_using_subcommand convert" -l in -d 'The form of the input [default: json; with --raw: binary]' -r -f -a "json\t'ProtoJSON, one value or many'
text\t'Protobuf\'s text format, messages separated by a line \'# ---\''
binary\t'The message itself, one alone'
delimited\t'Messages, each behind its length as a varint'"
complete -c greet -n "__fish_greet_using_subcommand convert" -s o -l output -d 'The form of the output: pretty on a terminal, json (one line a message) in a pipe' -r -f -a "pretty\t'JSON with two spaces'
json\t'JSON, one line a message'
text\t'Protobuf\'s text format, messages separated by a line \'# ---\''
binary\t'The message itself, one alone'
delimited\t'Messages, each behind its length as a varint'"
complete -c greet -n "__fish_greet_using_subcommand convert" -l names -d 'Spell fields as JSON does or as the .proto does' -r -f -a "json\t''
proto\t''"
complete -c greet -n "__fish_greet_using_subcommand convert" -l int64 -d 'Print 64-bit integers as strings or as numbers' -r -f -a "string\t''
number\t''"
complete -c greet -n "__fish_greet_using_subcommand convert" -l enums -d 'Print enum values as names or as numbers' -r -f -a "name\t''
number\t''"
complete -c greet -n "__fish_greet_using_subcommand convert" -s p -l proto -d 'A .proto file, or a directory of them' -r -F
complete -c greet -n "__fish_greet_using_subcommand convert" -l descriptor-set -l protoset -d 'A compiled FileDescriptorSet (protoc --include_imports --descriptor_set_out); - is standard input' -r -F
complete -c greet -n "__fish_greet_using_subcommand convert" -s I -l include -d 'A directory in which imports are looked up [default: inferred from packages and imports]' -r -F
complete -c greet -n "__fish_greet_using_subcommand convert" -l color -d 'Colour what is printed: on a terminal unless NO_COLOR is set, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c greet -n "__fish_greet_using_subcommand convert" -l error-format -d 'Errors, hints and notes as text, or as one JSON object a line' -r -f -a "text\t''
json\t''"
complete -c greet -n "__fish_greet_using_subcommand convert" -l raw -d 'Decode bytes without a schema, guessing what is nested, and say where each field begins'
complete -c greet -n "__fish_greet_using_subcommand convert" -l allow-unknown -d 'Drop unknown members and unknown enum names instead of refusing them'
complete -c greet -n "__fish_greet_using_subcommand convert" -l defaults -d 'Print fields that have their default value'
complete -c greet -n "__fish_greet_using_subcommand convert" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c greet -n "__fish_greet_using_subcommand convert" -s V -l version -d 'Print version'
complete -c greet -n "__fish_greet_using_subcommand check" -s I -l include -d 'A directory in which imports are looked up [default: inferred from packages and imports]' -r -F
complete -c greet -n "__fish_greet_using_subcommand check" -l color -d 'Colour what is printed: on a terminal unless NO_COLOR is set, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c greet -n "__fish_greet_using_subcommand check" -l error-format -d 'Errors, hints and notes as text, or as one JSON object a line' -r -f -a "text\t''
json\t''"
complete -c greet -n "__fish_greet_using_subcommand check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c greet -n "__fish_greet_using_subcommand check" -s V -l version -d 'Print version'
complete -c greet -n "__fish_greet_using_subcommand rules; and not __fish_seen_subcommand_from check explain help" -l color -d 'Colour what is printed: on a terminal unless NO_COLOR is set, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c greet -n "__fish_greet_using_subcommand rules; and not __fish_seen_subcommand_from check explain help" -l error-format -d 'Errors, hints and notes as text, or as one JSON object a line' -r -f -a "text\t''
json\t''"
complete -c greet -n "__fish_greet_using_subcommand rules; and not __fish_seen_subcommand_from check explain help" -s h -l help -d 'Print help'
complete -c greet -n "__fish_greet_using_subcommand rules; and not __fish_seen_subcommand_from check explain help" -s V -l version -d 'Print version'
complete -c greet -n "__fish_greet_using_subcommand rules; and not __fish_seen_subcommand_from check explain help" -f -a "check" -d 'Report what is wrong with rule files, as serve would when it loads them'
complete -c greet -n "__fish_greet_using_subcommand rules; and not __fish_seen_subcommand_from check explain help" -f -a "explain" -d 'Say which rule answers a call, why those before it do not, and with what'
complete -c greet -n "__fish_greet_using_subcommand rules; and not __fish_seen_subcommand_from check explain help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c greet -n "__fish_greet_using_subcommand rules; and __fish_seen_subcommand_from check" -s p -l proto -d 'A .proto file, or a directory of them' -r -F
complete -c greet -n "__fish_greet_using_subcommand rules; and __fish_seen_subcommand_from check" -l descriptor-set -l protoset -d 'A compiled FileDescriptorSet (protoc --include_imports --descriptor_set_out); - is standard input' -r -F
complete -c greet -n "__fish_greet_using_subcommand rules; and __fish_seen_subcommand_from check" -s I -l include -d 'A directory in which imports are looked up [default: inferred from packages and imports]' -r -F
complete -c greet -n "__fish_greet_using_subcommand rules; and __fish_seen_subcommand_from check" -l color -d 'Colour what is printed: on a terminal unless NO_COLOR is set, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c greet -n "__fish_greet_using_subcommand rules; and __fish_seen_subcommand_from check" -l error-format -d 'Errors, hints and notes as text, or as one JSON object a line' -r -f -a "text\t''
json\t''"
complete -c greet -n "__fish_greet_using_subcommand rules; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c greet -n "__fish_greet_using_subcommand rules; and __fish_seen_subcommand_from check" -s V -l version -d 'Print version'
complete -c greet -n "__fish_greet_using_subcommand rules; and __fish_seen_subcommand_from explain" -s H -l header -d 'Metadata of the call, \'key: value\'; the value of a -bin name is base64' -r
complete -c greet -n "__fish_greet_using_subcommand rules; and __fish_seen_subcommand_from explain" -s p -l proto -d 'A .proto file, or a directory of them' -r -F
complete -c greet -n "__fish_greet_using_subcommand rules; and __fish_seen_subcommand_from explain" -l descriptor-set -l protoset -d 'A compiled FileDescriptorSet (protoc --include_imports --descriptor_set_out); - is standard input' -r -F
complete -c greet -n "__fish_greet_using_subcommand rules; and __fish_seen_subcommand_from explain" -s I -l include -d 'A directory in which imports are looked up [default: inferred from packages and imports]' -r -F
complete -c greet -n "__fish_greet_using_subcommand rules; and __fish_seen_subcommand_from explain" -l color -d 'Colour what is printed: on a terminal unless NO_COLOR is set, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c greet -n "__fish_greet_using_subcommand rules; and __fish_seen_subcommand_from explain" -l error-format -d 'Errors, hints and notes as text, or as one JSON object a line' -r -f -a "text\t''
json\t''"
complete -c greet -n "__fish_greet_using_subcommand rules; and __fish_seen_subcommand_from explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c greet -n "__fish_greet_using_subcommand rules; and __fish_seen_subcommand_from explain" -s V -l version -d 'Print version'
complete -c greet -n "__fish_greet_using_subcommand rules; and __fish_seen_subcommand_from help" -f -a "check" -d 'Report what is wrong with rule files, as serve would when it loads them'
complete -c greet -n "__fish_greet_using_subcommand rules; and __fish_seen_subcommand_from help" -f -a "explain" -d 'Say which rule answers a call, why those before it do not, and with what'
complete -c greet -n "__fish_greet_using_subcommand rules; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c greet -n "__fish_greet_using_subcommand completions" -l color -d 'Colour what is printed: on a terminal unless NO_COLOR is set, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c greet -n "__fish_greet_using_subcommand completions" -l error-format -d 'Errors, hints and notes as text, or as one JSON object a line' -r -f -a "text\t''
json\t''"
complete -c greet -n "__fish_greet_using_subcommand completions" -s h -l help -d 'Print help'
complete -c greet -n "__fish_greet_using_subcommand completions" -s V -l version -d 'Print version'
complete -c greet -n "__fish_greet_using_subcommand man" -l color -d 'Colour what is printed: on a terminal unless NO_COLOR is set, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c greet -n "__fish_greet_using_subcommand man" -l error-format -d 'Errors, hints and notes as text, or as one JSON object a line' -r -f -a "text\t''
json\t''"
complete -c greet -n "__fish_greet_using_subcommand man" -s h -l help -d 'Print help'
complete -c greet -n "__fish_greet_using_subcommand man" -s V -l version -d 'Print version'
complete -c greet -n "__fish_greet_using_subcommand help; and not __fish_seen_subcommand_from call serve verify list describe health resolve explain export convert check rules completions man help" -f -a "call" -d 'Call a method'
complete -c greet -n "__fish_greet_using_subcommand help; and not __fish_seen_subcommand_from call serve verify list describe health resolve explain export convert check rules completions man help" -f -a "serve" -d 'Serve every service of a schema'
complete -c greet -n "__fish_greet_using_subcommand help; and not __fish_seen_subcommand_from call serve verify list describe health resolve explain export convert check rules completions man help" -f -a "verify" -d 'Say whether the calls of a recording are as they were expected'
complete -c greet -n "__fish_greet_using_subcommand help; and not __fish_seen_subcommand_from call serve verify list describe health resolve explain export convert check rules completions man help" -f -a "list" -d 'List services, or one service\'s methods'
complete -c greet -n "__fish_greet_using_subcommand help; and not __fish_seen_subcommand_from call serve verify list describe health resolve explain export convert check rules completions man help" -f -a "describe" -d 'Show a symbol as .proto source: a service, method, message, enum, field, oneof, value or extension'
complete -c greet -n "__fish_greet_using_subcommand help; and not __fish_seen_subcommand_from call serve verify list describe health resolve explain export convert check rules completions man help" -f -a "health" -d 'Ask the standard health check; exit code 0 when SERVING, else 7'
complete -c greet -n "__fish_greet_using_subcommand help; and not __fish_seen_subcommand_from call serve verify list describe health resolve explain export convert check rules completions man help" -f -a "resolve" -d 'Show the addresses behind a target, or every change of them'
complete -c greet -n "__fish_greet_using_subcommand help; and not __fish_seen_subcommand_from call serve verify list describe health resolve explain export convert check rules completions man help" -f -a "explain" -d 'Show how a call would be made: addresses, policy, timeout, retries, and what has no effect'
complete -c greet -n "__fish_greet_using_subcommand help; and not __fish_seen_subcommand_from call serve verify list describe health resolve explain export convert check rules completions man help" -f -a "export" -d 'Write the schema down: as a descriptor set, or as .proto files'
complete -c greet -n "__fish_greet_using_subcommand help; and not __fish_seen_subcommand_from call serve verify list describe health resolve explain export convert check rules completions man help" -f -a "convert" -d 'Turn messages from one form into another, offline'
complete -c greet -n "__fish_greet_using_subcommand help; and not __fish_seen_subcommand_from call serve verify list describe health resolve explain export convert check rules completions man help" -f -a "check" -d 'Report all that is wrong with .proto files, directories or descriptor sets'
complete -c greet -n "__fish_greet_using_subcommand help; and not __fish_seen_subcommand_from call serve verify list describe health resolve explain export convert check rules completions man help" -f -a "rules" -d 'Check rule files, or ask one what it answers, without a server'
complete -c greet -n "__fish_greet_using_subcommand help; and not __fish_seen_subcommand_from call serve verify list describe health resolve explain export convert check rules completions man help" -f -a "completions" -d 'Print a completion script for a shell'
complete -c greet -n "__fish_greet_using_subcommand help; and not __fish_seen_subcommand_from call serve verify list describe health resolve explain export convert check rules completions man help" -f -a "man" -d 'Print the manual page of greet, or of one of its commands'
complete -c greet -n "__fish_greet_using_subcommand help; and not __fish_seen_subcommand_from call serve verify list describe health resolve explain export convert check rules completions man help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c greet -n "__fish_greet_using_subcommand help; and __fish_seen_subcommand_from rules" -f -a "check" -d 'Report what is wrong with rule files, as serve would when it loads them'
complete -c greet -n "__fish_greet_using_subcommand help; and __fish_seen_subcommand_from rules" -f -a "explain" -d 'Say which rule answers a call, why those before it do not, and with what'
