//! `tscf explorer`: who may use it, and what it answers.
#![cfg(unix)]

mod support;

use scf_emulator::Credential;
use serde_json::{Value, json};
use support::{Server, examples, http, run, scf};

/// An Explorer with the examples' functions, and the cookie that its address gives.
struct Explorer {
    server: Server,
    cookie: String,
}

impl Explorer {
    fn start(more: &[&str]) -> Self {
        let dir = examples();
        let arguments = ["explorer", dir.to_str().unwrap(), "--no-open", "--quiet"];
        let mut server = Server::start(&[&arguments[..], more].concat());
        let (url, key) = server.url.split_once("/?").expect("an address with a key");
        let opened = http(url, &get(&format!("/?{key}"), ""));
        assert!(opened.starts_with("HTTP/1.1 303 "), "{opened}");
        let cookie = header(&opened, "set-cookie").expect("a cookie");
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
        let cookie = cookie.split(';').next().unwrap().to_owned();
        server.url = url.to_owned();
        Self { server, cookie }
    }

    /// Asks a part of the server, as the page does.
    fn post(&self, part: &str, body: &Value) -> (String, Value) {
        let body = body.to_string();
        let head = format!(
            "POST /api/{part} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {}\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n",
            self.cookie,
            body.len()
        );
        let answer = http(&self.server.url, &format!("{head}{body}"));
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.to_owned(), serde_json::from_str(body).unwrap_or_else(|_| panic!("{answer}")))
    }
}

fn get(path: &str, headers: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}Connection: close\r\n\r\n")
}

fn header<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    let head = answer.split("\r\n\r\n").next()?;
    let mut lines = head.lines().filter_map(|line| line.split_once(": "));
    lines.find(|(have, _)| have.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

fn draft(changes: &Value) -> Value {
    let mut draft = json!({
        "target": "local", "action": "Invoke", "functionName": "hello",
        "event": "{\"name\":\"world\"}", "invocationType": "RequestResponse", "logType": "Tail",
        "namespace": "", "qualifier": "", "routingKey": "", "region": "ap-guangzhou",
        "language": "", "timeout": "", "endpoint": "", "host": "", "signing": "tc3",
    });
    for (name, value) in changes.as_object().unwrap() {
        draft[name] = value.clone();
    }
    draft
}

#[test]
fn only_who_has_the_address_may_use_it() {
    let explorer = Explorer::start(&[]);
    let url = &explorer.server.url;
    let cookie = format!("Cookie: {}\r\n", explorer.cookie);
    let part = |headers: &str| http(url, &get("/api/catalogue", headers));
    assert!(part(&cookie).starts_with("HTTP/1.1 200 "));
    assert!(part("").starts_with("HTTP/1.1 401 "));
    assert!(part(&cookie.replace('=', "=0")).starts_with("HTTP/1.1 401 "));
    let wrong = http_bytes(url, &get("/?key=0", ""));
    assert!(header(&String::from_utf8_lossy(&wrong), "set-cookie").is_none());
    for foreign in ["Origin: https://evil.example\r\n", "Sec-Fetch-Site: cross-site\r\n"] {
        assert!(part(&format!("{cookie}{foreign}")).starts_with("HTTP/1.1 403 "), "{foreign}");
    }
    let rebound = get("/api/catalogue", &cookie).replace("Host: 127.0.0.1", "Host: evil.example");
    assert!(http(url, &rebound).starts_with("HTTP/1.1 400 "));
    // A link from elsewhere opens the page, which can do nothing without the cookie.
    let visit =
        "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n";
    assert!(http_bytes(url, &get("/", visit)).starts_with(b"HTTP/1.1 200 "));
    assert!(part(&format!("{cookie}{visit}")).starts_with("HTTP/1.1 403 "));
}

/// Gives an answer that is no text.
fn http_bytes(url: &str, request: &str) -> Vec<u8> {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(url.strip_prefix("http://").unwrap()).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    answer
}

#[test]
fn the_page_comes_compressed_and_under_a_strict_policy() {
    let explorer = Explorer::start(&[]);
    let answer = http_bytes(&explorer.server.url, &get("/", ""));
    let answer = String::from_utf8_lossy(&answer).into_owned();
    assert_eq!(header(&answer, "content-encoding"), Some("gzip"));
    let policy = header(&answer, "content-security-policy").unwrap();
    for part in ["default-src 'none'", "connect-src 'self'", "trusted-types 'none'"] {
        assert!(policy.contains(part), "{policy}");
    }
    for missing in ["/nothing.js", "/../Cargo.toml", "/js/../index.html"] {
        assert!(http(&explorer.server.url, &get(missing, "")).starts_with("HTTP/1.1 404 "));
    }
}

#[test]
fn a_draft_is_called_and_what_went_wrong_is_told() {
    let explorer = Explorer::start(&[]);
    let call = |changes: &Value| explorer.post("call", &draft(changes)).1;
    let reply = call(&json!({}));
    assert_eq!((&reply["ok"], &reply["resultText"]), (&json!(true), &json!("\"hello world\"")));
    assert!(reply["log"].as_str().unwrap().contains("greeting world"), "{reply}");
    let request = reply["wire"]["request"].as_str().unwrap();
    assert!(request.starts_with("POST / HTTP/1.1\n"), "{request}");
    assert!(request.contains("\n\n{\"FunctionName\":\"hello\""), "{request}");
    let response = reply["wire"]["response"].as_str().unwrap();
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    let body: Value = serde_json::from_str(body).unwrap();
    assert_eq!(body["Response"]["Result"]["RetMsg"], reply["resultText"]);
    let failed = call(&json!({"functionName": "fail"}));
    assert_eq!((&failed["kind"], &failed["statusCode"]), (&json!("function"), &json!(430)));
    assert_eq!(failed["delivery"], "executed");
    assert!(failed["stackTrace"].as_str().is_some_and(|trace| !trace.is_empty()), "{failed}");
    let refused = call(&json!({"functionName": "nosuch"}));
    assert_eq!((&refused["kind"], &refused["delivery"]), (&json!("api"), &json!("refused")));
    let wrong = call(&json!({"event": "{"}));
    assert_eq!((&wrong["kind"], &wrong["delivery"]), (&json!("request"), &json!("not sent")));
    assert_eq!(wrong["wire"], json!({"request": null, "response": null}));
    let wrong = call(&json!({"key": {"secretId": "AKIDX", "secretKey": "wrong"}}));
    assert!(wrong["code"].as_str().unwrap().starts_with("AuthFailure"), "{wrong}");
    let (head, error) = explorer.post("call", &json!({"target": "moon"}));
    assert!(head.starts_with("HTTP/1.1 400 ") && error["error"].is_string(), "{head} {error}");
}

#[test]
fn the_signature_is_that_of_the_command() {
    let explorer = Explorer::start(&[]);
    let secret = json!({"secretId": "AKIDEXAMPLE", "secretKey": "a-secret-key"});
    let cloud = draft(&json!({"target": "cloud", "key": secret, "logType": "None"}));
    let question = json!({"draft": cloud, "timestamp": 1_551_113_065, "reveal": true});
    let (_, steps) = explorer.post("signature", &question);
    let arguments = ["invoke", "hello", r#"{"name":"world"}"#, "--region", "ap-guangzhou"];
    let more = ["--dry-run", "--timestamp", "1551113065", "--secret-id", "AKIDEXAMPLE"];
    let done = run(scf(&arguments).args(more).args(["--secret-key", "a-secret-key"])).expect(0);
    let signature = steps["signature"].as_str().unwrap();
    assert!(done.stdout.contains(&format!("Signature={signature}")), "{}\n{steps}", done.stdout);
    assert_eq!(steps["keys"]["date"].as_str().unwrap().len(), 64);
    assert!(steps["stringToSign"].as_str().unwrap().contains("2019-02-25/scf/tc3_request"));
    for signing in ["tc3Get", "tc3Unsigned", "v1"] {
        let mut question = question.clone();
        question["draft"]["signing"] = signing.into();
        let (_, steps) = explorer.post("signature", &question);
        assert!(steps["signature"].as_str().is_some_and(|text| text.len() >= 40), "{steps}");
    }
}

#[test]
fn a_signature_from_elsewhere_is_verified_line_by_line() {
    let explorer = Explorer::start(&[]);
    let secret = json!({"secretId": "AKIDEXAMPLE", "secretKey": "a-secret-key"});
    let draft = draft(&json!({"target": "cloud", "key": secret}));
    let question = json!({"draft": draft, "timestamp": 1_551_113_065, "reveal": false});
    let (_, steps) = explorer.post("signature", &question);
    // The request that is shown hides its signature, which is a step of its own.
    let signature = format!("Signature={}", steps["signature"].as_str().unwrap());
    let head = steps["head"].as_str().unwrap();
    assert!(head.contains("Signature=…") && !head.contains(&signature), "{head}");
    let head = head.replace("Signature=…", &signature);
    let request = format!("{head}\n\n{}", steps["body"].as_str().unwrap());
    let verify = |pasted: &str| {
        let question = json!({"draft": draft, "pasted": pasted, "timestamp": 1_551_113_065});
        explorer.post("verify", &question).1
    };
    assert_eq!(verify(&request)["ok"], true);
    assert_eq!(verify(steps["authorization"].as_str().unwrap())["ok"], true);
    let other = verify(&request.replace("application/json", "application/json; charset=utf-8"));
    assert_eq!(other["ok"], false);
    assert_eq!(other["line"], 4, "the content type's line: {other}");
    let curl = format!(
        "curl https://scf.tencentcloudapi.com/ -H 'X-TC-Timestamp: 1551113065' \\\n  -H 'Authorization: {}' -d '{}'",
        steps["authorization"].as_str().unwrap(),
        steps["body"].as_str().unwrap(),
    );
    assert_eq!(verify(&curl)["ok"], true);
}

#[test]
fn the_token_of_temporary_credentials_is_not_shown() {
    let explorer = Explorer::start(&[]);
    let key = json!({"secretId": "AKIDX", "secretKey": "k", "token": "a-token"});
    for signing in ["tc3", "tc3Get", "tc3Unsigned", "v1"] {
        let draft = draft(&json!({"key": key, "signing": signing}));
        let question = json!({"draft": draft, "timestamp": null, "reveal": false});
        let (_, steps) = explorer.post("signature", &question);
        assert!(steps["head"].is_string(), "{steps}");
        assert!(!steps.to_string().contains("a-token"), "{signing}: {steps}");
        let (_, reply) = explorer.post("call", &draft);
        assert!(reply["wire"]["request"].is_string(), "{reply}");
        assert!(!reply.to_string().contains("a-token"), "{signing}: {reply}");
    }
}

#[test]
fn programs_are_those_of_the_command_and_have_no_secret() {
    let explorer = Explorer::start(&[]);
    let (_, catalogue) = explorer.post("catalogue", &json!({}));
    assert!(catalogue["error"].is_string(), "it is read by GET");
    let draft = draft(&json!({"target": "cloud", "logType": "None"}));
    let (_, code) = explorer.post("code", &json!({"draft": draft, "language": "python"}));
    let arguments = ["code", "python", "hello", r#"{"name":"world"}"#, "--region", "ap-guangzhou"];
    assert_eq!(code["text"], run(&mut scf(&arguments)).expect(0).stdout);
    let (head, _) = explorer.post("code", &json!({"draft": draft, "language": "cobol"}));
    assert!(head.starts_with("HTTP/1.1 422 "), "{head}");
}

#[test]
fn an_event_is_checked_by_the_core() {
    let explorer = Explorer::start(&[]);
    assert_eq!(explorer.post("check", &json!({"name": "ü"})).1, json!({}));
    let (_, wrong) = {
        let body = "{\"ü\": 1,\n}";
        let head = format!(
            "POST /api/check HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {}\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n{body}",
            explorer.cookie,
            body.len()
        );
        let answer = http(&explorer.server.url, &head);
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.to_owned(), serde_json::from_str::<Value>(body).unwrap())
    };
    assert_eq!(
        (&wrong["line"], &wrong["column"], &wrong["offset"]),
        (&json!(2), &json!(1), &json!(9))
    );
}

#[test]
fn the_emulator_is_watched_without_its_key() {
    let key = Credential::random();
    let given = ["--secret-id", key.secret_id(), "--secret-key", key.secret_key()];
    let explorer = Explorer::start(&given);
    let cookie = format!("Cookie: {}\r\n", explorer.cookie);
    let answer = http(&explorer.server.url, &get("/api/emulator/functions", &cookie));
    assert!(answer.contains("\"name\":\"hello\""), "{answer}");
    assert!(!answer.contains(key.secret_key()));
    let (_, armed) = explorer.post("emulator/faults", &json!({"fault": "throttle", "times": 1}));
    assert_eq!(armed["id"], 1);
}

#[test]
fn a_running_emulator_leads_a_browser_to_its_page() {
    let dir = examples();
    let mut emulator = Server::start(&["emulator", dir.to_str().unwrap()]);
    let line = emulator.line_with("to explore them");
    let address = line.split_whitespace().last().unwrap();
    let (page, key) = address.split_once("?").unwrap();
    let asked = get("/_emulator/", "Accept: text/html,*/*\r\n");
    let answer = http(&emulator.url, &asked);
    assert_eq!(header(&answer, "location"), Some(page), "{answer}");
    assert!(!answer.contains(key), "who has no key gets none");
    let opened = http(page.trim_end_matches('/'), &get(&format!("/?{key}"), ""));
    assert!(opened.starts_with("HTTP/1.1 303 "), "{opened}");
    // Programs get the interface itself.
    assert!(http(&emulator.url, &get("/_emulator/", "")).starts_with("HTTP/1.1 401 "));
}

#[test]
fn it_listens_on_this_machine_alone() {
    let done = run(&mut scf(&["explorer", "--listen", "0.0.0.0:0", "--no-open"])).expect(2);
    assert!(done.stderr.contains("loopback"), "{}", done.stderr);
}
