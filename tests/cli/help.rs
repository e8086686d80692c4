//! Help texts and completions, compared whole with what is kept.

use std::path::Path;

use crate::run::greet;

const COMMANDS: [&str; 16] = [
    "call",
    "serve",
    "verify",
    "list",
    "describe",
    "explain",
    "health",
    "resolve",
    "export",
    "convert",
    "check",
    "rules",
    "rules check",
    "rules explain",
    "completions",
    "man",
];

/// The words of a command, and more behind them.
fn words<'a>(command: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    command.split(' ').chain(more.iter().copied()).collect()
}

/// Compares with a kept file; with `GREET_UPDATE` set, writes it instead.
fn kept(path: &Path, now: &str) {
    if std::env::var_os("GREET_UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, now).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(
        kept,
        now,
        "{} is not what greet prints; GREET_UPDATE=1 cargo test --test cli mends it",
        path.display()
    );
}

#[test]
fn help_is_as_kept() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/help");
    let ran = greet(&["--help"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    kept(&root.join("greet.txt"), &ran.stdout);
    for command in COMMANDS {
        let ran = greet(&words(command, &["--help"]));
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
        kept(&root.join(format!("{}.txt", command.replace(' ', "-"))), &ran.stdout);
        assert_eq!(greet(&words(command, &["-h"])).code, 0);
    }
}

#[test]
fn the_list_of_all_options_is_as_kept() {
    let mut page = String::from(
        "# The command line\n\nEverything that this version takes, as `greet --help` and `greet COMMAND --help` print it.\n",
    );
    let sections =
        std::iter::once(vec!["--help"]).chain(COMMANDS.iter().map(|command| words(command, &["--help"])));
    for words in sections {
        let title = words.join(" ");
        let title = title.strip_suffix("--help").unwrap_or_default().trim_end();
        let title = if title.is_empty() { "greet".to_owned() } else { format!("greet {title}") };
        let help = greet(&words).stdout;
        page.extend(["\n## ", &title, "\n\n```text\n", help.trim_end(), "\n```\n"]);
    }
    kept(&Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/cli.md"), &page);
}

#[test]
fn completions_are_as_kept() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("completions");
    for (shell, file) in [
        ("bash", "greet.bash"),
        ("zsh", "_greet"),
        ("fish", "greet.fish"),
        ("powershell", "greet.ps1"),
        ("elvish", "greet.elv"),
    ] {
        let ran = greet(&["completions", shell]);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
        kept(&root.join(file), &ran.stdout);
    }
}

#[test]
fn the_version_is_the_packages() {
    let short = format!("greet {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(greet(&["-V"]).stdout, short);
    assert_eq!(greet(&["list", "-V"]).stdout, short.replace("greet ", "greet-list "));
    let ran = greet(&["--version"]);
    let mut lines = ran.stdout.lines();
    assert_eq!((ran.code, lines.next()), (0, Some(short.trim_end())));
    let facts: Vec<(&str, &str)> = lines.map(|line| line.split_once(": ").unwrap()).collect();
    let names: Vec<&str> = facts.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["commit", "target", "profile", "features", "tls", "compression"], "{}", ran.stdout);
    assert!(facts[1].1.starts_with(std::env::consts::ARCH), "{}", ran.stdout);
    assert_eq!(facts[2].1 == "debug", cfg!(debug_assertions));
    // The provider is the one that is linked, and no path of the machine that built it is told.
    let manifest = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).unwrap();
    let provider = facts[4].1.strip_prefix("rustls with ").unwrap();
    let rustls = manifest.lines().find(|line| line.starts_with("rustls = ")).unwrap();
    assert!(rustls.contains(&format!("\"{provider}\"")), "{rustls}");
    assert!(!ran.stdout.contains('/'), "{}", ran.stdout);
}

#[test]
fn manual_pages_say_what_help_says() {
    let whole = greet(&["man"]);
    assert_eq!((whole.code, whole.stderr.as_str()), (0, ""));
    assert!(whole.stdout.contains(".TH greet 1"), "{}", whole.stdout);
    assert!(!whole.stdout.contains("profile: "), "a page is the same wherever it is made");
    for command in COMMANDS {
        let name = command.replace(' ', "-");
        let outer = match command.split_once(' ') {
            None => whole.stdout.clone(),
            Some((outer, _)) => greet(&["man", outer]).stdout,
        };
        let listed = format!("greet\\-{}(1)", name.replace('-', "\\-"));
        assert!(outer.contains(&listed), "{command}: {outer}");
        let page = greet(&["man", &name]).stdout;
        assert!(page.contains(&format!(".TH greet-{name} 1")), "{page}");
        let version = format!("\"greet {}\" greet", env!("CARGO_PKG_VERSION"));
        assert!(page.contains(&version), "{page}");
        // Every long option that help shows stands in the page.
        for option in greet(&words(command, &["--help"])).stdout.lines().map(str::trim_start) {
            let is_long = |word: &&str| {
                word.strip_prefix("--").is_some_and(|name| name.starts_with(char::is_alphabetic))
            };
            let mut words = option.split([' ', ',', '=', '\'', '.']);
            if let Some(long) = words.find(is_long).filter(|_| option.starts_with('-')) {
                let roff = long.replace('-', "\\-");
                assert!(page.contains(&roff), "{command} {long}: {page}");
            }
        }
    }
    let nothing = greet(&["man", "nothing"]);
    assert_eq!((nothing.code, nothing.stdout.as_str()), (2, ""));
    assert!(nothing.stderr.starts_with("error: there is no command 'nothing'\nhint: "), "{}", nothing.stderr);
}

#[test]
fn every_option_of_the_page_for_grpcurls_users_is_there() {
    let page =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/from-grpcurl.md")).unwrap();
    let all: String = COMMANDS.iter().map(|command| greet(&words(command, &["--help"])).stdout).collect();
    let mut found = 0;
    // What is grpcurl's stands in the first column of a row, all else is greet's.
    for row in page.lines().filter(|line| line.starts_with("| `")) {
        let ours = row.splitn(3, '|').nth(2).unwrap();
        for word in ours.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')) {
            if word.strip_prefix("--").is_some_and(|name| name.starts_with(char::is_alphabetic)) {
                found += 1;
                assert!(
                    all.contains(&format!("{word} ")) || all.contains(&format!("{word}\n")),
                    "{word}: {row}"
                );
            }
        }
    }
    assert!(found > 25, "{found}");
}
