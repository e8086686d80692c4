//! What a reader lets pass and how a writer prints.

/// What a reader does with fields and enum names that the type does not have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Unknown {
    /// They are errors.
    #[default]
    Refuse,
    /// They are left out.
    Drop,
}

/// How JSON is read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct JsonInput {
    /// Members and enum names that the type does not have.
    pub unknown: Unknown,
}

/// How text format is read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TextInput {
    /// Fields, by name or by number, extensions and enum values that the type does not have.
    pub unknown: Unknown,
}

/// What a writer does with fields that the type does not have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum UnknownFields {
    /// They stay out.
    #[default]
    Omit,
    /// They are printed by their numbers, behind the others: `7: 300`, `8: 0x0000002a`, `9 { 1: "a" }`. What
    /// they are is guessed from the wire, and no reader can tell them back.
    Print,
}

/// How text format is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TextOutput {
    /// Fields that the type does not have, and numbers that a closed enum does not name.
    pub unknown: UnknownFields,
}

/// Whether JSON takes one line or several.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Layout {
    /// One line, with no space after `:` and `,`.
    #[default]
    Line,
    /// Two spaces a level, and line ends.
    Pretty,
}

/// What is printed for fields without presence that have their default value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Defaults {
    /// Nothing.
    #[default]
    Omit,
    /// The default value; messages and oneof members that are not set stay out.
    Print,
}

/// Which of a field's two names is printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Names {
    /// The JSON name, `userId`.
    #[default]
    Json,
    /// The name in the .proto, `user_id`.
    Proto,
}

/// How 64-bit integers are printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Int64 {
    /// As strings, as ProtoJSON says.
    #[default]
    String,
    /// As numbers, which readers that know only doubles round.
    Number,
}

/// How enum values are printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Enums {
    /// By name; values without one by number.
    #[default]
    Name,
    /// By number.
    Number,
}

/// How JSON is written. The default is what `greet call` prints into a pipe.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct JsonOutput {
    /// One line or several.
    pub layout: Layout,
    /// Fields without presence at their default value.
    pub defaults: Defaults,
    /// JSON names or those of the .proto.
    pub names: Names,
    /// 64-bit integers.
    pub int64: Int64,
    /// Enum values.
    pub enums: Enums,
}
