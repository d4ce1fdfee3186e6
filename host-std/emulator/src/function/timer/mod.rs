//! Timer triggers.

mod cron;

use serde_json::{Value, json};

use cron::Cron;

/// A trigger that fires by the clock.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Timer {
    pub(crate) name: String,
    cron: Cron,
    message: String,
    is_enabled: bool,
}

impl Timer {
    /// Reads `{"name": …, "cron": …, "message": …, "enabled": …}`.
    pub(super) fn read(value: &Value) -> Result<Self, String> {
        let object = value.as_object().ok_or("timers must be a list of objects")?;
        if let Some(key) = object
            .keys()
            .find(|key| !["name", "cron", "message", "enabled"].contains(&key.as_str()))
        {
            return Err(format!(
                "timers: {key:?} is not known; there are name, cron, message and enabled"
            ));
        }
        let text = |key: &str| object.get(key).and_then(Value::as_str).map(str::to_owned);
        let cron = text("cron").ok_or("timers: cron must be a string")?;
        Ok(Self {
            name: text("name").unwrap_or_else(|| "timer".to_owned()),
            cron: Cron::parse(&cron).map_err(|what| format!("timers: {what}"))?,
            message: text("message").unwrap_or_default(),
            is_enabled: object.get("enabled").and_then(Value::as_bool).unwrap_or(true),
        })
    }

    /// Returns when it fires next, in seconds since 1970.
    pub(crate) fn after(&self, unix: i64) -> Option<i64> {
        self.cron.after(unix).filter(|_| self.is_enabled)
    }

    /// Returns the event that it sends, `time` as the cloud writes it.
    pub(crate) fn event(&self, time: &str) -> String {
        json!({
            "Type": "Timer",
            "TriggerName": self.name,
            "Time": time,
            "Message": self.message,
        })
        .to_string()
    }
}
