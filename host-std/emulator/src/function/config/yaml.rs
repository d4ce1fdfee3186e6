//! YAML with merge keys: `<<: *anchor` brings the keys of another mapping.

use yaml_rust2::yaml::Hash;
use yaml_rust2::{Yaml, YamlLoader};

/// Reads the first document of a text.
pub(super) fn load(text: &str) -> Result<Yaml, String> {
    let mut documents = YamlLoader::load_from_str(text).map_err(|error| error.to_string())?;
    if documents.is_empty() { Err("it is empty".to_owned()) } else { merged(documents.remove(0)) }
}

/// Follows the merge keys in a value, which the parser leaves as they are.
fn merged(value: Yaml) -> Result<Yaml, String> {
    Ok(match value {
        Yaml::Array(items) => Yaml::Array(items.into_iter().map(merged).collect::<Result<_, _>>()?),
        Yaml::Hash(hash) => {
            let (mut own, mut brought) = (Hash::new(), Vec::new());
            for (key, value) in hash {
                let value = merged(value)?;
                match key.as_str() {
                    Some("<<") => brought.push(value),
                    _ => drop(own.insert(key, value)),
                }
            }
            for value in brought {
                bring(&mut own, value)?;
            }
            Yaml::Hash(own)
        }
        other => other,
    })
}

/// Adds the keys of a mapping, or of each in a list, that are not there yet.
fn bring(own: &mut Hash, value: Yaml) -> Result<(), String> {
    match value {
        Yaml::Hash(hash) => {
            for (key, value) in hash {
                own.entry(key).or_insert(value);
            }
            Ok(())
        }
        Yaml::Array(items) => items.into_iter().try_for_each(|item| bring(own, item)),
        _ => Err("<< must name a mapping, as in <<: *anchor".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::load;

    #[test]
    fn a_merge_key_brings_what_is_not_there() {
        let text =
            "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc:\n  - {<<: *a, y: 3}\n  - {<<: [*b, *a]}\n";
        let yaml = load(text).unwrap();
        let values = |item: usize| ["x", "y", "z"].map(|key| yaml["c"][item][key].as_i64());
        assert_eq!(values(0), [Some(1), Some(3), None]);
        assert_eq!(values(1), [Some(1), Some(2), Some(2)]);
        assert!(load("a: {<<: 7}\n").unwrap_err().contains("must name a mapping"));
    }
}
