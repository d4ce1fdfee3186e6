//! The folder of a page, and nothing beside it.

mod support;

use std::fs;
use std::path::PathBuf;

use support::{AMPLE, Endpoint, HELLO, Request};

/// A folder of this test's own, with a secret beside it.
fn site(test: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(test);
    let _ = fs::remove_dir_all(&folder);
    let site = folder.join("site");
    fs::create_dir_all(site.join("sub")).unwrap();
    fs::create_dir_all(site.join(".git")).unwrap();
    fs::create_dir_all(folder.join("site-beside")).unwrap();
    for (path, text) in [
        ("secret.txt", "secret"),
        ("site-beside/secret.txt", "secret"),
        ("site/index.html", "<h1>page</h1>"),
        ("site/.env", "secret"),
        ("site/.git/config", "secret"),
        ("site/app.mjs", "export {}"),
        ("site/style.css", "p {}"),
        ("site/core.wasm", "\0asm"),
        ("site/icon.svg", "<svg/>"),
        ("site/data.json", "{}"),
        ("site/photo.PNG", "png"),
        ("site/a b\u{e9}.txt", "spaced"),
        ("site/unknown.exe", "?"),
        ("site/sub/index.html", "sub"),
    ] {
        fs::write(folder.join(path), text).unwrap();
    }
    #[cfg(unix)]
    for (from, to) in [("../secret.txt", "link.txt"), ("..", "up"), ("app.mjs", "inside.mjs")] {
        std::os::unix::fs::symlink(from, site.join(to)).unwrap();
    }
    site
}

fn get(target: &str) -> Request {
    Request::with_body("").method("GET").target(target)
}

#[test]
fn files_have_their_types() {
    let (endpoint, _seen) = Endpoint::answering(HELLO);
    let (relay, log) = endpoint.relay(|builder| builder.page(site("types")));
    for (target, content_type, text) in [
        ("/", "text/html; charset=utf-8", "<h1>page</h1>"),
        ("/index.html?query=is-ignored", "text/html; charset=utf-8", "<h1>page</h1>"),
        ("/app.mjs", "text/javascript; charset=utf-8", "export {}"),
        ("/style.css", "text/css; charset=utf-8", "p {}"),
        ("/core.wasm", "application/wasm", "\0asm"),
        ("/icon.svg", "image/svg+xml", "<svg/>"),
        ("/data.json", "application/json", "{}"),
        ("/photo.PNG", "image/png", "png"),
        ("/a%20b%C3%a9.txt", "text/plain; charset=utf-8", "spaced"),
        ("/unknown.exe", "application/octet-stream", "?"),
        ("/sub/", "text/html; charset=utf-8", "sub"),
    ] {
        let answer = get(target).send(relay.addr());
        assert_eq!((answer.status, answer.text().as_str()), (200, text), "{target}");
        assert_eq!(answer.header("content-type"), Some(content_type));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        // No other site frames it, opens it to itself, or learns of it.
        assert_eq!(answer.header("x-frame-options"), Some("DENY"));
        assert_eq!(answer.header("cross-origin-opener-policy"), Some("same-origin"));
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");

        let head = get(target).method("HEAD").send(relay.addr());
        assert_eq!((head.status, head.body.len()), (200, 0), "{target}");
        assert_eq!(head.header("content-length"), Some(text.len().to_string().as_str()));
        let line = log.recv_timeout(AMPLE).unwrap().to_string();
        assert!(line.contains(" page ") && !line.contains("query"), "{line}");
        log.recv_timeout(AMPLE).unwrap();
    }
    // Invocations go on as ever.
    Request::good().send(relay.addr()).expect_hello();
    Request::good().target("/").send(relay.addr()).expect_hello();
    let post = Request::good().target("/index.html").send(relay.addr());
    post.expect(404, "refused", "Relay.Target");
}

#[test]
fn nothing_else_is_shown() {
    let (endpoint, _seen) = Endpoint::answering(HELLO);
    let (relay, _log) = endpoint.relay(|builder| builder.page(site("traversal")));
    for target in [
        "/../secret.txt",
        "/sub/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/%2E./secret.txt",
        "/..%2fsecret.txt",
        "/..%5csecret.txt",
        "/..\\secret.txt",
        "/%252e%252e/secret.txt",
        "/../site-beside/secret.txt",
        "//etc/passwd",
        "/%2fetc/passwd",
        "/c:/windows/win.ini",
        "/.env",
        "/.git/config",
        "/sub",
        "/sub//index.html",
        "/index.html/",
        "/index.html%00.txt",
        "/%",
        "/%zz",
        "/%ff",
        "/link.txt",
        "/up/secret.txt",
        "/missing.html",
    ] {
        let answer = get(target).send(relay.addr());
        assert!(matches!(answer.status, 400 | 404), "{target}: {}", answer.status);
        assert!(!answer.text().contains("secret"), "{target}");
    }
    #[cfg(unix)]
    assert_eq!(get("/inside.mjs").send(relay.addr()).text(), "export {}");
}

#[test]
fn without_a_page_there_are_no_files() {
    let (endpoint, _seen) = Endpoint::answering(HELLO);
    let (relay, _log) = endpoint.relay(|builder| builder);
    get("/").send(relay.addr()).expect(405, "refused", "Relay.Method");
    get("/index.html").send(relay.addr()).expect(404, "refused", "Relay.Target");
}
