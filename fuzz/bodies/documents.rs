//! Documents: cut the same however the bytes come.

use greet::transcode::documents::{Dialect, DocumentRef, Documents};
use greet::transcode::options::JsonInput;

use super::subjects::subject;
use crate::random::Choices;

const DIALECTS: [Dialect; 5] =
    [Dialect::Strict, Dialect::Relaxed, Dialect::Text, Dialect::Binary, Dialect::Delimited];

/// All that can be asked of one document.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    body: Vec<u8>,
    number: u64,
    begun: u64,
    offset: u64,
    places: Vec<Option<(usize, usize)>>,
    as_message: Result<Vec<u8>, String>,
}

/// An input is a byte for the dialect, one for the type, one for how it is cut into pieces, and the bytes.
pub(crate) fn documents(data: &[u8]) {
    let [dialect, type_, pieces, input @ ..] = data else { return };
    let dialect = DIALECTS[usize::from(*dialect) % DIALECTS.len()];
    let whole = cut(dialect, *type_, input, &mut |_| usize::MAX);
    let mut choices = Choices::seed((*pieces).into());
    let in_pieces = cut(dialect, *type_, input, &mut |_| 1 + choices.below(9));
    assert_eq!(whole, in_pieces, "in pieces");
    assert_eq!(whole, cut(dialect, *type_, input, &mut |_| 1), "byte by byte");
    let all = Documents::all(dialect, input).map(|all| all.len()).map_err(|error| error.to_string());
    match (&whole.1, all) {
        (None, Ok(count)) => assert_eq!(whole.0.len(), count),
        (Some(error), Err(other)) => assert_eq!(*error, other),
        (one, other) => panic!("{one:?} and {other:?}"),
    }
}

/// The documents, and the error at their end.
fn cut(
    dialect: Dialect,
    type_: u8,
    input: &[u8],
    piece: &mut dyn FnMut(usize) -> usize,
) -> (Vec<Seen>, Option<String>) {
    let mut documents = Documents::new(dialect);
    let mut seen = Vec::new();
    let mut rest = input;
    loop {
        loop {
            match documents.advance() {
                Ok(true) => seen.push(Seen::new(documents.current().expect("it went to one"), type_)),
                Ok(false) => break,
                Err(error) => {
                    assert_eq!(documents.advance(), Ok(false), "the error is the last thing that comes");
                    return (seen, Some(error.to_string()));
                }
            }
        }
        if rest.is_empty() {
            documents.finish();
            loop {
                match documents.advance() {
                    Ok(true) => seen.push(Seen::new(documents.current().expect("it went to one"), type_)),
                    Ok(false) => return (seen, None),
                    Err(error) => return (seen, Some(error.to_string())),
                }
            }
        }
        let length = piece(rest.len()).min(rest.len());
        // Both ways of taking bytes in turn.
        if length.is_multiple_of(2) {
            documents.push(&rest[..length]);
        } else {
            let room = documents.room();
            let length = length.min(room.len());
            room[..length].copy_from_slice(&rest[..length]);
            documents.filled(length);
            rest = &rest[length..];
            continue;
        }
        rest = &rest[length..];
    }
}

impl Seen {
    fn new(document: DocumentRef<'_>, type_: u8) -> Self {
        let body = document.as_bytes().to_vec();
        let mut wire = Vec::new();
        let as_message = document.to_wire(&subject(type_).plan, JsonInput::default(), &mut wire);
        Self {
            number: document.number(),
            begun: document.begun(),
            offset: document.offset(),
            places: (0..=body.len().min(40)).map(|offset| document.position(offset)).collect(),
            as_message: as_message.map(|()| wire).map_err(|error| error.to_string()),
            body,
        }
    }
}
