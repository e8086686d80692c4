//! `-w FORMAT`: what is written to stdout when all is over.

use std::time::Duration;

use greet::leaf::nearest::nearest;

use super::story::Story;
use crate::failure::{Failure, Kind};

/// What may stand in `%{…}`.
const NAMES: [&str; 19] = [
    "n",
    "code",
    "name",
    "message",
    "exit_code",
    "method",
    "target",
    "peer",
    "requests",
    "replies",
    "size_upload",
    "size_download",
    "time_dns",
    "time_connect",
    "time_tls",
    "time_http2",
    "time_schema",
    "time_first_message",
    "time_total",
];

/// A format, read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct WriteOut(Vec<Piece>);

#[derive(Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Name(&'static str),
}

impl WriteOut {
    /// # Errors
    /// When a name is not known.
    pub(super) fn parse(format: &str) -> Result<Self, Failure> {
        let mut pieces = Vec::new();
        let mut text = String::new();
        let mut rest = format;
        while let Some(c) = rest.chars().next() {
            let (now, length) = match (c, rest.as_bytes().get(1)) {
                ('\\', Some(b'n')) => ('\n', 2),
                ('\\', Some(b'r')) => ('\r', 2),
                ('\\', Some(b't')) => ('\t', 2),
                ('\\', Some(b'\\')) => ('\\', 2),
                ('%', Some(b'%')) => ('%', 2),
                ('%', Some(b'{')) => {
                    let Some((name, behind)) = rest[2..].split_once('}') else {
                        return Err(Failure::new(Kind::Usage, format!("-w: '{rest}' has no '}}'")));
                    };
                    let known = NAMES.iter().find(|known| **known == name).ok_or_else(|| unknown(name))?;
                    pieces.extend([Piece::Text(std::mem::take(&mut text)), Piece::Name(known)]);
                    rest = behind;
                    continue;
                }
                _ => (c, c.len_utf8()),
            };
            text.push(now);
            rest = &rest[length..];
        }
        pieces.push(Piece::Text(text));
        Ok(Self(pieces))
    }

    /// The text with what is known at the end; what is not is empty.
    pub(super) fn render(&self, story: &Story, exit_code: u8) -> String {
        let times = story.times();
        let mut text = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(piece) => text.push_str(piece),
                Piece::Name(name) => text.push_str(&value(name, story, exit_code, &times)),
            }
        }
        text
    }
}

fn value(name: &str, story: &Story, exit_code: u8, times: &[(&str, Duration)]) -> String {
    let status = story.status.as_ref();
    match name {
        "n" => story.n.map(|n| n.to_string()).unwrap_or_default(),
        "code" => status.map(|status| status.code.number().to_string()).unwrap_or_default(),
        "name" => status.map(|status| status.code.name().to_owned()).unwrap_or_default(),
        "message" => status.map(|status| status.message.clone()).unwrap_or_default(),
        "exit_code" => exit_code.to_string(),
        "method" => story.method.clone(),
        "target" => story.target.clone(),
        "peer" => story.peer.clone().unwrap_or_default(),
        "requests" => story.requests.messages.to_string(),
        "replies" => story.replies.messages.to_string(),
        "size_upload" => story.requests.bytes.to_string(),
        "size_download" => story.replies.bytes.to_string(),
        time => {
            let phase = time.strip_prefix("time_").unwrap_or(time);
            let time = times.iter().find(|(name, _)| *name == phase);
            time.map(|(_, time)| format!("{:.6}", time.as_secs_f64())).unwrap_or_default()
        }
    }
}

fn unknown(name: &str) -> Failure {
    let near: Vec<String> = nearest(name, NAMES, 3).into_iter().map(ToOwned::to_owned).collect();
    let failure = Failure::new(Kind::Usage, format!("-w: there is no '%{{{name}}}'"));
    if near.is_empty() {
        failure.hint(format!("there are {}", NAMES.join(", ")))
    } else {
        failure.did_you_mean(&near)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_has_names_and_escapes() {
        let told = |format: &str| WriteOut::parse(format).map(|out| out.render(&Story::new("t", "a.B/C"), 5));
        let told = |format: &str| told(format).map_err(|failure| failure.cause().to_owned());
        assert_eq!(told(r"%{exit_code} %{method}\t[%{code}]%%\n").as_deref(), Ok("5 a.B/C\t[]%\n"));
        assert_eq!(told(r"100% \x é\").as_deref(), Ok(r"100% \x é\"));
        assert_eq!(told("%{time_dns}%{requests}").as_deref(), Ok("0"));
        assert_eq!(told("%{cod}").unwrap_err(), "-w: there is no '%{cod}'");
        assert_eq!(told("%{code").unwrap_err(), "-w: '%{code' has no '}'");
    }

    #[test]
    fn every_name_has_a_value() {
        let mut story = Story::new("t", "m");
        story.n = Some(7);
        for name in NAMES {
            // What is no name of its own is a phase, and those that were not gone through are empty.
            let phase = name.strip_prefix("time_");
            let text = value(name, &story, 0, &[(phase.unwrap_or("none"), Duration::from_millis(1500))]);
            assert_eq!(phase.is_some(), text == "1.500000", "{name}");
        }
    }
}
