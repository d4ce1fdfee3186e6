//! Credentials: where they are found, and what is said when they are not.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

use scf_invoke::Credentials;
use scf_invoke::credential::{CredentialError, Finder, Finding, Part, PartError, Source};

const ID: &str = "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE";
const KEY: &str = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE";

/// A folder of its own for one test, removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("credentials-{test}"));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(path.join("home/.tencentcloud")).unwrap();
        fs::create_dir_all(path.join("home/.tccli")).unwrap();
        Self(path)
    }

    fn home_file(&self, text: &str) -> PathBuf {
        let path = self.0.join("home/.tencentcloud/credentials");
        fs::write(&path, text).unwrap();
        path
    }

    fn other_file(&self, name: &str, text: &str) -> PathBuf {
        let path = name.split('/').fold(self.0.clone(), |path, part| path.join(part));
        fs::write(&path, text).unwrap();
        path
    }

    fn finder<'a>(&self, variables: &'a [(&'a str, &'a str)]) -> Finder<'a> {
        Finder::new(move |name| {
            variables
                .iter()
                .find(|(variable, _)| *variable == name)
                .map(|(_, value)| OsString::from(value))
        })
        .home(self.0.join("home"))
        .system_file(self.0.join("system"))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn neither_debug_nor_an_error_shows_a_secret() {
    let credentials = Credentials::new(ID, KEY, Some("the-token".into())).unwrap();
    let debug = format!("{credentials:#?}");
    assert!(!debug.contains(KEY) && !debug.contains("the-token") && !debug.contains(ID));
    assert!(debug.contains("AKIDz8kr..."), "{debug}");
    // Of a short id nothing is shown: any part would be most of it.
    assert_eq!(Credentials::new("short", KEY, None).unwrap().short_id(), "...");

    let bad = Credentials::new(ID, format!("{KEY}\n"), None).unwrap_err();
    assert!(!format!("{bad} {bad:?}").contains(KEY));
}

#[test]
fn a_malformed_part_is_named_with_what_to_do() {
    let cases = [
        ("", PartError::Empty),
        (" key", PartError::LeadingSpace),
        ("key ", PartError::TrailingSpace),
        ("key\r\n", PartError::TrailingLineBreak),
        ("k ey", PartError::InnerSpace),
        ("k\ney", PartError::InnerSpace),
        ("k\0ey", PartError::Control),
        ("key\u{feff}", PartError::NotAscii),
    ];
    for (value, expected) in cases {
        for part in [Part::SecretId, Part::SecretKey, Part::Token] {
            let pick = |this| if part == this { value } else { "good" }.to_owned();
            let result = Credentials::new(
                pick(Part::SecretId),
                pick(Part::SecretKey),
                Some(pick(Part::Token)),
            );
            let Err(CredentialError::Malformed { part: p, error, .. }) = result else {
                panic!("{value:?} was accepted as {part}");
            };
            assert_eq!((p, error), (part, expected), "{value:?}");
        }
    }
    let error = Credentials::new(ID, "key\n", None).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the secret key from the arguments given ends with a line break: remove it"
    );
}

#[test]
fn explicit_arguments_come_before_everything_and_must_be_whole() {
    let folder = Folder::new("explicit");
    let variables = [("TENCENTCLOUD_SECRET_ID", "other"), ("TENCENTCLOUD_SECRET_KEY", "other")];
    let found =
        folder.finder(&variables).explicit(Some(ID.into()), Some(KEY.into()), None).find().unwrap();
    assert_eq!(found.secret_id(), ID);
    assert_eq!(found.source(), &Source::Explicit);

    for (id, key, token) in [(true, false, false), (false, true, false), (false, false, true)] {
        let pick = |given: bool| given.then(|| "x".to_owned());
        let error = folder
            .finder(&variables)
            .explicit(pick(id), pick(key), pick(token))
            .find()
            .unwrap_err();
        assert!(matches!(error, CredentialError::Incomplete { .. }), "{error}");
    }
}

#[test]
fn the_environment_has_two_spellings_and_four_names_for_the_token() {
    let folder = Folder::new("environment");
    let cases = [
        ("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_TOKEN"),
        ("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_SESSION_TOKEN"),
        ("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_SECURITY_TOKEN"),
        ("TENCENTCLOUD_SECRETID", "TENCENTCLOUD_SECRETKEY", "TENCENTCLOUD_SESSIONTOKEN"),
    ];
    for (id, key, token) in cases {
        let found = folder.finder(&[(id, ID), (key, KEY), (token, "the-token")]).find().unwrap();
        assert_eq!(found.secret_id(), ID);
        assert_eq!(found.secret_key(), KEY);
        assert_eq!(found.token(), Some("the-token"));
        assert_eq!(found.source().to_string(), format!("the environment ({id}, {key}, {token})"));
    }
    // An empty token is how a script says none.
    let variables = [
        ("TENCENTCLOUD_SECRET_ID", ID),
        ("TENCENTCLOUD_SECRET_KEY", KEY),
        ("TENCENTCLOUD_TOKEN", ""),
    ];
    assert_eq!(folder.finder(&variables).find().unwrap().token(), None);
}

#[test]
fn half_a_pair_is_an_error_and_not_passed_over() {
    let folder = Folder::new("half");
    folder.home_file(&format!("[default]\nsecret_id={ID}\nsecret_key={KEY}\n"));
    let error = folder
        .finder(&[("TENCENTCLOUD_SECRET_ID", ID), ("TENCENTCLOUD_SECRET_KEY", "")])
        .find()
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the environment has TENCENTCLOUD_SECRET_ID but not TENCENTCLOUD_SECRET_KEY: \
         set both, or remove TENCENTCLOUD_SECRET_ID"
    );

    folder.home_file(&format!("[default]\nsecret_key = {KEY}\n"));
    let error = folder.finder(&[]).find().unwrap_err();
    assert!(error.to_string().contains("has secret_key but not secret_id"), "{error}");
}

#[test]
fn the_files_are_read_in_order_and_by_profile() {
    let folder = Folder::new("files");
    let system = format!("[default]\nsecret_id = system\nsecret_key = {KEY}\n");
    folder.other_file("system", &system);
    assert_eq!(folder.finder(&[]).find().unwrap().secret_id(), "system");

    let home = folder.home_file(&format!(
        "\u{feff}; ours\r\n[default]\r\nsecret_id = {ID} # main\r\nsecret_key={KEY}\r\n\
         region = ap-guangzhou\r\n\r\n[ work ]\r\nsecret_id=work\r\nsecret_key=key\r\ntoken = t==\r\n"
    ));
    let found = folder.finder(&[]).find().unwrap();
    assert_eq!((found.secret_id(), found.secret_key()), (ID, KEY));
    assert_eq!(found.source(), &Source::File { path: home.clone(), profile: "default".into() });

    // A profile asked for by name is not overruled by the environment.
    let variables = [("TENCENTCLOUD_SECRET_ID", "env"), ("TENCENTCLOUD_SECRET_KEY", "env")];
    let found = folder.finder(&variables).profile("work").find().unwrap();
    assert_eq!(found.secret_id(), "work");
    assert_eq!(found.token(), Some("t=="));

    let named = folder.other_file("named", "[default]\nsecret_id=named\nsecret_key=k\n");
    let variables = [("TENCENTCLOUD_CREDENTIALS_FILE", named.to_str().unwrap())];
    assert_eq!(folder.finder(&variables).find().unwrap().secret_id(), "named");
}

#[test]
fn a_file_that_was_named_must_exist() {
    let folder = Folder::new("named");
    let error =
        folder.finder(&[("TENCENTCLOUD_CREDENTIALS_FILE", "no/such/file")]).find().unwrap_err();
    assert!(matches!(error, CredentialError::Unreadable { .. }), "{error}");
    assert!(std::error::Error::source(&error).is_some());
}

#[test]
fn a_line_that_is_not_understood_is_counted_but_not_shown() {
    let folder = Folder::new("syntax");
    for (text, expected) in [
        ("[default]\nsecret_id = a\nhidden-key\n", 3),
        ("# one\nsecret_id = hidden-key\n", 2),
        ("[default\n", 1),
        ("[default]\nsecret_key=a\n\nsecret_key=hidden-key\n", 4),
    ] {
        folder.home_file(text);
        let error = folder.finder(&[]).find().unwrap_err();
        let CredentialError::Syntax { line, .. } = &error else {
            panic!("{error}");
        };
        assert_eq!(*line, expected);
        assert!(!format!("{error} {error:?}").contains("hidden-key"));
    }
}

#[test]
fn when_nothing_is_found_every_place_is_listed() {
    let folder = Folder::new("nothing");
    folder.home_file("[other]\nsecret_id=a\nsecret_key=b\n");
    let error = folder.finder(&[("TENCENTCLOUD_SECRETID", "")]).find().unwrap_err();
    let text = error.to_string();
    for expected in [
        "explicit arguments",
        "TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY: not set",
        "TENCENTCLOUD_SECRETID, TENCENTCLOUD_SECRETKEY: set but empty",
        "credentials: has no profile [default]; it has [other]",
        "system: no such file",
        "default.credential: no such file",
        "role of this virtual machine (CVM): not asked",
        "role of this TKE workload (TKE_ROLE_ARN): not asked",
    ] {
        assert!(text.contains(expected), "{expected} is not in: {text}");
    }
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_unicode_is_named() {
    use std::os::unix::ffi::OsStringExt;
    let finder = Finder::new(|name| {
        (name == "TENCENTCLOUD_SECRET_ID").then(|| OsString::from_vec(vec![0xff]))
    });
    let error = finder.find().unwrap_err();
    assert!(error.to_string().contains("TENCENTCLOUD_SECRET_ID is not Unicode"));
}

#[test]
fn the_profile_may_be_named_by_the_environment() {
    let folder = Folder::new("profile");
    folder.home_file("[default]\nsecret_id=a\nsecret_key=k\n[work]\nsecret_id=b\nsecret_key=k\n");
    let variables = [("TENCENTCLOUD_PROFILE", "work")];
    assert_eq!(folder.finder(&variables).find().unwrap().secret_id(), "b");
    // It is a default only: the environment's own credentials come first.
    let variables = [
        ("TENCENTCLOUD_PROFILE", "work"),
        ("TENCENTCLOUD_SECRET_ID", ID),
        ("TENCENTCLOUD_SECRET_KEY", KEY),
    ];
    assert_eq!(folder.finder(&variables).find().unwrap().secret_id(), ID);
}

#[test]
fn the_files_of_the_official_command_line_are_read() {
    let folder = Folder::new("tccli");
    let file = |name: &str, text: &str| folder.other_file(&format!("home/.tccli/{name}"), text);
    let path = file(
        "default.credential",
        &format!(r#"{{"secretId":"{ID}","secretKey":"{KEY}","token":"","type":"default"}}"#),
    );
    let found = folder.finder(&[]).find().unwrap();
    assert_eq!((found.secret_id(), found.secret_key(), found.token()), (ID, KEY, None));
    assert_eq!(found.source(), &Source::Tccli { path });

    file("work.credential", r#"{"secretId":"work","secretKey":"k","token":"t"}"#);
    let found = folder.finder(&[("TCCLI_PROFILE", "work")]).find().unwrap();
    assert_eq!((found.secret_id(), found.token()), ("work", Some("t")));
    assert_eq!(folder.finder(&[]).profile("work").find().unwrap().secret_id(), "work");

    file("role.credential", r#"{"type":"cvm-role"}"#);
    let search = folder.finder(&[("TCCLI_PROFILE", "role")]).search();
    assert!(
        search.places.iter().any(|place| place.to_string().contains("names the role")),
        "{search:?}"
    );

    let broken = file("broken.credential", "{\"secretId\":\"a\",\n hidden-key}");
    let error = folder.finder(&[]).profile("broken").find().unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("{}, line 2, column 2: this is not the JSON of credentials", broken.display())
    );
    assert!(!format!("{error:?}").contains("hidden-key"));
}

#[test]
fn a_login_of_the_official_command_line_ends() {
    let folder = Folder::new("login");
    let write = |end: u64| {
        folder.other_file(
            "home/.tccli/default.credential",
            &format!(
                r#"{{"secretId":"{ID}","secretKey":"{KEY}","token":"t","type":"oauth","expiresAt":{end}}}"#
            ),
        )
    };
    write(1_700_000_000);
    let error = folder.finder(&[]).find().unwrap_err();
    assert!(matches!(error, CredentialError::Expired { .. }), "{error:?}");
    assert!(error.to_string().contains("log in again"), "{error}");
    write(4_000_000_000);
    assert!(folder.finder(&[]).find().unwrap().expires_at().is_some());
}

#[test]
fn a_profile_names_a_region_and_an_endpoint() {
    let folder = Folder::new("settings");
    folder.home_file("[default]\nsecret_id=a\nsecret_key=k\nregion = ap-tokyo # ours\n");
    folder.other_file(
        "home/.tccli/default.configure",
        r#"{"_sys_param":{"region":"ap-seoul","output":"json"},
            "scf":{"endpoint":"scf.ap-seoul.tencentcloudapi.com","version":"2018-04-16"}}"#,
    );
    let settings = folder.finder(&[]).settings().unwrap();
    // Each comes from the first file that has it.
    assert_eq!(settings.region.as_deref(), Some("ap-tokyo"));
    assert_eq!(settings.endpoint.as_deref(), Some("scf.ap-seoul.tencentcloudapi.com"));

    // The endpoint that tccli writes by itself is nobody's choice.
    folder.other_file(
        "home/.tccli/default.configure",
        r#"{"scf":{"endpoint":"scf.tencentcloudapi.com"}}"#,
    );
    assert_eq!(folder.finder(&[]).settings().unwrap().endpoint, None);
}

#[cfg(unix)]
#[test]
fn a_file_that_others_can_read_draws_a_warning() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new("permissions");
    let path = folder.home_file(&format!("[default]\nsecret_id={ID}\nsecret_key={KEY}\n"));
    for (mode, warns) in [(0o600, false), (0o640, true), (0o604, true)] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let found = folder.finder(&[]).find().unwrap();
        assert_eq!(found.warning().is_some(), warns, "{mode:o}");
        assert!(found.warning().is_none_or(|text| text.contains("chmod 600")));
    }
}

#[cfg(unix)]
#[test]
fn a_credential_process_prints_the_credentials() {
    let folder = Folder::new("process");
    let program = |name: &str, script: &str| {
        use std::os::unix::fs::PermissionsExt;
        let path = folder.other_file(name, &format!("#!/bin/sh\n{script}\n"));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
        folder.home_file(&format!(
            "[default]\ncredential_process = \"{}\" --role deploy\n",
            path.display()
        ));
    };
    program(
        "get key",
        r#"echo "{\"SecretId\":\"$2\",\"SecretKey\":\"k\",\"Token\":\"t\",\"ExpiredTime\":4000000000}""#,
    );
    let found = folder.finder(&[]).find().unwrap();
    assert_eq!((found.secret_id(), found.token()), ("deploy", Some("t")));
    assert!(found.expires_at().is_some());
    assert!(found.source().to_string().contains("get key"), "{}", found.source());

    program("fails", "exit 3");
    let error = folder.finder(&[]).find().unwrap_err();
    assert!(error.to_string().contains("exit status: 3"), "{error}");
    program("talks", "echo hidden-key");
    let error = folder.finder(&[]).find().unwrap_err();
    assert!(matches!(error, CredentialError::Json { .. }), "{error:?}");
    assert!(!format!("{error} {error:?}").contains("hidden-key"));

    folder.home_file("[default]\ncredential_process = /no/such/program\n");
    let error = folder.finder(&[]).find().unwrap_err();
    assert!(error.to_string().contains("/no/such/program cannot be run"), "{error}");
}

#[test]
fn a_search_tells_of_every_place_up_to_the_one_that_decides() {
    let folder = Folder::new("search");
    folder.home_file(&format!("[default]\nsecret_id={ID}\nsecret_key={KEY}\n"));
    let search = folder.finder(&[]).search();
    assert!(search.result.is_ok());
    let last = search.places.last().unwrap();
    assert_eq!(last.finding, Finding::Credentials);
    assert!(last.to_string().ends_with("credentials: found"), "{last}");

    let search = folder.finder(&[("TENCENTCLOUD_SECRET_KEY", KEY)]).search();
    let Finding::Wrong(reason) = &search.places.last().unwrap().finding else {
        panic!("{search:?}");
    };
    assert_eq!(*reason, search.result.unwrap_err().to_string());
}
