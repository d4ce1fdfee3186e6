//! YAML with merge keys: `<<: *anchor` brings the keys of another mapping.

use std::collections::HashMap;

use yaml_rust2::parser::{Event, Parser};
use yaml_rust2::yaml::Hash;
use yaml_rust2::{Yaml, YamlLoader};

/// The most values of a text, each alias counted as all that it stands for.
const VALUES: usize = 100_000;
/// The most lists and mappings within each other.
const DEPTH: usize = 64;

/// Reads the first document of a text.
pub(super) fn load(text: &str) -> Result<Yaml, String> {
    check_size(text)?;
    let mut documents = YamlLoader::load_from_str(text).map_err(|error| error.to_string())?;
    if documents.is_empty() { Err("it is empty".to_owned()) } else { merged(documents.remove(0)) }
}

/// Checks that a text stays small as values, which a few aliases of aliases can prevent.
fn check_size(text: &str) -> Result<(), String> {
    let mut parser = Parser::new_from_str(text);
    let mut anchors: HashMap<usize, usize> = HashMap::new();
    // Each with its anchor and the number of values before it.
    let mut open: Vec<(usize, usize)> = Vec::new();
    let mut count = 0_usize;
    loop {
        let (event, at) = parser.next_token().map_err(|error| error.to_string())?;
        match event {
            Event::StreamEnd => return Ok(()),
            Event::Alias(anchor) => count += anchors.get(&anchor).unwrap_or(&1),
            Event::Scalar(_, _, anchor, _) => {
                count += 1;
                anchors.insert(anchor, 1);
            }
            Event::SequenceStart(anchor, _) | Event::MappingStart(anchor, _) => {
                open.push((anchor, count));
                count += 1;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some((anchor, before)) = open.pop() {
                    anchors.insert(anchor, count - before);
                }
            }
            _ => {}
        }
        if open.len() > DEPTH {
            return Err(format!("line {} is nested more than {DEPTH} deep", at.line()));
        }
        if count > VALUES {
            let line = at.line();
            return Err(format!(
                "it has more than {VALUES} values up to line {line}, aliases included"
            ));
        }
    }
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
    fn a_small_text_of_many_values_is_refused() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for number in 1..9 {
            let aliases = format!("*a{}, ", number - 1).repeat(10);
            text.push_str(&format!("a{number}: &a{number} [{aliases}]\n"));
        }
        assert!(load(&text).unwrap_err().contains("more than 100000 values up to line 5"));
        // The parser has a limit of its own for brackets.
        let error = load(&"[".repeat(200_000)).unwrap_err();
        assert!(error.contains("recursion limit exceeded at byte"), "{error}");
        let braces = "inputs: ".to_owned() + &"{a: ".repeat(50_000);
        assert!(load(&braces).unwrap_err().contains("line 1 is nested more than 64 deep"));
        let block: String = (0..3000).map(|depth| " ".repeat(depth) + "a:\n").collect();
        assert!(load(&block).unwrap_err().contains("line 65 is nested"));
    }

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
