//! From the name of a message type to the type, and to all that its messages may hold.

use super::outline::SymbolKind;
use super::resolve::{is_suffix, is_suggested, near, only};
use super::{Schema, SchemaError, Symbol};

impl Schema {
    /// The message type that a name means: its full name, or a unique suffix of whole components of one. An
    /// exact name costs one question; only another one looks at all types.
    ///
    /// The closure has the file that declares the type, what that reaches, and what extends it in files at hand.
    ///
    /// # Errors
    /// When no type has the name (with the nearest), several have it (with all), it names something else, a
    /// source cannot be asked, or what the type reaches does not link.
    pub async fn message_type(&self, name: &str) -> Result<Symbol, SchemaError> {
        let asked = name.trim_start_matches('.');
        if let Some(found) = self.type_exactly(asked).await? {
            return Ok(found);
        }
        let mut known = Vec::new();
        for tier in self.tiers().into_iter().map(Some).chain([None]) {
            let mut meant = Vec::new();
            self.walk(tier.as_deref(), &mut |declared| {
                if declared.kind != SymbolKind::Message {
                    return;
                }
                if is_suffix(declared.name, asked) {
                    meant.push(declared.name.to_owned());
                }
                if is_suggested(declared.name, asked) {
                    known.push(declared.name.to_owned());
                }
            })
            .await?;
            let Some(name) = only("message type", name, meant)? else { continue };
            let found = match self.type_exactly(&name).await? {
                None => self.symbol_in(tier.as_deref(), &name).await?,
                some => some,
            };
            if let Some(found) = found {
                return Ok(found);
            }
        }
        Err(self.unknown("message type", name, near(asked, &known)))
    }

    async fn type_exactly(&self, name: &str) -> Result<Option<Symbol>, SchemaError> {
        let Some((origin, file)) = self.find(name).await? else { return Ok(None) };
        match file.outline().kind(name) {
            // A source may answer with a file that only it believes to hold the name.
            None => return Ok(None),
            Some(SymbolKind::Message) => {}
            Some(_) => {
                let error = format!("'{name}' is no message type");
                return Err(SchemaError::not_found(error, Vec::new()));
            }
        }
        let closure = self.linked(origin, vec![file]).await?;
        closure.sound(name)?;
        Ok(Some(Symbol::new(name, SymbolKind::Message, closure)))
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    const BASE: &str = r#"
        syntax = "proto2";
        package base;
        message Base { optional string name = 1; extensions 100 to 200; message Inner { message Deep {} } }
        message Plain { message Inner { message Deeper {} } }
        service Talk { rpc Say(Base) returns (Plain); }
        enum Role { NONE = 0; }
    "#;
    const MORE: &str = r#"
        syntax = "proto2";
        package more;
        import "base.proto";
        message Plane {}
        extend base.Base { optional int32 level = 100; }
    "#;

    fn schema() -> (tempfile::TempDir, Schema) {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [("base.proto", BASE), ("more.proto", MORE)] {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let schema = Schema::from_files([folder.path().join("more.proto")], [] as [&str; 0]).unwrap();
        (folder, schema)
    }

    fn ask(schema: &Schema, name: &str) -> Result<Symbol, SchemaError> {
        schema.message_type(name).now_or_never().expect("files are at hand")
    }

    #[test]
    fn a_type_is_found_by_its_name_or_a_suffix_of_it() {
        let (_folder, schema) = schema();
        for (asked, meant) in [
            ("base.Base", "base.Base"),
            (".base.Base", "base.Base"),
            ("Base", "base.Base"),
            ("Deep", "base.Base.Inner.Deep"),
            ("Inner.Deeper", "base.Plain.Inner.Deeper"),
            ("google.protobuf.Any", "google.protobuf.Any"),
            ("Timestamp", "google.protobuf.Timestamp"),
        ] {
            assert_eq!(ask(&schema, asked).unwrap().name(), meant, "{asked}");
        }
        for (asked, message, nearest) in [
            (
                "Inner",
                "message type 'Inner' is ambiguous: it may be base.Base.Inner, base.Plain.Inner",
                vec!["base.Base.Inner", "base.Plain.Inner"],
            ),
            ("base.Role", "'base.Role' is no message type", vec![]),
            ("Say", "message type 'Say' not found in ", vec![]),
            ("base.Basse", "message type 'base.Basse' not found in ", vec!["base.Base"]),
        ] {
            let error = ask(&schema, asked).unwrap_err();
            assert!(error.to_string().starts_with(message), "{asked}: {error}");
            assert_eq!(error.nearest(), nearest, "{asked}");
        }
    }

    #[test]
    fn what_takes_extensions_sees_the_files_that_extend_it() {
        let (_folder, schema) = schema();
        let base = ask(&schema, "base.Base").unwrap();
        assert!(base.closure().descriptors().extension_by_name("more.level").is_some());
        assert_eq!(ask(&schema, "more.Plane").unwrap().closure().files().len(), 2);
        assert_eq!(ask(&schema, "google.protobuf.Timestamp").unwrap().closure().files().len(), 1);
    }
}
