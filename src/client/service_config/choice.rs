//! Which of the service configs that DNS has is meant for this client (gRFC A2).

use serde_json::Value;

use super::reader::{ConfigError, Fields};

/// The first whose conditions hold.
pub(super) fn choose(value: &Value, random: f64) -> Result<Option<&Value>, ConfigError> {
    let Value::Array(choices) = value else { return Err(ConfigError::new("", "is no list of choices")) };
    for (at, choice) in choices.iter().enumerate() {
        let fields = Fields::of(choice, &format!("[{at}]"))?;
        let languages = fields.list("clientLanguage")?;
        // It is no language of those that gRPC names; `greet` is for those who test.
        let spoken = languages.is_empty() || languages.iter().any(|(_, name)| name.as_str() == Some("greet"));
        let hosts = fields.list("clientHostname")?;
        let part = match fields.number("percentage")? {
            Some(part) if part > 100 => return Err(fields.error("percentage", "is more than 100")),
            part => part.unwrap_or(100),
        };
        let drawn = random * 100.0 < f64::from(part);
        // Which host this is nobody knows here, so that a choice for some is for others.
        if spoken && hosts.is_empty() && drawn {
            let config = fields.value("serviceConfig");
            return config.map(Some).ok_or_else(|| fields.error("serviceConfig", "is missing"));
        }
    }
    Ok(None)
}
