//! Regions, as users type them.

use scf_invoke::scf_invoke_core::request::region::Region;

/// Regions that opened after the documentation of `Invoke` was written.
const NEWER: [&str; 5] =
    ["ap-jakarta", "ap-nanjing", "ap-shenzhen", "ap-taipei", "ap-guangzhou-open"];

/// Returns the region that was probably meant, if the name is none that is
/// known here and nearly one that is.
pub(crate) fn near_miss(name: &str) -> Option<&'static str> {
    let known = Region::ALL.iter().map(|region| region.name()).chain(NEWER);
    if known.clone().any(|region| region == name) {
        return None;
    }
    let typed = name.trim().to_ascii_lowercase().replace([' ', '_'], "-");
    known
        .map(|region| (distance(&typed, region), region))
        .min()
        .filter(|(distance, _)| *distance <= 2)
        .map(|(_, region)| region)
}

/// Returns the number of edits between the two, where the geographic prefix
/// may be left out.
fn distance(typed: &str, region: &str) -> usize {
    let city = region.split_once('-').map_or(region, |(_, city)| city);
    strsim::osa_distance(typed, region).min(strsim::osa_distance(typed, city))
}

#[cfg(test)]
mod tests {
    use super::near_miss;

    #[test]
    fn a_near_miss_has_a_suggestion() {
        for (typed, meant) in [
            ("ap-guangzou", "ap-guangzhou"),
            ("Ap Guangzhou", "ap-guangzhou"),
            ("AP_SHANGHAI", "ap-shanghai"),
            ("guangzhou", "ap-guangzhou"),
            ("ap-bejing", "ap-beijing"),
        ] {
            assert_eq!(near_miss(typed), Some(meant), "{typed}");
        }
        for known_or_far in ["ap-guangzhou", "ap-nanjing", "eu-moscow", "us-east-1", ""] {
            assert_eq!(near_miss(known_or_far), None, "{known_or_far}");
        }
    }
}
