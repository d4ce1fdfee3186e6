//! The environment of a function, which is the same in each language.

use std::collections::BTreeMap;

use crate::custom::bootstrap;
use crate::support::{Folder, invoke, start};
use serde_json::json;

/// A runtime, its name in the cloud, and a function that returns its environment.
const RUNTIMES: [(&str, &str, &str, &str); 3] = [
    (
        "python",
        "Python3.9",
        "index.py",
        "import os\ndef main_handler(event, context):\n    return dict(os.environ)\n",
    ),
    ("node", "Nodejs18.15", "index.js", "exports.main_handler = async () => process.env;"),
    (
        "custom",
        "CustomRuntime",
        "bootstrap",
        bootstrap!(
            "    import json\n    call('POST', 'invocation/response', json.dumps(dict(os.environ)).encode())"
        ),
    ),
];

/// What every function has, whatever the value.
const PRESENT: [&str; 10] = [
    "PATH",
    "SCF_RUNTIME_API",
    "SCF_RUNTIME_API_PORT",
    "TENCENTCLOUD_APPID",
    "TENCENTCLOUD_UIN",
    "TENCENTCLOUD_SECRETID",
    "TENCENTCLOUD_SECRETKEY",
    "TENCENTCLOUD_SESSIONTOKEN",
    "TENCENTCLOUD_SCF_ENDPOINT",
    "USER_CODE_ROOT",
];

#[test]
fn the_environment_is_the_clouds_and_nothing_of_the_hosts() {
    let folder = Folder::new(&[]);
    for (name, _, file, code) in RUNTIMES {
        folder.write(&format!("{name}/{file}"), code);
        folder.write(&format!("{name}/function.json"), r#"{"environment": {"MINE": "yes"}}"#);
    }
    let emulator = start(&folder.0);
    let mut shares_files = false;
    for (name, runtime, ..) in RUNTIMES {
        let result = invoke(&emulator, name, &json!({}));
        let text = result["RetMsg"].as_str().unwrap();
        let mut seen: BTreeMap<String, String> = serde_json::from_str(text).unwrap();
        let folder = seen["USER_CODE_ROOT"].clone();
        let code = folder.trim_end_matches('/');
        // The first log says it.
        shares_files |= result["Log"].as_str().unwrap().contains("mount namespaces are not");
        assert!(shares_files || folder == "/var/user/", "{name}: the code is at {folder}");
        for name in PRESENT {
            assert!(seen.remove(name).is_some_and(|value| !value.is_empty()), "{name}");
        }
        // A system without the cloud's locale has another one that is UTF-8.
        let locale = seen.remove("LANG").unwrap();
        assert!(["en_US.UTF8", "C.UTF-8"].contains(&&*locale), "{locale}");
        let wanted = [
            ("MINE", "yes"),
            ("_HANDLER", "index.main_handler"),
            ("_SCF_SERVER_PORT", "28902"),
            ("SCF_FUNCTIONNAME", name),
            ("SCF_FUNCTIONVERSION", "$LATEST"),
            ("SCF_NAMESPACE", "default"),
            ("SCF_RUNTIME", runtime),
            ("TENCENTCLOUD_RUNENV", "SCF"),
            ("TENCENTCLOUD_REGION", "ap-guangzhou"),
            ("NODE_PATH", &format!("{code}:{code}/node_modules:/opt:/opt/node_modules")),
            ("PYTHONPATH", &format!("{code}:/opt")),
            ("PYTHONDONTWRITEBYTECODE", "x"),
            ("LC_ALL", &locale),
            ("USER", "qcloud"),
            ("LOGNAME", "qcloud"),
            ("HOME", "/home/qcloud"),
            ("PWD", code),
            ("TZ", "UTC"),
        ];
        let wanted = wanted.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(seen, BTreeMap::from(wanted), "{name}");
    }
}
