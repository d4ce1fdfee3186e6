//! Aliases, which stand for a version or share calls among several.

use std::hash::{BuildHasher, Hasher, RandomState};

use serde_json::Value;
use sha2::{Digest, Sha256};

/// The versions that an alias stands for, each with its share of the calls.
/// A version by itself has none.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Alias(Vec<(String, f64)>);

impl Alias {
    /// Reads `"3"`, or `{"3": 0.9, "4": 0.1}`.
    pub(super) fn read(value: &Value) -> Option<Self> {
        match value {
            Value::String(version) => Some(Self(vec![(version.clone(), 1.0)])),
            Value::Object(shares) => {
                let shares: Vec<_> = shares
                    .iter()
                    .map(|(version, share)| {
                        let share = share.as_f64().filter(|share| *share >= 0.0)?;
                        Some((version.clone(), share))
                    })
                    .collect::<Option<_>>()?;
                let sum: f64 = shares.iter().map(|(_, share)| share).sum();
                (sum > 0.0).then_some(Self(shares))
            }
            _ => None,
        }
    }

    /// Returns the version for a call. Calls with the same routing key always
    /// get the same one, calls without are shared at random.
    pub(super) fn version(&self, routing_key: Option<&str>) -> Option<&str> {
        let place = match routing_key {
            Some(key) => Sha256::digest(key)[..4]
                .iter()
                .fold(0, |number, byte| number << 8 | u32::from(*byte)),
            None => RandomState::new().build_hasher().finish() as u32,
        };
        let sum: f64 = self.0.iter().map(|(_, share)| share).sum();
        let mut left = f64::from(place) / f64::from(u32::MAX) * sum;
        for (version, share) in &self.0 {
            left -= share;
            if left <= 0.0 {
                return Some(version);
            }
        }
        self.0.last().map(|(version, _)| version.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::Alias;
    use serde_json::json;

    #[test]
    fn a_routing_key_is_steady_and_shares_hold_over_many() {
        let alias = Alias::read(&json!({"1": 0.9, "2": 0.1})).unwrap();
        let mut second = 0;
        for user in 0..1000 {
            let key = format!("{{\"user\":\"{user}\"}}");
            let version = alias.version(Some(&key)).unwrap();
            assert_eq!(alias.version(Some(&key)), Some(version));
            second += usize::from(version == "2");
        }
        assert!((50..150).contains(&second), "{second} of 1000");
    }
}
