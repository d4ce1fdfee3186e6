//! Credentials from services that speak the documented protocols: the metadata
//! service of a virtual machine, and STS; and their renewal.

mod support;

use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use scf_invoke::credential::{CredentialError, Finder, Source};
use scf_invoke::{Client, Credentials, Delivery, Endpoint, Error};
use support::{Server, accept, answer, api_error, request, result};

const ROLE_PATH: &str = "/latest/meta-data/cam/security-credentials/";
const KEYS: &str = r#"{"TmpSecretId":"AKIDTMP","TmpSecretKey":"tmp-key","Token":"tmp-token","ExpiredTime":4000000000,"Expiration":"2096-10-02T07:06:40Z","Code":"Success"}"#;

/// Answers each request with the next status and body, and gives the targets.
fn service(answers: Vec<(u16, &'static str)>) -> (Server, Arc<std::sync::Mutex<Vec<String>>>) {
    let targets = Arc::new(std::sync::Mutex::new(vec![]));
    let seen = Arc::clone(&targets);
    let server = Server::start(move |listener| {
        for (status, body) in answers {
            let mut tcp = accept(listener);
            let head = request(&tcp).unwrap().head;
            seen.lock().unwrap().push(head.split(' ').nth(1).unwrap().to_owned());
            let length = body.len();
            write!(tcp, "HTTP/1.1 {status} X\r\nContent-Length: {length}\r\n\r\n{body}").unwrap();
        }
    });
    (server, targets)
}

fn cvm(server: &Server) -> Finder<'static> {
    Finder::new(|_| None)
        .system_file("no/such/file")
        .metadata_service(&format!("http://127.0.0.1:{}", server.port))
        .unwrap()
}

#[test]
fn the_role_of_a_virtual_machine_signs() {
    let (server, targets) = service(vec![(200, "my-role"), (200, KEYS)]);
    let found = cvm(&server).find().unwrap();
    assert_eq!((found.secret_id(), found.secret_key()), ("AKIDTMP", "tmp-key"));
    assert_eq!(found.token(), Some("tmp-token"));
    assert_eq!(found.source(), &Source::CvmRole { role: "my-role".into() });
    assert!(found.expires_at().is_some());
    assert_eq!(*targets.lock().unwrap(), [ROLE_PATH.to_owned(), format!("{ROLE_PATH}my-role")]);
    server.join();
}

#[test]
fn a_machine_without_a_role_is_passed_over_and_a_broken_one_is_not() {
    for answers in [vec![(404, "")], vec![(200, "\n")]] {
        let (server, _) = service(answers);
        let error = cvm(&server).find().unwrap_err();
        assert!(error.to_string().contains("no role is bound"), "{error}");
        server.join();
    }
    // Nothing listens there: this is no machine of the cloud.
    let (server, _) = service(vec![]);
    let finder = cvm(&server);
    server.join();
    let error = finder.find().unwrap_err();
    assert!(error.to_string().contains("no metadata service here"), "{error}");

    for (answers, expected) in [
        (vec![(500, "")], "status 500"),
        (vec![(200, "../x y")], "not the name of a role"),
        (vec![(200, "role"), (404, "")], "for the role role it answered with status 404"),
        (vec![(200, "role"), (200, r#"{"Code":"Denied"}"#)], "(code Denied)"),
        (vec![(200, "role"), (200, "hidden-key")], "line 1, column 1"),
    ] {
        let (server, _) = service(answers);
        let error = cvm(&server).find().unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
        assert!(!error.to_string().contains("hidden-key"));
        server.join();
    }
}

/// A folder with the identity token of a TKE workload.
fn token_file(test: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("tke-{test}"));
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join("token");
    fs::write(&path, "the-identity-token\n").unwrap();
    path
}

fn tke(server: &Server, token: PathBuf) -> Finder<'static> {
    Finder::new(move |name| match name {
        "TKE_REGION" => Some("ap-guangzhou".into()),
        "TKE_PROVIDER_ID" => Some("the-provider".into()),
        "TKE_ROLE_ARN" => Some("qcs::cam::uin/1:roleName/worker".into()),
        "TKE_WEB_IDENTITY_TOKEN_FILE" => Some(OsString::from(&token)),
        _ => None,
    })
    .system_file("no/such/file")
    .sts_service(Endpoint::parse(&format!("http://127.0.0.1:{}", server.port)).unwrap())
}

#[test]
fn the_role_of_a_tke_workload_signs() {
    let server = Server::once(|tcp: TcpStream| {
        let request = request(&tcp).unwrap();
        assert_eq!(request.header("X-TC-Action"), Some("AssumeRoleWithWebIdentity"));
        assert_eq!(request.header("X-TC-Version"), Some("2018-08-13"));
        assert_eq!(request.header("X-TC-Region"), Some("ap-guangzhou"));
        assert_eq!(request.header("Authorization"), Some("SKIP"));
        let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
        assert_eq!(body["ProviderId"], "the-provider");
        assert_eq!(body["WebIdentityToken"], "the-identity-token");
        assert_eq!(body["RoleArn"], "qcs::cam::uin/1:roleName/worker");
        assert_eq!(body["DurationSeconds"], 7200);
        answer(
            tcp,
            r#"{"Response":{"ExpiredTime":4000000000,"Expiration":"2096-10-02T07:06:40Z",
                "Credentials":{"Token":"t","TmpSecretId":"AKIDSTS","TmpSecretKey":"k"},
                "RequestId":"f6e7cbcb"}}"#,
        );
    });
    let found = tke(&server, token_file("role")).find().unwrap();
    assert_eq!((found.secret_id(), found.token()), ("AKIDSTS", Some("t")));
    assert!(found.expires_at().is_some());
    assert!(found.source().to_string().contains("roleName/worker"), "{}", found.source());
    server.join();
}

#[test]
fn a_refusal_of_sts_is_told_with_its_code() {
    let server = Server::once(|tcp| {
        request(&tcp).unwrap();
        answer(tcp, &api_error("InvalidParameter.WebIdentityTokenError"));
    });
    let error = tke(&server, token_file("refused")).find().unwrap_err();
    assert!(error.to_string().contains("InvalidParameter.WebIdentityTokenError (no)"), "{error}");
    server.join();

    let (server, _) = service(vec![]);
    let error = tke(&server, PathBuf::from("no/such/token")).find().unwrap_err();
    assert!(matches!(error, CredentialError::Unreadable { .. }), "{error:?}");
    server.join();

    let half = Finder::new(|name| (name == "TKE_REGION").then(|| "ap-guangzhou".into()))
        .system_file("no/such/file")
        .sts_service(Endpoint::default());
    let error = half.find().unwrap_err();
    assert!(error.to_string().contains("not TKE_PROVIDER_ID, TKE_WEB_IDENTITY"), "{error}");
}

#[test]
fn waiting_calls_share_one_renewal() {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let client = Client::builder()
        .region("ap-guangzhou")
        .credentials_from(move || {
            counted.fetch_add(1, Ordering::SeqCst);
            Credentials::new("AKIDEXAMPLE", "key", None)
        })
        .build()
        .unwrap();
    assert_eq!(count.load(Ordering::SeqCst), 0, "nothing is asked for before the first call");
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                client.call("hello").write_request(Some(1), &mut vec![]).unwrap();
            });
        }
    });
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[test]
fn a_call_whose_token_has_ended_is_signed_again_with_a_new_one() {
    let server = Server::once(|tcp| {
        assert_eq!(request(&tcp).unwrap().header("X-TC-Token"), Some("token-0"));
        answer(&tcp, &api_error("AuthFailure.TokenFailure"));
        assert_eq!(request(&tcp).unwrap().header("X-TC-Token"), Some("token-1"));
        answer(&tcp, &result("renewed"));
        // The new one is as bad, and there is no third try.
        for token in ["token-1", "token-2"] {
            assert_eq!(request(&tcp).unwrap().header("X-TC-Token"), Some(token));
            answer(&tcp, &api_error("AuthFailure.TokenFailure"));
        }
        assert!(request(&tcp).is_none());
    });
    let count = AtomicUsize::new(0);
    let client = server
        .builder()
        .credentials_from(move || {
            let number = count.fetch_add(1, Ordering::SeqCst);
            Credentials::new(
                "AKIDEXAMPLE",
                format!("key-{number}"),
                Some(format!("token-{number}")),
            )
        })
        .build()
        .unwrap();
    client.invoke("hello", "{}").unwrap();
    let error = client.invoke("hello", "{}").unwrap_err();
    assert!(matches!(error, Error::Api(_)), "{error:?}");
    assert_eq!(error.delivery(), Delivery::Refused);
    drop(client);
    server.join();
}

#[test]
fn a_provider_that_fails_is_told_before_anything_is_sent() {
    let client = Client::builder()
        .region("ap-guangzhou")
        .credentials_from(|| Credentials::new("", "key", None))
        .build()
        .unwrap();
    let error = client.invoke("hello", "{}").unwrap_err();
    assert_eq!(error.delivery(), Delivery::NotSent);
    assert!(error.to_string().contains("secret id"), "{error}");
}
