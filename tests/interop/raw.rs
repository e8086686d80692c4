//! protoc decodes bytes without a schema, and greet says the same of them.

use std::fs::File;
use std::process::Command;

use crate::tools;

/// Numbers that look random, and are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).map_or(0, |number| number % most)
    }

    fn byte(&mut self, limit: usize) -> u8 {
        self.below(limit).to_le_bytes()[0]
    }

    /// Fewer than `most` bytes below `limit`.
    fn bytes(&mut self, most: usize, limit: usize) -> Vec<u8> {
        (0..self.below(most)).map(|_| self.byte(limit)).collect()
    }
}

fn varint(mut value: usize, out: &mut Vec<u8>) {
    while value > 0x7f {
        out.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    out.push(value.to_le_bytes()[0]);
}

/// Some field; protoc guesses ten levels deep.
fn field(dice: &mut Dice, level: usize, out: &mut Vec<u8>) {
    let number = 1 + dice.below(40);
    let mut length_delimited = |body: &[u8]| {
        varint(number << 3 | 2, out);
        varint(body.len(), out);
        out.extend_from_slice(body);
    };
    match dice.below(if level < 8 { 9 } else { 7 }) {
        0 => {
            varint(number << 3, out);
            let value = dice.below(1 << 30);
            varint(value, out);
        }
        1 => {
            varint(number << 3 | 1, out);
            out.extend((0..8).map(|_| dice.byte(256)));
        }
        2 => {
            varint(number << 3 | 5, out);
            out.extend((0..4).map(|_| dice.byte(256)));
        }
        // Small bytes are tags of small fields: much of this may be a message.
        3 => length_delimited(&dice.bytes(8, 48)),
        4 => length_delimited(&dice.bytes(40, 128)),
        // Any bytes, but few: within a value protoc takes tags of more than five bytes, and greet does not.
        5 => length_delimited(&dice.bytes(6, 256)),
        6 => length_delimited("Größe 'x' \"y\" \\ \t".as_bytes()),
        7 => length_delimited(&fields(dice, level + 1)),
        _ => {
            varint(number << 3 | 3, out);
            out.extend(fields(dice, level + 1));
            varint(number << 3 | 4, out);
        }
    }
}

fn fields(dice: &mut Dice, level: usize) -> Vec<u8> {
    let mut out = Vec::new();
    for _ in 0..dice.below(5) {
        field(dice, level, &mut out);
    }
    out
}

#[test]
fn protoc_decodes_the_same() {
    let Some(python) = tools::python_itself() else { return };
    let mut wire = Vec::new();
    let mut dice = Dice(4);
    for _ in 0..3000 {
        field(&mut dice, 0, &mut wire);
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wire");
    std::fs::write(&file, &wire).unwrap();

    let said = |mut command: Command| {
        let ended = command.stdin(File::open(&file).unwrap()).output().unwrap();
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
        String::from_utf8(ended.stdout).unwrap()
    };
    let mut protoc = python;
    protoc.args(["-m", "grpc_tools.protoc", "--decode_raw"]);
    let theirs = said(protoc);
    let ours = said(tools::greet(["convert", "--raw", "-"]));
    let ours = ours.lines().map(|line| line.rfind("  # @").map_or(line, |at| &line[..at]));
    assert!(theirs.lines().count() > 3000 && theirs.contains("\n        1"), "there is something to compare");
    for (n, (ours, theirs)) in ours.clone().zip(theirs.lines()).enumerate() {
        assert_eq!(ours, theirs, "line {}", n + 1);
    }
    assert_eq!(ours.count(), theirs.lines().count());
}
