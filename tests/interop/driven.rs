//! Python's grpcio drives greet by its admin service, without generated code.

use crate::peers::{run, serve};
use crate::tools::python;

#[test]
fn a_test_in_python_changes_and_looks_at_what_is_answered() {
    let Some(mut client) = python("admin.py") else { return };
    let (_server, target) = serve(&["--admin"]);
    let ended = run(client.arg(target));
    let seen = concat!(
        "{'message': 'Hello, Ann!'}\n",
        "{'ids': ['1']}\n",
        "{'message': 'Ahoy'} {'message': 'Hello, Bob!'}\n",
        "['admin:1:1', 'greeter.rules.yaml:3:5']\n",
        "[('SayHello', '1'), ('greeter.Greeter/SayHello', '2')]\n",
        "True\n",
        "INVALID_ARGUMENT test.py:1:13: for the example request the reply is no greeter.HelloReply: ",
        "unknown field \"mesage\" in greeter.HelloReply; did you mean message?\n",
        "{'message': 'Hello, Ann!'}\n",
    );
    assert_eq!((ended.code, ended.stdout.as_str()), (0, seen), "{}", ended.stderr);
}
