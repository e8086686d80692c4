//! A rule as a Rust test writes it: part by part, with values for messages.

use serde_json::{Map, Value, json};

use super::error::RuleError;
use super::file;
use super::rule::Rule;

/// A rule that has no answer yet; [`Rule::method`] begins it.
#[derive(Debug, Clone)]
#[must_use = "it is no rule before it has an answer"]
pub struct RuleBuilder {
    keys: Map<String, Value>,
}

impl Rule {
    /// Begins a rule for a method, named as a rule file does: `greeter.Greeter/SayHello`, a unique end of it,
    /// `greeter.Greeter/*`, or `*`.
    ///
    /// ```
    /// use greet::{Client, Expected, Rule, Server, Times};
    /// use serde_json::json;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// let server = Server::builder()
    ///     .rule(Rule::method("SayHello").when(r#".name == """#).error("INVALID_ARGUMENT", "who?")?)
    ///     .rule(Rule::method("SayHello").with("metadata", json!({"x-by": "greet"})).reply(json!({"message": "Ahoy"}))?)
    ///     .start()
    ///     .await?;
    ///
    /// let client = Client::connect(server.target()).await?;
    /// assert_eq!(client.call("SayHello", r#"{"name":"Ann"}"#).await?.json()?, r#"{"message":"Ahoy"}"#);
    ///
    /// assert_eq!(server.journal().calls("SayHello").len(), 1);
    /// let seen = server.verify(&Expected::of("SayHello", Times::exactly(1)).and(r#".name == "Ann""#, "name")?);
    /// assert!(seen.holds, "{seen}");
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    pub fn method(name: &str) -> RuleBuilder {
        RuleBuilder { keys: Map::new() }.with("method", json!(name))
    }
}

impl RuleBuilder {
    /// The rule holds for calls for which this jq program does.
    pub fn when(self, program: &str) -> Self {
        self.with("when", json!(program))
    }

    /// Any other key of a rule, with the value that it would have in a rule file: `metadata`, `delay`, `per`, `expect` and so
    /// on.
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.keys.insert(key.to_owned(), value.into());
        self
    }

    /// The answer: an object is the message itself, a string a jq program, an array several of both.
    ///
    /// # Errors
    /// When a key is none of a rule, or its value does not fit it. Whether messages and programs fit the method is looked at when
    /// the server starts.
    pub fn reply(self, reply: impl Into<Value>) -> Result<Rule, RuleError> {
        self.with("reply", reply).build()
    }

    /// The answer: a status, its code by name.
    ///
    /// # Errors
    /// As [`RuleBuilder::reply`].
    pub fn error(self, code: &str, message: &str) -> Result<Rule, RuleError> {
        self.with("error", json!({"code": code, "message": message})).build()
    }

    /// The rule, whose answer [`RuleBuilder::with`] gave: `replies`, or moments such as `each`.
    ///
    /// # Errors
    /// As [`RuleBuilder::reply`].
    pub fn build(self) -> Result<Rule, RuleError> {
        let text = json!({"rules": [self.keys]}).to_string();
        let rule = file::parse(&text, "rule")?.pop();
        rule.ok_or_else(|| RuleError::new("there is no rule", crate::query::Origin::new("rule")))
    }
}
