
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'greet' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'greet'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'greet' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour what is printed: on a terminal unless NO_COLOR is set, always or never')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Errors, hints and notes as text, or as one JSON object a line')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('call', 'call', [CompletionResultType]::ParameterValue, 'Call a method')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Serve every service of a schema')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Say whether the calls of a recording are as they were expected')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List services, or one service''s methods')
            [CompletionResult]::new('describe', 'describe', [CompletionResultType]::ParameterValue, 'Show a symbol as .proto source: a service, method, message, enum, field, oneof, value or extension')
            [CompletionResult]::new('health', 'health', [CompletionResultType]::ParameterValue, 'Ask the standard health check; exit code 0 when SERVING, else 7')
            [CompletionResult]::new('resolve', 'resolve', [CompletionResultType]::ParameterValue, 'Show the addresses behind a target, or every change of them')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Write the schema down: as a descriptor set, or as .proto files')
            [CompletionResult]::new('convert', 'convert', [CompletionResultType]::ParameterValue, 'Turn messages from one form into another, offline')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Report all that is wrong with .proto files, directories or descriptor sets')
            [CompletionResult]::new('rules', 'rules', [CompletionResultType]::ParameterValue, 'Check rule files, or ask one what it answers, without a server')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print a completion script for a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print the manual page of greet, or of one of its commands')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'greet;call' {
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'The request''s documents, as one option; @ is standard input, @file a file')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The request''s documents, as one option; @ is standard input, @file a file')
            [CompletionResult]::new('--in', '--in', [CompletionResultType]::ParameterName, 'The form of the documents')
            [CompletionResult]::new('--call', '--call', [CompletionResultType]::ParameterName, 'With --in events: send the requests of this call of the recording only')
            [CompletionResult]::new('--generate', '--generate', [CompletionResultType]::ParameterName, 'Send what a jq program yields; wait("1s") between two values waits')
            [CompletionResult]::new('--compress', '--compress', [CompletionResultType]::ParameterName, 'Compress the requests')
            [CompletionResult]::new('--each', '--each', [CompletionResultType]::ParameterName, 'One unary call for each value of standard input (-) or of a file (@FILE); line N of stdout is the reply to value N, or {"error":{"n":N,…}}; the exit code is that of the lowest N that failed')
            [CompletionResult]::new('-j', '-j', [CompletionResultType]::ParameterName, 'How many calls may be under way at once [default: 1]')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many calls may be under way at once [default: 1]')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Begin no more calls than this: 50/s, 100/m')
            [CompletionResult]::new('--failed', '--failed', [CompletionResultType]::ParameterName, 'Keep the values whose calls failed, one a line, for another try')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'The form of the replies: pretty on a terminal, json (one line a message) in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The form of the replies: pretty on a terminal, json (one line a message) in a pipe')
            [CompletionResult]::new('--names', '--names', [CompletionResultType]::ParameterName, 'Spell fields as JSON does or as the .proto does')
            [CompletionResult]::new('--int64', '--int64', [CompletionResultType]::ParameterName, 'Print 64-bit integers as strings or as numbers')
            [CompletionResult]::new('--enums', '--enums', [CompletionResultType]::ParameterName, 'Print enum values as names or as numbers')
            [CompletionResult]::new('-w', '-w', [CompletionResultType]::ParameterName, 'Write this to stdout at the end, whatever came of the call, as ''%{code} %{time_total}\n''')
            [CompletionResult]::new('--write-out', '--write-out', [CompletionResultType]::ParameterName, 'Write this to stdout at the end, whatever came of the call, as ''%{code} %{time_total}\n''')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Leave the call after so many replies, which is then OK')
            [CompletionResult]::new('--max-messages', '--max-messages', [CompletionResultType]::ParameterName, 'Leave the call after so many replies, which is then OK')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print what a jq program yields for each reply; $metadata, $n, and at the end $status and $trailers')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'Print what a jq program yields for each reply; $metadata, $n, and at the end $status and $trailers')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'The program of -q, from a file')
            [CompletionResult]::new('--from-file', '--from-file', [CompletionResultType]::ParameterName, 'The program of -q, from a file')
            [CompletionResult]::new('--indent', '--indent', [CompletionResultType]::ParameterName, 'Indent with so many spaces; 0 is one line')
            [CompletionResult]::new('--arg', '--arg', [CompletionResultType]::ParameterName, '$NAME is this text, in all programs')
            [CompletionResult]::new('--argjson', '--argjson', [CompletionResultType]::ParameterName, '$NAME is this JSON, in all programs')
            [CompletionResult]::new('--expect', '--expect', [CompletionResultType]::ParameterName, 'Fail with 7 unless this holds for every reply, and there is one; with $status or $trailers it is asked once, at the end, of the array of all')
            [CompletionResult]::new('--expect-code', '--expect-code', [CompletionResultType]::ParameterName, 'Fail with 7 unless the call ends with this status, by name or number; then it is no failure')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'Bound the whole call; sent to the server as its deadline')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Bound the whole call; sent to the server as its deadline')
            [CompletionResult]::new('--max-send-size', '--max-send-size', [CompletionResultType]::ParameterName, 'The largest request that is sent; 0, and nothing at all, is what gRPC can say, 4 GiB')
            [CompletionResult]::new('--retry', '--retry', [CompletionResultType]::ParameterName, 'Repeat a call that failed before anything came back, up to N times: one that ended UNAVAILABLE, or that no server has looked at')
            [CompletionResult]::new('--retry-on', '--retry-on', [CompletionResultType]::ParameterName, 'Repeat after these codes instead of UNAVAILABLE, by name or number, joined by commas')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'A .proto file, or a directory of them')
            [CompletionResult]::new('--proto', '--proto', [CompletionResultType]::ParameterName, 'A .proto file, or a directory of them')
            [CompletionResult]::new('--descriptor-set', '--descriptor-set', [CompletionResultType]::ParameterName, 'A compiled FileDescriptorSet (protoc --include_imports --descriptor_set_out); - is standard input')
            [CompletionResult]::new('--protoset', '--protoset', [CompletionResultType]::ParameterName, 'A compiled FileDescriptorSet (protoc --include_imports --descriptor_set_out); - is standard input')
            [CompletionResult]::new('-I', '-I ', [CompletionResultType]::ParameterName, 'A directory in which imports are looked up [default: inferred from packages and imports]')
            [CompletionResult]::new('--include', '--include', [CompletionResultType]::ParameterName, 'A directory in which imports are looked up [default: inferred from packages and imports]')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'Metadata ''key: value'', for the call and for reflection; the value of a -bin name is base64; @FILE has one a line')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Metadata ''key: value'', for the call and for reflection; the value of a -bin name is base64; @FILE has one a line')
            [CompletionResult]::new('--rpc-header', '--rpc-header', [CompletionResultType]::ParameterName, 'Metadata for the call only')
            [CompletionResult]::new('--reflect-header', '--reflect-header', [CompletionResultType]::ParameterName, 'Metadata for reflection only')
            [CompletionResult]::new('--reflection', '--reflection', [CompletionResultType]::ParameterName, 'Which version of server reflection to ask')
            [CompletionResult]::new('--authority', '--authority', [CompletionResultType]::ParameterName, 'The :authority to send instead of the target''s host; in TLS the server is asked by it')
            [CompletionResult]::new('--user-agent', '--user-agent', [CompletionResultType]::ParameterName, 'What to send before greet''s own user-agent')
            [CompletionResult]::new('-x', '-x', [CompletionResultType]::ParameterName, 'Reach the server through this proxy (CONNECT), http://[user:password@]host:port; '''' is none')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Reach the server through this proxy (CONNECT), http://[user:password@]host:port; '''' is none')
            [CompletionResult]::new('--resolve', '--resolve', [CompletionResultType]::ParameterName, 'Take this address for a host and port; several are joined by commas')
            [CompletionResult]::new('--cacert', '--cacert', [CompletionResultType]::ParameterName, 'Trust the certificates in this file (PEM or DER), and not the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate to the server (PEM, DER or PKCS#12); the file may have its key too')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of --cert: PEM or DER; PKCS#8, encrypted or not, PKCS#1 or SEC1')
            [CompletionResult]::new('--key-password-file', '--key-password-file', [CompletionResultType]::ParameterName, 'A file with the password of an encrypted key')
            [CompletionResult]::new('--key-password-env', '--key-password-env', [CompletionResultType]::ParameterName, 'The environment variable with the password of an encrypted key')
            [CompletionResult]::new('--server-name', '--server-name', [CompletionResultType]::ParameterName, 'The name that the server''s certificate must have, instead of the target''s host')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Wait for a server that is not there yet, at most this long')
            [CompletionResult]::new('--keepalive', '--keepalive', [CompletionResultType]::ParameterName, 'Ping the server so often while a call is open; a connection on which it does not answer is given up')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Bound name, connection and schema')
            [CompletionResult]::new('--max-time', '--max-time', [CompletionResultType]::ParameterName, 'Bound the whole run, from the first look-up to the last reply')
            [CompletionResult]::new('--bearer', '--bearer', [CompletionResultType]::ParameterName, 'Send ''authorization: Bearer TOKEN'', for the call and for reflection')
            [CompletionResult]::new('--bearer-file', '--bearer-file', [CompletionResultType]::ParameterName, 'The token of --bearer, from a file')
            [CompletionResult]::new('--bearer-env', '--bearer-env', [CompletionResultType]::ParameterName, 'The token of --bearer, from an environment variable')
            [CompletionResult]::new('--bearer-command', '--bearer-command', [CompletionResultType]::ParameterName, 'The token of --bearer, as a line for the shell prints it')
            [CompletionResult]::new('--basic', '--basic', [CompletionResultType]::ParameterName, 'Send ''authorization: Basic …'' of USER:PASSWORD')
            [CompletionResult]::new('--basic-file', '--basic-file', [CompletionResultType]::ParameterName, 'The USER:PASSWORD of --basic, from a file')
            [CompletionResult]::new('--basic-env', '--basic-env', [CompletionResultType]::ParameterName, 'The USER:PASSWORD of --basic, from an environment variable')
            [CompletionResult]::new('--max-recv-size', '--max-recv-size', [CompletionResultType]::ParameterName, 'The largest reply that is taken')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour what is printed: on a terminal unless NO_COLOR is set, always or never')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Errors, hints and notes as text, or as one JSON object a line')
            [CompletionResult]::new('--strict', '--strict', [CompletionResultType]::ParameterName, 'Read strict ProtoJSON: no comments, trailing commas, bare keys, single quotes, outermost < >')
            [CompletionResult]::new('--allow-unknown', '--allow-unknown', [CompletionResultType]::ParameterName, 'Drop unknown members and unknown enum names instead of refusing them')
            [CompletionResult]::new('--lockstep', '--lockstep', [CompletionResultType]::ParameterName, 'Send each request only after the reply to the one before')
            [CompletionResult]::new('--no-half-close', '--no-half-close', [CompletionResultType]::ParameterName, 'Do not say that there is no further request: wait for the server to end the call')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be sent, and do not send it: metadata, and each message as JSON, as text and on the wire')
            [CompletionResult]::new('--defaults', '--defaults', [CompletionResultType]::ParameterName, 'Print fields that have their default value')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings as they are, without quotes; alone it is ''-q .''')
            [CompletionResult]::new('--raw-output', '--raw-output', [CompletionResultType]::ParameterName, 'Print strings as they are, without quotes; alone it is ''-q .''')
            [CompletionResult]::new('--slurp', '--slurp', [CompletionResultType]::ParameterName, 'Run -q once, at the end, over the array of all replies')
            [CompletionResult]::new('-S', '-S ', [CompletionResultType]::ParameterName, 'Print members in the order of their names')
            [CompletionResult]::new('--sort-keys', '--sort-keys', [CompletionResultType]::ParameterName, 'Print members in the order of their names')
            [CompletionResult]::new('--tab', '--tab', [CompletionResultType]::ParameterName, 'Indent with tabs')
            [CompletionResult]::new('--allow-exec', '--allow-exec', [CompletionResultType]::ParameterName, 'Let a target be a program (exec:COMMAND)')
            [CompletionResult]::new('--ipv4', '--ipv4', [CompletionResultType]::ParameterName, 'Dial IPv4 addresses only')
            [CompletionResult]::new('--ipv6', '--ipv6', [CompletionResultType]::ParameterName, 'Dial IPv6 addresses only')
            [CompletionResult]::new('--plaintext', '--plaintext', [CompletionResultType]::ParameterName, 'Do not encrypt; this is how loopback and unix sockets are reached anyway')
            [CompletionResult]::new('--tls', '--tls', [CompletionResultType]::ParameterName, 'Encrypt; this is how other hosts are reached anyway, and what the options below mean too')
            [CompletionResult]::new('-k', '-k', [CompletionResultType]::ParameterName, 'Take any certificate, from anyone')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Take any certificate, from anyone')
            [CompletionResult]::new('--expand-headers', '--expand-headers', [CompletionResultType]::ParameterName, 'Put environment variables into the values of -H and its kin, where they say ${NAME}')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell on stderr: * the address and the times, > what is sent, < what comes back; -vv what reflection is asked too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Tell on stderr: * the address and the times, > what is sent, < what comes back; -vv what reflection is asked too')
            [CompletionResult]::new('--show-secrets', '--show-secrets', [CompletionResultType]::ParameterName, 'Show secrets in -v and in events: authorization, cookies, and what names a token, secret, password or key')
            [CompletionResult]::new('--timing', '--timing', [CompletionResultType]::ParameterName, 'Tell on stderr how long each phase took, on one line')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'greet;serve' {
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'A .proto file or a directory of them, as PROTO')
            [CompletionResult]::new('--proto', '--proto', [CompletionResultType]::ParameterName, 'A .proto file or a directory of them, as PROTO')
            [CompletionResult]::new('-I', '-I ', [CompletionResultType]::ParameterName, 'A directory in which imports are looked up [default: inferred from packages and imports]')
            [CompletionResult]::new('--include', '--include', [CompletionResultType]::ParameterName, 'A directory in which imports are looked up [default: inferred from packages and imports]')
            [CompletionResult]::new('--descriptor-set', '--descriptor-set', [CompletionResultType]::ParameterName, 'A compiled FileDescriptorSet, as PROTO')
            [CompletionResult]::new('--protoset', '--protoset', [CompletionResultType]::ParameterName, 'A compiled FileDescriptorSet, as PROTO')
            [CompletionResult]::new('--rule', '--rule', [CompletionResultType]::ParameterName, 'A rule in one line: METHOD [when PROGRAM] => PROGRAM, in jq; the first that matches answers')
            [CompletionResult]::new('--rules', '--rules', [CompletionResultType]::ParameterName, 'A file of rules, after those of --rule')
            [CompletionResult]::new('--seed', '--seed', [CompletionResultType]::ParameterName, 'What made-up replies depend on, beside the schema')
            [CompletionResult]::new('--fault', '--fault', [CompletionResultType]::ParameterName, 'Make trouble: [METHOD =>] KIND[:CHANCE%]; of several the first that comes about')
            [CompletionResult]::new('--upstream', '--upstream', [CompletionResultType]::ParameterName, 'Pass calls that no rule answers on to this server; without PROTO its schema is taken if it has reflection')
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Take the schema, and nothing else, from this running server')
            [CompletionResult]::new('--upstream-header', '--upstream-header', [CompletionResultType]::ParameterName, 'Metadata ''key: value'' for the other server, in the place of what the client sent')
            [CompletionResult]::new('--upstream-authority', '--upstream-authority', [CompletionResultType]::ParameterName, 'The :authority to send to the other server')
            [CompletionResult]::new('--upstream-cacert', '--upstream-cacert', [CompletionResultType]::ParameterName, 'Trust the certificates in this file (PEM or DER), and not the system''s')
            [CompletionResult]::new('--upstream-cert', '--upstream-cert', [CompletionResultType]::ParameterName, 'Show this certificate to the other server (PEM, DER or PKCS#12)')
            [CompletionResult]::new('--upstream-key', '--upstream-key', [CompletionResultType]::ParameterName, 'The key of --upstream-cert')
            [CompletionResult]::new('--upstream-server-name', '--upstream-server-name', [CompletionResultType]::ParameterName, 'The name that the other server''s certificate must have, instead of the target''s host')
            [CompletionResult]::new('--journal', '--journal', [CompletionResultType]::ParameterName, 'Write every call down as events, one a line; - is stdout, and the ready line goes to stderr then')
            [CompletionResult]::new('--replay', '--replay', [CompletionResultType]::ParameterName, 'Answer as it is recorded in this file, which greet serve --journal or greet call -o events wrote')
            [CompletionResult]::new('--pace', '--pace', [CompletionResultType]::ParameterName, 'How fast a recording is played: 1 as it was, 2 twice as fast, 0 without waiting')
            [CompletionResult]::new('--port', '--port', [CompletionResultType]::ParameterName, 'The port on loopback; 0 takes a free one [default: 50051; 0 with a command]')
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'Where to listen: HOST, HOST:PORT or unix:PATH [default: loopback, IPv4 and IPv6]')
            [CompletionResult]::new('--threads', '--threads', [CompletionResultType]::ParameterName, 'Threads that serve [default: the number of cores]')
            [CompletionResult]::new('--port-file', '--port-file', [CompletionResultType]::ParameterName, 'A file to write the port to when ready, whole or not at all; removed at the end')
            [CompletionResult]::new('--drain-delay', '--drain-delay', [CompletionResultType]::ParameterName, 'How long health says NOT_SERVING after SIGINT or SIGTERM before no more calls are taken')
            [CompletionResult]::new('--grace', '--grace', [CompletionResultType]::ParameterName, 'How long open calls may go on after that; a second signal cuts them')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Speak TLS, and show this certificate (PEM, DER or PKCS#12); several are chosen from by the name a client asks for')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of the --cert at the same place: PEM or DER; without any, the files of --cert have them')
            [CompletionResult]::new('--key-password-file', '--key-password-file', [CompletionResultType]::ParameterName, 'A file with the password of encrypted keys')
            [CompletionResult]::new('--key-password-env', '--key-password-env', [CompletionResultType]::ParameterName, 'The environment variable with the password of encrypted keys')
            [CompletionResult]::new('--client-ca', '--client-ca', [CompletionResultType]::ParameterName, 'Demand a certificate of each client that one in this file has issued (mTLS)')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Demand ''authorization: Bearer TOKEN'' of every call, to reflection and health too')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'The token of --token, from a file')
            [CompletionResult]::new('--token-env', '--token-env', [CompletionResultType]::ParameterName, 'The token of --token, from an environment variable')
            [CompletionResult]::new('--max-recv-size', '--max-recv-size', [CompletionResultType]::ParameterName, 'The largest request that is taken')
            [CompletionResult]::new('--max-header-list-size', '--max-header-list-size', [CompletionResultType]::ParameterName, 'The most metadata of a call: names and values, and 32 bytes for each')
            [CompletionResult]::new('--max-concurrent-streams', '--max-concurrent-streams', [CompletionResultType]::ParameterName, 'Calls that may be open on one connection; more are refused')
            [CompletionResult]::new('--max-connections', '--max-connections', [CompletionResultType]::ParameterName, 'Connections that may be open; more are closed at once')
            [CompletionResult]::new('--handshake-timeout', '--handshake-timeout', [CompletionResultType]::ParameterName, 'How long a new connection may take until it speaks HTTP/2, TLS included; 0 is for ever')
            [CompletionResult]::new('--idle-timeout', '--idle-timeout', [CompletionResultType]::ParameterName, 'Close a connection that has had no call for so long; 0 is never')
            [CompletionResult]::new('--keepalive', '--keepalive', [CompletionResultType]::ParameterName, 'Ask for a sign of life (a ping) so often, and cut a client that did not give the last; 0 is never')
            [CompletionResult]::new('--max-connection-age', '--max-connection-age', [CompletionResultType]::ParameterName, 'Tell a connection to go when it is so old, give or take a tenth; its calls go on [default: never]')
            [CompletionResult]::new('--max-connection-age-grace', '--max-connection-age-grace', [CompletionResultType]::ParameterName, 'Cut the calls of a connection that was told so, after so long [default: never]')
            [CompletionResult]::new('--health-service', '--health-service', [CompletionResultType]::ParameterName, 'What the health check says of a service: SERVING, NOT_SERVING or UNKNOWN; without SERVICE= of the whole server')
            [CompletionResult]::new('--health-file', '--health-file', [CompletionResultType]::ParameterName, 'A file with a [SERVICE=]STATE on each line, watched; it comes before --health-service, and a line that goes is taken back')
            [CompletionResult]::new('--register', '--register', [CompletionResultType]::ParameterName, 'Register the server, and keep it registered until it stops: etcd://[HOST:PORT,…]/SERVICE (as etcdctl, with its ETCDCTL_ variables), consul://[HOST:PORT]/SERVICE (the agent checks its health) or file:PATH, a line there; may be said several times')
            [CompletionResult]::new('--register-format', '--register-format', [CompletionResultType]::ParameterName, 'How it is written into etcd: etcd is for gRPC''s own resolver there')
            [CompletionResult]::new('--advertise', '--advertise', [CompletionResultType]::ParameterName, 'Where clients reach the server [default: where it listens, or this machine''s address]')
            [CompletionResult]::new('--ttl', '--ttl', [CompletionResultType]::ParameterName, 'How long a server that died without a word is still found')
            [CompletionResult]::new('--on-ready', '--on-ready', [CompletionResultType]::ParameterName, 'A command for the shell, run when the server takes calls and is registered; GREET_TARGET and GREET_ADVERTISE are set')
            [CompletionResult]::new('--on-drain', '--on-drain', [CompletionResultType]::ParameterName, 'A command for the shell, run when the server is to stop and is no longer registered, before it says NOT_SERVING')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour what is printed: on a terminal unless NO_COLOR is set, always or never')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Errors, hints and notes as text, or as one JSON object a line')
            [CompletionResult]::new('--no-auto', '--no-auto', [CompletionResultType]::ParameterName, 'Answer UNIMPLEMENTED where no rule matches, instead of a made-up reply')
            [CompletionResult]::new('--no-reload', '--no-reload', [CompletionResultType]::ParameterName, 'Go on with the schema and the rules as they were read, though their files change')
            [CompletionResult]::new('--allow-fault-headers', '--allow-fault-headers', [CompletionResultType]::ParameterName, 'Let clients ask for trouble in the x-envoy-fault-* headers')
            [CompletionResult]::new('--upstream-plaintext', '--upstream-plaintext', [CompletionResultType]::ParameterName, 'Do not encrypt; this is how loopback and unix sockets are reached anyway')
            [CompletionResult]::new('--upstream-tls', '--upstream-tls', [CompletionResultType]::ParameterName, 'Encrypt; this is how other hosts are reached anyway')
            [CompletionResult]::new('--upstream-insecure', '--upstream-insecure', [CompletionResultType]::ParameterName, 'Take any certificate, from anyone')
            [CompletionResult]::new('--show-secrets', '--show-secrets', [CompletionResultType]::ParameterName, 'Write secrets in metadata down as they are')
            [CompletionResult]::new('--once', '--once', [CompletionResultType]::ParameterName, 'Serve one call, to a method other than reflection''s and health''s, and end as after SIGTERM')
            [CompletionResult]::new('--no-reflection', '--no-reflection', [CompletionResultType]::ParameterName, 'Do not offer server reflection')
            [CompletionResult]::new('--no-health', '--no-health', [CompletionResultType]::ParameterName, 'Do not offer the health check')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing of single calls and connections')
            [CompletionResult]::new('--register-required', '--register-required', [CompletionResultType]::ParameterName, 'End with exit code 5 if it cannot be registered at once, instead of trying until it can')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'greet;verify' {
            [CompletionResult]::new('--where', '--where', [CompletionResultType]::ParameterName, 'Count only calls for which this jq program holds; several must all hold')
            [CompletionResult]::new('--times', '--times', [CompletionResultType]::ParameterName, 'So many calls, no more and no fewer')
            [CompletionResult]::new('--at-least', '--at-least', [CompletionResultType]::ParameterName, 'No fewer calls [default: 1, unless --at-most is given]')
            [CompletionResult]::new('--at-most', '--at-most', [CompletionResultType]::ParameterName, 'No more calls')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour what is printed: on a terminal unless NO_COLOR is set, always or never')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Errors, hints and notes as text, or as one JSON object a line')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'greet;list' {
            [CompletionResult]::new('--target', '--target', [CompletionResultType]::ParameterName, 'A server beside the given schema')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'One name a line, or JSON with shapes')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'One name a line, or JSON with shapes')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'A .proto file, or a directory of them')
            [CompletionResult]::new('--proto', '--proto', [CompletionResultType]::ParameterName, 'A .proto file, or a directory of them')
            [CompletionResult]::new('--descriptor-set', '--descriptor-set', [CompletionResultType]::ParameterName, 'A compiled FileDescriptorSet (protoc --include_imports --descriptor_set_out); - is standard input')
            [CompletionResult]::new('--protoset', '--protoset', [CompletionResultType]::ParameterName, 'A compiled FileDescriptorSet (protoc --include_imports --descriptor_set_out); - is standard input')
            [CompletionResult]::new('-I', '-I ', [CompletionResultType]::ParameterName, 'A directory in which imports are looked up [default: inferred from packages and imports]')
            [CompletionResult]::new('--include', '--include', [CompletionResultType]::ParameterName, 'A directory in which imports are looked up [default: inferred from packages and imports]')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'Metadata ''key: value'', for the call and for reflection; the value of a -bin name is base64; @FILE has one a line')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Metadata ''key: value'', for the call and for reflection; the value of a -bin name is base64; @FILE has one a line')
            [CompletionResult]::new('--rpc-header', '--rpc-header', [CompletionResultType]::ParameterName, 'Metadata for the call only')
            [CompletionResult]::new('--reflect-header', '--reflect-header', [CompletionResultType]::ParameterName, 'Metadata for reflection only')
            [CompletionResult]::new('--reflection', '--reflection', [CompletionResultType]::ParameterName, 'Which version of server reflection to ask')
            [CompletionResult]::new('--authority', '--authority', [CompletionResultType]::ParameterName, 'The :authority to send instead of the target''s host; in TLS the server is asked by it')
            [CompletionResult]::new('--user-agent', '--user-agent', [CompletionResultType]::ParameterName, 'What to send before greet''s own user-agent')
            [CompletionResult]::new('-x', '-x', [CompletionResultType]::ParameterName, 'Reach the server through this proxy (CONNECT), http://[user:password@]host:port; '''' is none')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Reach the server through this proxy (CONNECT), http://[user:password@]host:port; '''' is none')
            [CompletionResult]::new('--resolve', '--resolve', [CompletionResultType]::ParameterName, 'Take this address for a host and port; several are joined by commas')
            [CompletionResult]::new('--cacert', '--cacert', [CompletionResultType]::ParameterName, 'Trust the certificates in this file (PEM or DER), and not the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate to the server (PEM, DER or PKCS#12); the file may have its key too')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of --cert: PEM or DER; PKCS#8, encrypted or not, PKCS#1 or SEC1')
            [CompletionResult]::new('--key-password-file', '--key-password-file', [CompletionResultType]::ParameterName, 'A file with the password of an encrypted key')
            [CompletionResult]::new('--key-password-env', '--key-password-env', [CompletionResultType]::ParameterName, 'The environment variable with the password of an encrypted key')
            [CompletionResult]::new('--server-name', '--server-name', [CompletionResultType]::ParameterName, 'The name that the server''s certificate must have, instead of the target''s host')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Wait for a server that is not there yet, at most this long')
            [CompletionResult]::new('--keepalive', '--keepalive', [CompletionResultType]::ParameterName, 'Ping the server so often while a call is open; a connection on which it does not answer is given up')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Bound name, connection and schema')
            [CompletionResult]::new('--max-time', '--max-time', [CompletionResultType]::ParameterName, 'Bound the whole run, from the first look-up to the last reply')
            [CompletionResult]::new('--bearer', '--bearer', [CompletionResultType]::ParameterName, 'Send ''authorization: Bearer TOKEN'', for the call and for reflection')
            [CompletionResult]::new('--bearer-file', '--bearer-file', [CompletionResultType]::ParameterName, 'The token of --bearer, from a file')
            [CompletionResult]::new('--bearer-env', '--bearer-env', [CompletionResultType]::ParameterName, 'The token of --bearer, from an environment variable')
            [CompletionResult]::new('--bearer-command', '--bearer-command', [CompletionResultType]::ParameterName, 'The token of --bearer, as a line for the shell prints it')
            [CompletionResult]::new('--basic', '--basic', [CompletionResultType]::ParameterName, 'Send ''authorization: Basic …'' of USER:PASSWORD')
            [CompletionResult]::new('--basic-file', '--basic-file', [CompletionResultType]::ParameterName, 'The USER:PASSWORD of --basic, from a file')
            [CompletionResult]::new('--basic-env', '--basic-env', [CompletionResultType]::ParameterName, 'The USER:PASSWORD of --basic, from an environment variable')
            [CompletionResult]::new('--max-recv-size', '--max-recv-size', [CompletionResultType]::ParameterName, 'The largest reply that is taken')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour what is printed: on a terminal unless NO_COLOR is set, always or never')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Errors, hints and notes as text, or as one JSON object a line')
            [CompletionResult]::new('--allow-exec', '--allow-exec', [CompletionResultType]::ParameterName, 'Let a target be a program (exec:COMMAND)')
            [CompletionResult]::new('--ipv4', '--ipv4', [CompletionResultType]::ParameterName, 'Dial IPv4 addresses only')
            [CompletionResult]::new('--ipv6', '--ipv6', [CompletionResultType]::ParameterName, 'Dial IPv6 addresses only')
            [CompletionResult]::new('--plaintext', '--plaintext', [CompletionResultType]::ParameterName, 'Do not encrypt; this is how loopback and unix sockets are reached anyway')
            [CompletionResult]::new('--tls', '--tls', [CompletionResultType]::ParameterName, 'Encrypt; this is how other hosts are reached anyway, and what the options below mean too')
            [CompletionResult]::new('-k', '-k', [CompletionResultType]::ParameterName, 'Take any certificate, from anyone')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Take any certificate, from anyone')
            [CompletionResult]::new('--expand-headers', '--expand-headers', [CompletionResultType]::ParameterName, 'Put environment variables into the values of -H and its kin, where they say ${NAME}')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell on stderr: * the address and the times, > what is sent, < what comes back; -vv what reflection is asked too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Tell on stderr: * the address and the times, > what is sent, < what comes back; -vv what reflection is asked too')
            [CompletionResult]::new('--show-secrets', '--show-secrets', [CompletionResultType]::ParameterName, 'Show secrets in -v and in events: authorization, cookies, and what names a token, secret, password or key')
            [CompletionResult]::new('--timing', '--timing', [CompletionResultType]::ParameterName, 'Tell on stderr how long each phase took, on one line')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'greet;describe' {
            [CompletionResult]::new('--target', '--target', [CompletionResultType]::ParameterName, 'A server beside the given schema')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, '.proto source, or JSON: one line a symbol, with its descriptor')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, '.proto source, or JSON: one line a symbol, with its descriptor')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'A .proto file, or a directory of them')
            [CompletionResult]::new('--proto', '--proto', [CompletionResultType]::ParameterName, 'A .proto file, or a directory of them')
            [CompletionResult]::new('--descriptor-set', '--descriptor-set', [CompletionResultType]::ParameterName, 'A compiled FileDescriptorSet (protoc --include_imports --descriptor_set_out); - is standard input')
            [CompletionResult]::new('--protoset', '--protoset', [CompletionResultType]::ParameterName, 'A compiled FileDescriptorSet (protoc --include_imports --descriptor_set_out); - is standard input')
            [CompletionResult]::new('-I', '-I ', [CompletionResultType]::ParameterName, 'A directory in which imports are looked up [default: inferred from packages and imports]')
            [CompletionResult]::new('--include', '--include', [CompletionResultType]::ParameterName, 'A directory in which imports are looked up [default: inferred from packages and imports]')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'Metadata ''key: value'', for the call and for reflection; the value of a -bin name is base64; @FILE has one a line')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Metadata ''key: value'', for the call and for reflection; the value of a -bin name is base64; @FILE has one a line')
            [CompletionResult]::new('--rpc-header', '--rpc-header', [CompletionResultType]::ParameterName, 'Metadata for the call only')
            [CompletionResult]::new('--reflect-header', '--reflect-header', [CompletionResultType]::ParameterName, 'Metadata for reflection only')
            [CompletionResult]::new('--reflection', '--reflection', [CompletionResultType]::ParameterName, 'Which version of server reflection to ask')
            [CompletionResult]::new('--authority', '--authority', [CompletionResultType]::ParameterName, 'The :authority to send instead of the target''s host; in TLS the server is asked by it')
            [CompletionResult]::new('--user-agent', '--user-agent', [CompletionResultType]::ParameterName, 'What to send before greet''s own user-agent')
            [CompletionResult]::new('-x', '-x', [CompletionResultType]::ParameterName, 'Reach the server through this proxy (CONNECT), http://[user:password@]host:port; '''' is none')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Reach the server through this proxy (CONNECT), http://[user:password@]host:port; '''' is none')
            [CompletionResult]::new('--resolve', '--resolve', [CompletionResultType]::ParameterName, 'Take this address for a host and port; several are joined by commas')
            [CompletionResult]::new('--cacert', '--cacert', [CompletionResultType]::ParameterName, 'Trust the certificates in this file (PEM or DER), and not the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate to the server (PEM, DER or PKCS#12); the file may have its key too')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of --cert: PEM or DER; PKCS#8, encrypted or not, PKCS#1 or SEC1')
            [CompletionResult]::new('--key-password-file', '--key-password-file', [CompletionResultType]::ParameterName, 'A file with the password of an encrypted key')
            [CompletionResult]::new('--key-password-env', '--key-password-env', [CompletionResultType]::ParameterName, 'The environment variable with the password of an encrypted key')
            [CompletionResult]::new('--server-name', '--server-name', [CompletionResultType]::ParameterName, 'The name that the server''s certificate must have, instead of the target''s host')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Wait for a server that is not there yet, at most this long')
            [CompletionResult]::new('--keepalive', '--keepalive', [CompletionResultType]::ParameterName, 'Ping the server so often while a call is open; a connection on which it does not answer is given up')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Bound name, connection and schema')
            [CompletionResult]::new('--max-time', '--max-time', [CompletionResultType]::ParameterName, 'Bound the whole run, from the first look-up to the last reply')
            [CompletionResult]::new('--bearer', '--bearer', [CompletionResultType]::ParameterName, 'Send ''authorization: Bearer TOKEN'', for the call and for reflection')
            [CompletionResult]::new('--bearer-file', '--bearer-file', [CompletionResultType]::ParameterName, 'The token of --bearer, from a file')
            [CompletionResult]::new('--bearer-env', '--bearer-env', [CompletionResultType]::ParameterName, 'The token of --bearer, from an environment variable')
            [CompletionResult]::new('--bearer-command', '--bearer-command', [CompletionResultType]::ParameterName, 'The token of --bearer, as a line for the shell prints it')
            [CompletionResult]::new('--basic', '--basic', [CompletionResultType]::ParameterName, 'Send ''authorization: Basic …'' of USER:PASSWORD')
            [CompletionResult]::new('--basic-file', '--basic-file', [CompletionResultType]::ParameterName, 'The USER:PASSWORD of --basic, from a file')
            [CompletionResult]::new('--basic-env', '--basic-env', [CompletionResultType]::ParameterName, 'The USER:PASSWORD of --basic, from an environment variable')
            [CompletionResult]::new('--max-recv-size', '--max-recv-size', [CompletionResultType]::ParameterName, 'The largest reply that is taken')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour what is printed: on a terminal unless NO_COLOR is set, always or never')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Errors, hints and notes as text, or as one JSON object a line')
            [CompletionResult]::new('--template', '--template', [CompletionResultType]::ParameterName, 'Show a request of a method, or a message, as JSON with every field, explained in comments that greet call takes')
            [CompletionResult]::new('--example', '--example', [CompletionResultType]::ParameterName, 'Show a whole ''greet call'' line for a method, quoted for the shell')
            [CompletionResult]::new('--allow-exec', '--allow-exec', [CompletionResultType]::ParameterName, 'Let a target be a program (exec:COMMAND)')
            [CompletionResult]::new('--ipv4', '--ipv4', [CompletionResultType]::ParameterName, 'Dial IPv4 addresses only')
            [CompletionResult]::new('--ipv6', '--ipv6', [CompletionResultType]::ParameterName, 'Dial IPv6 addresses only')
            [CompletionResult]::new('--plaintext', '--plaintext', [CompletionResultType]::ParameterName, 'Do not encrypt; this is how loopback and unix sockets are reached anyway')
            [CompletionResult]::new('--tls', '--tls', [CompletionResultType]::ParameterName, 'Encrypt; this is how other hosts are reached anyway, and what the options below mean too')
            [CompletionResult]::new('-k', '-k', [CompletionResultType]::ParameterName, 'Take any certificate, from anyone')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Take any certificate, from anyone')
            [CompletionResult]::new('--expand-headers', '--expand-headers', [CompletionResultType]::ParameterName, 'Put environment variables into the values of -H and its kin, where they say ${NAME}')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell on stderr: * the address and the times, > what is sent, < what comes back; -vv what reflection is asked too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Tell on stderr: * the address and the times, > what is sent, < what comes back; -vv what reflection is asked too')
            [CompletionResult]::new('--show-secrets', '--show-secrets', [CompletionResultType]::ParameterName, 'Show secrets in -v and in events: authorization, cookies, and what names a token, secret, password or key')
            [CompletionResult]::new('--timing', '--timing', [CompletionResultType]::ParameterName, 'Tell on stderr how long each phase took, on one line')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'greet;health' {
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'Bound the check')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Bound the check')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'Metadata ''key: value'', for the call and for reflection; the value of a -bin name is base64; @FILE has one a line')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Metadata ''key: value'', for the call and for reflection; the value of a -bin name is base64; @FILE has one a line')
            [CompletionResult]::new('--rpc-header', '--rpc-header', [CompletionResultType]::ParameterName, 'Metadata for the call only')
            [CompletionResult]::new('--reflect-header', '--reflect-header', [CompletionResultType]::ParameterName, 'Metadata for reflection only')
            [CompletionResult]::new('--reflection', '--reflection', [CompletionResultType]::ParameterName, 'Which version of server reflection to ask')
            [CompletionResult]::new('--authority', '--authority', [CompletionResultType]::ParameterName, 'The :authority to send instead of the target''s host; in TLS the server is asked by it')
            [CompletionResult]::new('--user-agent', '--user-agent', [CompletionResultType]::ParameterName, 'What to send before greet''s own user-agent')
            [CompletionResult]::new('-x', '-x', [CompletionResultType]::ParameterName, 'Reach the server through this proxy (CONNECT), http://[user:password@]host:port; '''' is none')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Reach the server through this proxy (CONNECT), http://[user:password@]host:port; '''' is none')
            [CompletionResult]::new('--resolve', '--resolve', [CompletionResultType]::ParameterName, 'Take this address for a host and port; several are joined by commas')
            [CompletionResult]::new('--cacert', '--cacert', [CompletionResultType]::ParameterName, 'Trust the certificates in this file (PEM or DER), and not the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate to the server (PEM, DER or PKCS#12); the file may have its key too')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of --cert: PEM or DER; PKCS#8, encrypted or not, PKCS#1 or SEC1')
            [CompletionResult]::new('--key-password-file', '--key-password-file', [CompletionResultType]::ParameterName, 'A file with the password of an encrypted key')
            [CompletionResult]::new('--key-password-env', '--key-password-env', [CompletionResultType]::ParameterName, 'The environment variable with the password of an encrypted key')
            [CompletionResult]::new('--server-name', '--server-name', [CompletionResultType]::ParameterName, 'The name that the server''s certificate must have, instead of the target''s host')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Wait for a server that is not there yet, at most this long')
            [CompletionResult]::new('--keepalive', '--keepalive', [CompletionResultType]::ParameterName, 'Ping the server so often while a call is open; a connection on which it does not answer is given up')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Bound name, connection and schema')
            [CompletionResult]::new('--max-time', '--max-time', [CompletionResultType]::ParameterName, 'Bound the whole run, from the first look-up to the last reply')
            [CompletionResult]::new('--bearer', '--bearer', [CompletionResultType]::ParameterName, 'Send ''authorization: Bearer TOKEN'', for the call and for reflection')
            [CompletionResult]::new('--bearer-file', '--bearer-file', [CompletionResultType]::ParameterName, 'The token of --bearer, from a file')
            [CompletionResult]::new('--bearer-env', '--bearer-env', [CompletionResultType]::ParameterName, 'The token of --bearer, from an environment variable')
            [CompletionResult]::new('--bearer-command', '--bearer-command', [CompletionResultType]::ParameterName, 'The token of --bearer, as a line for the shell prints it')
            [CompletionResult]::new('--basic', '--basic', [CompletionResultType]::ParameterName, 'Send ''authorization: Basic …'' of USER:PASSWORD')
            [CompletionResult]::new('--basic-file', '--basic-file', [CompletionResultType]::ParameterName, 'The USER:PASSWORD of --basic, from a file')
            [CompletionResult]::new('--basic-env', '--basic-env', [CompletionResultType]::ParameterName, 'The USER:PASSWORD of --basic, from an environment variable')
            [CompletionResult]::new('--max-recv-size', '--max-recv-size', [CompletionResultType]::ParameterName, 'The largest reply that is taken')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour what is printed: on a terminal unless NO_COLOR is set, always or never')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Errors, hints and notes as text, or as one JSON object a line')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Print every change until interrupted')
            [CompletionResult]::new('--allow-exec', '--allow-exec', [CompletionResultType]::ParameterName, 'Let a target be a program (exec:COMMAND)')
            [CompletionResult]::new('--ipv4', '--ipv4', [CompletionResultType]::ParameterName, 'Dial IPv4 addresses only')
            [CompletionResult]::new('--ipv6', '--ipv6', [CompletionResultType]::ParameterName, 'Dial IPv6 addresses only')
            [CompletionResult]::new('--plaintext', '--plaintext', [CompletionResultType]::ParameterName, 'Do not encrypt; this is how loopback and unix sockets are reached anyway')
            [CompletionResult]::new('--tls', '--tls', [CompletionResultType]::ParameterName, 'Encrypt; this is how other hosts are reached anyway, and what the options below mean too')
            [CompletionResult]::new('-k', '-k', [CompletionResultType]::ParameterName, 'Take any certificate, from anyone')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Take any certificate, from anyone')
            [CompletionResult]::new('--expand-headers', '--expand-headers', [CompletionResultType]::ParameterName, 'Put environment variables into the values of -H and its kin, where they say ${NAME}')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell on stderr: * the address and the times, > what is sent, < what comes back; -vv what reflection is asked too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Tell on stderr: * the address and the times, > what is sent, < what comes back; -vv what reflection is asked too')
            [CompletionResult]::new('--show-secrets', '--show-secrets', [CompletionResultType]::ParameterName, 'Show secrets in -v and in events: authorization, cookies, and what names a token, secret, password or key')
            [CompletionResult]::new('--timing', '--timing', [CompletionResultType]::ParameterName, 'Tell on stderr how long each phase took, on one line')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'greet;resolve' {
            [CompletionResult]::new('--refresh', '--refresh', [CompletionResultType]::ParameterName, 'Ask again so often with --watch [default: file: 1s, exec: 5s, others 30s]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'One address a line and on a terminal what is known of it, or JSON')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'One address a line and on a terminal what is known of it, or JSON')
            [CompletionResult]::new('--resolve', '--resolve', [CompletionResultType]::ParameterName, 'Take this address for a host and port; several are joined by commas')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Bound the question')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour what is printed: on a terminal unless NO_COLOR is set, always or never')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Errors, hints and notes as text, or as one JSON object a line')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Print additions, removals and changes until interrupted')
            [CompletionResult]::new('--allow-exec', '--allow-exec', [CompletionResultType]::ParameterName, 'Let the target be a program (exec:COMMAND)')
            [CompletionResult]::new('--ipv4', '--ipv4', [CompletionResultType]::ParameterName, 'Show IPv4 addresses only')
            [CompletionResult]::new('--ipv6', '--ipv6', [CompletionResultType]::ParameterName, 'Show IPv6 addresses only')
            [CompletionResult]::new('--plaintext', '--plaintext', [CompletionResultType]::ParameterName, 'Where a port is missing, it is the one of plaintext: 50051 on loopback, else 80')
            [CompletionResult]::new('--tls', '--tls', [CompletionResultType]::ParameterName, 'Where a port is missing, it is the one of TLS: 443')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'greet;export' {
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Write a FileDescriptorSet; - is standard output')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Write a tree of .proto files into this directory, which is made if it is not there')
            [CompletionResult]::new('--target', '--target', [CompletionResultType]::ParameterName, 'A server beside the given schema')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'A .proto file, or a directory of them')
            [CompletionResult]::new('--proto', '--proto', [CompletionResultType]::ParameterName, 'A .proto file, or a directory of them')
            [CompletionResult]::new('--descriptor-set', '--descriptor-set', [CompletionResultType]::ParameterName, 'A compiled FileDescriptorSet (protoc --include_imports --descriptor_set_out); - is standard input')
            [CompletionResult]::new('--protoset', '--protoset', [CompletionResultType]::ParameterName, 'A compiled FileDescriptorSet (protoc --include_imports --descriptor_set_out); - is standard input')
            [CompletionResult]::new('-I', '-I ', [CompletionResultType]::ParameterName, 'A directory in which imports are looked up [default: inferred from packages and imports]')
            [CompletionResult]::new('--include', '--include', [CompletionResultType]::ParameterName, 'A directory in which imports are looked up [default: inferred from packages and imports]')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'Metadata ''key: value'', for the call and for reflection; the value of a -bin name is base64; @FILE has one a line')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Metadata ''key: value'', for the call and for reflection; the value of a -bin name is base64; @FILE has one a line')
            [CompletionResult]::new('--rpc-header', '--rpc-header', [CompletionResultType]::ParameterName, 'Metadata for the call only')
            [CompletionResult]::new('--reflect-header', '--reflect-header', [CompletionResultType]::ParameterName, 'Metadata for reflection only')
            [CompletionResult]::new('--reflection', '--reflection', [CompletionResultType]::ParameterName, 'Which version of server reflection to ask')
            [CompletionResult]::new('--authority', '--authority', [CompletionResultType]::ParameterName, 'The :authority to send instead of the target''s host; in TLS the server is asked by it')
            [CompletionResult]::new('--user-agent', '--user-agent', [CompletionResultType]::ParameterName, 'What to send before greet''s own user-agent')
            [CompletionResult]::new('-x', '-x', [CompletionResultType]::ParameterName, 'Reach the server through this proxy (CONNECT), http://[user:password@]host:port; '''' is none')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Reach the server through this proxy (CONNECT), http://[user:password@]host:port; '''' is none')
            [CompletionResult]::new('--resolve', '--resolve', [CompletionResultType]::ParameterName, 'Take this address for a host and port; several are joined by commas')
            [CompletionResult]::new('--cacert', '--cacert', [CompletionResultType]::ParameterName, 'Trust the certificates in this file (PEM or DER), and not the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate to the server (PEM, DER or PKCS#12); the file may have its key too')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of --cert: PEM or DER; PKCS#8, encrypted or not, PKCS#1 or SEC1')
            [CompletionResult]::new('--key-password-file', '--key-password-file', [CompletionResultType]::ParameterName, 'A file with the password of an encrypted key')
            [CompletionResult]::new('--key-password-env', '--key-password-env', [CompletionResultType]::ParameterName, 'The environment variable with the password of an encrypted key')
            [CompletionResult]::new('--server-name', '--server-name', [CompletionResultType]::ParameterName, 'The name that the server''s certificate must have, instead of the target''s host')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Wait for a server that is not there yet, at most this long')
            [CompletionResult]::new('--keepalive', '--keepalive', [CompletionResultType]::ParameterName, 'Ping the server so often while a call is open; a connection on which it does not answer is given up')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Bound name, connection and schema')
            [CompletionResult]::new('--max-time', '--max-time', [CompletionResultType]::ParameterName, 'Bound the whole run, from the first look-up to the last reply')
            [CompletionResult]::new('--bearer', '--bearer', [CompletionResultType]::ParameterName, 'Send ''authorization: Bearer TOKEN'', for the call and for reflection')
            [CompletionResult]::new('--bearer-file', '--bearer-file', [CompletionResultType]::ParameterName, 'The token of --bearer, from a file')
            [CompletionResult]::new('--bearer-env', '--bearer-env', [CompletionResultType]::ParameterName, 'The token of --bearer, from an environment variable')
            [CompletionResult]::new('--bearer-command', '--bearer-command', [CompletionResultType]::ParameterName, 'The token of --bearer, as a line for the shell prints it')
            [CompletionResult]::new('--basic', '--basic', [CompletionResultType]::ParameterName, 'Send ''authorization: Basic …'' of USER:PASSWORD')
            [CompletionResult]::new('--basic-file', '--basic-file', [CompletionResultType]::ParameterName, 'The USER:PASSWORD of --basic, from a file')
            [CompletionResult]::new('--basic-env', '--basic-env', [CompletionResultType]::ParameterName, 'The USER:PASSWORD of --basic, from an environment variable')
            [CompletionResult]::new('--max-recv-size', '--max-recv-size', [CompletionResultType]::ParameterName, 'The largest reply that is taken')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour what is printed: on a terminal unless NO_COLOR is set, always or never')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Errors, hints and notes as text, or as one JSON object a line')
            [CompletionResult]::new('--allow-exec', '--allow-exec', [CompletionResultType]::ParameterName, 'Let a target be a program (exec:COMMAND)')
            [CompletionResult]::new('--ipv4', '--ipv4', [CompletionResultType]::ParameterName, 'Dial IPv4 addresses only')
            [CompletionResult]::new('--ipv6', '--ipv6', [CompletionResultType]::ParameterName, 'Dial IPv6 addresses only')
            [CompletionResult]::new('--plaintext', '--plaintext', [CompletionResultType]::ParameterName, 'Do not encrypt; this is how loopback and unix sockets are reached anyway')
            [CompletionResult]::new('--tls', '--tls', [CompletionResultType]::ParameterName, 'Encrypt; this is how other hosts are reached anyway, and what the options below mean too')
            [CompletionResult]::new('-k', '-k', [CompletionResultType]::ParameterName, 'Take any certificate, from anyone')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Take any certificate, from anyone')
            [CompletionResult]::new('--expand-headers', '--expand-headers', [CompletionResultType]::ParameterName, 'Put environment variables into the values of -H and its kin, where they say ${NAME}')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell on stderr: * the address and the times, > what is sent, < what comes back; -vv what reflection is asked too')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Tell on stderr: * the address and the times, > what is sent, < what comes back; -vv what reflection is asked too')
            [CompletionResult]::new('--show-secrets', '--show-secrets', [CompletionResultType]::ParameterName, 'Show secrets in -v and in events: authorization, cookies, and what names a token, secret, password or key')
            [CompletionResult]::new('--timing', '--timing', [CompletionResultType]::ParameterName, 'Tell on stderr how long each phase took, on one line')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'greet;convert' {
            [CompletionResult]::new('--in', '--in', [CompletionResultType]::ParameterName, 'The form of the input [default: json; with --raw: binary]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'The form of the output: pretty on a terminal, json (one line a message) in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The form of the output: pretty on a terminal, json (one line a message) in a pipe')
            [CompletionResult]::new('--names', '--names', [CompletionResultType]::ParameterName, 'Spell fields as JSON does or as the .proto does')
            [CompletionResult]::new('--int64', '--int64', [CompletionResultType]::ParameterName, 'Print 64-bit integers as strings or as numbers')
            [CompletionResult]::new('--enums', '--enums', [CompletionResultType]::ParameterName, 'Print enum values as names or as numbers')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'A .proto file, or a directory of them')
            [CompletionResult]::new('--proto', '--proto', [CompletionResultType]::ParameterName, 'A .proto file, or a directory of them')
            [CompletionResult]::new('--descriptor-set', '--descriptor-set', [CompletionResultType]::ParameterName, 'A compiled FileDescriptorSet (protoc --include_imports --descriptor_set_out); - is standard input')
            [CompletionResult]::new('--protoset', '--protoset', [CompletionResultType]::ParameterName, 'A compiled FileDescriptorSet (protoc --include_imports --descriptor_set_out); - is standard input')
            [CompletionResult]::new('-I', '-I ', [CompletionResultType]::ParameterName, 'A directory in which imports are looked up [default: inferred from packages and imports]')
            [CompletionResult]::new('--include', '--include', [CompletionResultType]::ParameterName, 'A directory in which imports are looked up [default: inferred from packages and imports]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour what is printed: on a terminal unless NO_COLOR is set, always or never')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Errors, hints and notes as text, or as one JSON object a line')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Decode bytes without a schema, guessing what is nested, and say where each field begins')
            [CompletionResult]::new('--allow-unknown', '--allow-unknown', [CompletionResultType]::ParameterName, 'Drop unknown members and unknown enum names instead of refusing them')
            [CompletionResult]::new('--defaults', '--defaults', [CompletionResultType]::ParameterName, 'Print fields that have their default value')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'greet;check' {
            [CompletionResult]::new('-I', '-I ', [CompletionResultType]::ParameterName, 'A directory in which imports are looked up [default: inferred from packages and imports]')
            [CompletionResult]::new('--include', '--include', [CompletionResultType]::ParameterName, 'A directory in which imports are looked up [default: inferred from packages and imports]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour what is printed: on a terminal unless NO_COLOR is set, always or never')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Errors, hints and notes as text, or as one JSON object a line')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'greet;rules' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour what is printed: on a terminal unless NO_COLOR is set, always or never')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Errors, hints and notes as text, or as one JSON object a line')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Report what is wrong with rule files, as serve would when it loads them')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Say which rule answers a call, why those before it do not, and with what')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'greet;rules;check' {
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'A .proto file, or a directory of them')
            [CompletionResult]::new('--proto', '--proto', [CompletionResultType]::ParameterName, 'A .proto file, or a directory of them')
            [CompletionResult]::new('--descriptor-set', '--descriptor-set', [CompletionResultType]::ParameterName, 'A compiled FileDescriptorSet (protoc --include_imports --descriptor_set_out); - is standard input')
            [CompletionResult]::new('--protoset', '--protoset', [CompletionResultType]::ParameterName, 'A compiled FileDescriptorSet (protoc --include_imports --descriptor_set_out); - is standard input')
            [CompletionResult]::new('-I', '-I ', [CompletionResultType]::ParameterName, 'A directory in which imports are looked up [default: inferred from packages and imports]')
            [CompletionResult]::new('--include', '--include', [CompletionResultType]::ParameterName, 'A directory in which imports are looked up [default: inferred from packages and imports]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour what is printed: on a terminal unless NO_COLOR is set, always or never')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Errors, hints and notes as text, or as one JSON object a line')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'greet;rules;explain' {
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'Metadata of the call, ''key: value''; the value of a -bin name is base64')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Metadata of the call, ''key: value''; the value of a -bin name is base64')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'A .proto file, or a directory of them')
            [CompletionResult]::new('--proto', '--proto', [CompletionResultType]::ParameterName, 'A .proto file, or a directory of them')
            [CompletionResult]::new('--descriptor-set', '--descriptor-set', [CompletionResultType]::ParameterName, 'A compiled FileDescriptorSet (protoc --include_imports --descriptor_set_out); - is standard input')
            [CompletionResult]::new('--protoset', '--protoset', [CompletionResultType]::ParameterName, 'A compiled FileDescriptorSet (protoc --include_imports --descriptor_set_out); - is standard input')
            [CompletionResult]::new('-I', '-I ', [CompletionResultType]::ParameterName, 'A directory in which imports are looked up [default: inferred from packages and imports]')
            [CompletionResult]::new('--include', '--include', [CompletionResultType]::ParameterName, 'A directory in which imports are looked up [default: inferred from packages and imports]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour what is printed: on a terminal unless NO_COLOR is set, always or never')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Errors, hints and notes as text, or as one JSON object a line')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'greet;rules;help' {
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Report what is wrong with rule files, as serve would when it loads them')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Say which rule answers a call, why those before it do not, and with what')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'greet;rules;help;check' {
            break
        }
        'greet;rules;help;explain' {
            break
        }
        'greet;rules;help;help' {
            break
        }
        'greet;completions' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour what is printed: on a terminal unless NO_COLOR is set, always or never')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Errors, hints and notes as text, or as one JSON object a line')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'greet;man' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour what is printed: on a terminal unless NO_COLOR is set, always or never')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Errors, hints and notes as text, or as one JSON object a line')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'greet;help' {
            [CompletionResult]::new('call', 'call', [CompletionResultType]::ParameterValue, 'Call a method')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Serve every service of a schema')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Say whether the calls of a recording are as they were expected')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List services, or one service''s methods')
            [CompletionResult]::new('describe', 'describe', [CompletionResultType]::ParameterValue, 'Show a symbol as .proto source: a service, method, message, enum, field, oneof, value or extension')
            [CompletionResult]::new('health', 'health', [CompletionResultType]::ParameterValue, 'Ask the standard health check; exit code 0 when SERVING, else 7')
            [CompletionResult]::new('resolve', 'resolve', [CompletionResultType]::ParameterValue, 'Show the addresses behind a target, or every change of them')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Write the schema down: as a descriptor set, or as .proto files')
            [CompletionResult]::new('convert', 'convert', [CompletionResultType]::ParameterValue, 'Turn messages from one form into another, offline')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Report all that is wrong with .proto files, directories or descriptor sets')
            [CompletionResult]::new('rules', 'rules', [CompletionResultType]::ParameterValue, 'Check rule files, or ask one what it answers, without a server')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print a completion script for a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print the manual page of greet, or of one of its commands')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'greet;help;call' {
            break
        }
        'greet;help;serve' {
            break
        }
        'greet;help;verify' {
            break
        }
        'greet;help;list' {
            break
        }
        'greet;help;describe' {
            break
        }
        'greet;help;health' {
            break
        }
        'greet;help;resolve' {
            break
        }
        'greet;help;export' {
            break
        }
        'greet;help;convert' {
            break
        }
        'greet;help;check' {
            break
        }
        'greet;help;rules' {
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Report what is wrong with rule files, as serve would when it loads them')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Say which rule answers a call, why those before it do not, and with what')
            break
        }
        'greet;help;rules;check' {
            break
        }
        'greet;help;rules;explain' {
            break
        }
        'greet;help;completions' {
            break
        }
        'greet;help;man' {
            break
        }
        'greet;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
