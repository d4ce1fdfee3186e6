//! `serverless.yml` and `template.yaml`, turned into the settings of `function.json`.

use serde_json::{Map, Value, json};
use yaml_rust2::Yaml;

use super::yaml::load;

/// The names under which people have the two.
pub(crate) const SERVERLESS: [&str; 2] = ["serverless.yml", "serverless.yaml"];
pub(crate) const TEMPLATE: [&str; 2] = ["template.yaml", "template.yml"];

/// A function as such a file describes it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Described {
    /// Its name, where the file gives one that is no variable.
    pub(crate) name: Option<String>,
    /// The folder of its code, from the file's own.
    pub(crate) code: String,
    pub(crate) settings: Map<String, Value>,
}

/// Reads the one function of a `serverless.yml`.
pub(crate) fn serverless(text: &str) -> Result<Described, String> {
    let yaml = load(text)?;
    let inputs = &yaml["inputs"];
    if inputs.as_hash().is_none() {
        return Err("it has no inputs, which describe the function".to_owned());
    }
    let src = match &inputs["src"] {
        Yaml::Hash(_) => &inputs["src"]["src"],
        other => other,
    };
    let mut settings = Map::new();
    take(&mut settings, "handler", &inputs["handler"]);
    take(&mut settings, "runtime", &inputs["runtime"]);
    take(&mut settings, "namespace", &inputs["namespace"]);
    number(&mut settings, "timeout", &inputs["timeout"]);
    number(&mut settings, "memory", &inputs["memorySize"]);
    environment(&mut settings, &inputs["environment"]["variables"]);
    if let Some(layers) = inputs["layers"].as_vec() {
        settings.insert("layers".to_owned(), layers.iter().map(layer).collect());
    }
    let timers = inputs["events"].as_vec().into_iter().flatten().filter_map(|event| {
        let timer = &event["timer"];
        let parameters = &timer["parameters"];
        let cron = plain(&parameters["cronExpression"])?;
        Some(timer_setting(
            plain(&parameters["name"]).or_else(|| plain(&timer["name"])),
            &cron,
            &parameters["argument"],
            &parameters["enable"],
        ))
    });
    let timers: Vec<Value> = timers.collect();
    if !timers.is_empty() {
        settings.insert("timers".to_owned(), timers.into());
    }
    Ok(Described {
        name: plain(&inputs["name"]),
        code: plain(src).unwrap_or_else(|| ".".to_owned()),
        settings,
    })
}

/// Reads the functions of a `template.yaml`.
pub(crate) fn template(text: &str) -> Result<Vec<Described>, String> {
    let yaml = load(text)?;
    let namespaces = yaml["Resources"].as_hash().ok_or("it has no Resources")?;
    let mut found = Vec::new();
    for (namespace, functions) in namespaces {
        for (name, function) in functions.as_hash().into_iter().flatten() {
            let properties = &function["Properties"];
            if function["Type"].as_str() != Some("TencentCloud::Serverless::Function") {
                continue;
            }
            let mut settings = Map::new();
            take(&mut settings, "handler", &properties["Handler"]);
            take(&mut settings, "runtime", &properties["Runtime"]);
            take(&mut settings, "namespace", namespace);
            number(&mut settings, "timeout", &properties["Timeout"]);
            number(&mut settings, "memory", &properties["MemorySize"]);
            environment(&mut settings, &properties["Environment"]["Variables"]);
            let events = properties["Events"].as_hash().into_iter().flatten();
            let timers: Vec<Value> = events
                .filter(|(_, event)| event["Type"].as_str() == Some("Timer"))
                .filter_map(|(name, event)| {
                    let properties = &event["Properties"];
                    let cron = plain(&properties["CronExpression"])?;
                    let enable = &properties["Enable"];
                    Some(timer_setting(plain(name), &cron, &properties["Message"], enable))
                })
                .collect();
            if !timers.is_empty() {
                settings.insert("timers".to_owned(), timers.into());
            }
            found.push(Described {
                name: plain(name),
                code: plain(&properties["CodeUri"]).unwrap_or_else(|| ".".to_owned()),
                settings,
            });
        }
    }
    Ok(found)
}

/// Returns the text of a scalar; nothing where it is a variable of the deployment.
fn plain(value: &Yaml) -> Option<String> {
    let text = match value {
        Yaml::String(text) | Yaml::Real(text) => text.clone(),
        Yaml::Integer(number) => number.to_string(),
        Yaml::Boolean(truth) => truth.to_string(),
        _ => return None,
    };
    (!text.contains("${")).then_some(text)
}

fn take(settings: &mut Map<String, Value>, key: &str, value: &Yaml) {
    let value = match value {
        Yaml::Integer(number) => Some(json!(number)),
        Yaml::Real(number) => number.parse::<f64>().ok().map(Value::from),
        other => plain(other).map(Value::from),
    };
    if let Some(value) = value {
        settings.insert(key.to_owned(), value);
    }
}

/// Takes a number, which some people write in quotes.
fn number(settings: &mut Map<String, Value>, key: &str, value: &Yaml) {
    match value.as_str().and_then(|text| text.trim().parse::<i64>().ok()) {
        Some(number) => {
            settings.insert(key.to_owned(), number.into());
        }
        None => take(settings, key, value),
    }
}

fn environment(settings: &mut Map<String, Value>, variables: &Yaml) {
    let variables: Map<String, Value> = variables
        .as_hash()
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| Some((plain(name)?, plain(value)?.into())))
        .collect();
    if !variables.is_empty() {
        settings.insert("environment".to_owned(), variables.into());
    }
}

/// Returns the folder of a layer that is here, or the name of one in the cloud.
fn layer(layer: &Yaml) -> Value {
    match plain(layer).or_else(|| plain(&layer["src"])) {
        Some(folder) => folder.into(),
        None => json!({"name": plain(&layer["name"])}),
    }
}

fn timer_setting(name: Option<String>, cron: &str, message: &Yaml, enable: &Yaml) -> Value {
    let is_enabled = match enable {
        Yaml::Boolean(truth) => *truth,
        Yaml::String(text) => text != "CLOSE" && text != "false",
        _ => true,
    };
    json!({
        "name": name.unwrap_or_else(|| "timer".to_owned()),
        "cron": cron,
        "message": plain(message).unwrap_or_default(),
        "enabled": is_enabled,
    })
}

#[cfg(test)]
mod tests {
    use super::{serverless, template};
    use serde_json::json;

    #[test]
    fn a_serverless_yml_as_people_have_it() {
        let described = serverless(
            "component: scf\nname: demo\ninputs:\n  name: ${name}-${stage}\n  src:\n    src: ./src\n    \
             exclude: [.env]\n  handler: index.main_handler\n  runtime: Nodejs12.16\n  region: \
             ap-guangzhou\n  memorySize: '256'\n  timeout: 20\n  environment:\n    variables:\n      \
             A: 1\n      B: yes\n  events:\n    - timer:\n        parameters:\n          name: tick\n          \
             cronExpression: '*/5 * * * * * *'\n          enable: true\n          argument: hi\n    \
             - apigw:\n        parameters: {}\n",
        )
        .unwrap();
        assert_eq!((described.name, described.code.as_str()), (None, "./src"));
        assert_eq!(
            serde_json::Value::from(described.settings),
            json!({
                "handler": "index.main_handler",
                "runtime": "Nodejs12.16",
                "memory": 256,
                "timeout": 20,
                "environment": {"A": "1", "B": "yes"},
                "timers": [
                    {"name": "tick", "cron": "*/5 * * * * * *", "message": "hi", "enabled": true}
                ],
            })
        );
        assert!(serverless("component: scf\n").unwrap_err().contains("inputs"));
        assert!(serverless("a: [").is_err());
    }

    #[test]
    fn a_template_yaml_as_scfcli_made_it() {
        let described = template(
            "Resources:\n  default:\n    Type: TencentCloud::Serverless::Namespace\n    hello:\n      Type: \
             TencentCloud::Serverless::Function\n      Properties:\n        CodeUri: ./code\n        \
             Handler: index.main_handler\n        Runtime: Python3.6\n        MemorySize: 128\n        \
             Timeout: 3\n        Environment:\n          Variables:\n            ENV: dev\n        Events:\n          \
             tick:\n            Type: Timer\n            Properties:\n              CronExpression: '*/5 * * * *'\n              \
             Enable: false\n",
        )
        .unwrap();
        assert_eq!(described.len(), 1);
        assert_eq!(described[0].name.as_deref(), Some("hello"));
        assert_eq!(described[0].code, "./code");
        assert_eq!(described[0].settings["namespace"], "default");
        assert_eq!(described[0].settings["environment"], json!({"ENV": "dev"}));
        assert_eq!(described[0].settings["timers"][0]["enabled"], false);
    }
}
