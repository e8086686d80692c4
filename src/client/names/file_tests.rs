//! Files that change under a watch, by a clock that is paused.

use std::path::PathBuf;

use tempfile::TempDir;
use tokio::time::timeout;

use super::*;
use crate::client::names::{Update, Updates, resolver};
use crate::leaf::Target;

fn made(text: &str) -> (TempDir, PathBuf, Updates) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("back ends.txt");
    fs::write(&path, text).unwrap();
    let target = Target::parse(&format!("file:{}", path.display())).unwrap();
    let updates = Updates::of(resolver(&target, &ConnectOptions::default()).unwrap());
    (folder, path, updates)
}

async fn next(updates: &mut Updates) -> String {
    match timeout(Duration::from_secs(60), updates.next()).await {
        Ok(Update::List(list)) => {
            list.located.iter().map(|e| e.peer.to_string()).collect::<Vec<_>>().join(" ")
        }
        Ok(Update::Empty(error) | Update::Lost(error)) => {
            let text = error.to_string();
            text.split_once(": ").map_or(text.clone(), |(_, cause)| cause.to_owned())
        }
        Err(_) => "nothing".to_owned(),
    }
}

#[tokio::test(start_paused = true)]
async fn a_file_is_watched_through_all_that_may_become_of_it() {
    let (_folder, path, mut updates) = made("127.0.0.1:1\n127.0.0.1:2 # two\n");
    assert_eq!(next(&mut updates).await, "127.0.0.1:1 127.0.0.1:2");
    assert_eq!(next(&mut updates).await, "nothing");
    fs::write(&path, "[{\"addr\":\"127.0.0.1:2\"}]").unwrap();
    assert_eq!(next(&mut updates).await, "127.0.0.1:2");
    fs::write(&path, "not an address").unwrap();
    assert!(next(&mut updates).await.contains("blanks"), "what is wrong is said");
    assert_eq!(next(&mut updates).await, "nothing");
    fs::remove_file(&path).unwrap();
    assert_eq!(next(&mut updates).await, "nothing", "it was said already that there is no list");
    fs::write(&path, "unix:/s").unwrap();
    assert_eq!(next(&mut updates).await, "unix:/s");
    fs::write(&path, "").unwrap();
    assert_eq!(next(&mut updates).await, format!("no backends in {}", path.display()));
}

#[tokio::test(start_paused = true)]
async fn a_file_that_is_just_being_written_is_waited_for() {
    let (_folder, path, mut updates) = made("127.0.0.1:1\n");
    assert_eq!(next(&mut updates).await, "127.0.0.1:1");
    // Emptied at 1 s, a line every 30 ms after that.
    let writer = async {
        sleep(Duration::from_millis(985)).await;
        for end in 0..=4 {
            let text = ["127.0.0.1:1\n", "127.0.0.1:2\n", "127.0.0.1:3\n", "127.0.0.1:4\n"][..end].concat();
            fs::write(&path, text).unwrap();
            sleep(Duration::from_millis(30)).await;
        }
    };
    let ((), said) = tokio::join!(writer, next(&mut updates));
    assert_eq!(said, "127.0.0.1:1 127.0.0.1:2 127.0.0.1:3 127.0.0.1:4");
}

#[tokio::test]
async fn what_cannot_be_read_says_why() {
    for (path, wanted) in [
        ("/nowhere/at/all", "cannot read /nowhere/at/all: no such file or directory"),
        ("/", "cannot read /: it is a directory"),
    ] {
        let target = Target::parse(&format!("file:{path}")).unwrap();
        let error = resolver(&target, &ConnectOptions::default()).unwrap().resolve().await.unwrap_err();
        assert_eq!(error.to_string(), wanted);
    }
}

#[tokio::test]
async fn a_pipe_is_read_once_and_a_long_one_not_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let target = Target::parse(&format!("file:{}", pipe.display())).unwrap();
    let resolver = resolver(&target, &ConnectOptions::default()).unwrap();
    let writer = pipe.clone();
    std::thread::spawn(move || fs::write(writer, "127.0.0.1:1"));
    assert_eq!(resolver.resolve().await.unwrap().located[0].peer.to_string(), "127.0.0.1:1");
    std::thread::spawn(move || fs::write(pipe, vec![b'#'; 2 << 20]));
    assert!(resolver.resolve().await.unwrap_err().to_string().ends_with("it is longer than 1 MiB"));
}
