//! The parts of the command that a shell uses: completions and manual pages.
#![cfg(unix)]

mod support;

use std::process::{Command, Stdio};

use support::{SCF, folder, run, scf};

#[test]
fn bash_completes_commands_and_options() {
    let program = r#"
        source <("$0" completions bash)
        COMP_WORDS=(tscf "$1" "$2") COMP_CWORD=$3
        _tscf tscf "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
        printf '%s\n' "${COMPREPLY[@]}"
    "#;
    let complete = |words: [&str; 3]| {
        let mut bash = Command::new("bash");
        let output = bash.args(["-c", program, SCF]).args(words).stdin(Stdio::null()).output();
        String::from_utf8(output.unwrap().stdout).unwrap()
    };
    assert_eq!(complete(["inv", "", "1"]), "invoke\n");
    assert!(complete(["invoke", "--reg", "2"]).contains("--region\n"));
}

#[test]
fn every_shell_has_its_completions() {
    for (shell, mark) in [
        ("bash", "complete -F _tscf"),
        ("zsh", "#compdef tscf"),
        ("fish", "complete -c tscf"),
        ("powershell", "Register-ArgumentCompleter"),
    ] {
        let script = run(&mut scf(&["completions", shell])).expect(0).stdout;
        assert!(script.contains(mark), "{shell}");
        for command in ["invoke", "emulator", "relay", "day-key"] {
            assert!(script.contains(command), "{shell} lacks {command}");
        }
    }
    run(&mut scf(&["completions", "csh"])).expect(2);
}

#[test]
fn there_is_a_manual_page_for_each_command() {
    let page = run(&mut scf(&["man"])).expect(0).stdout;
    assert!(page.contains(".TH tscf 1") && page.contains("Exit codes"), "{page}");
    let page = run(&mut scf(&["man", "invoke"])).expect(0).stdout;
    assert!(page.contains(".TH tscf-invoke 1") && page.contains(r"\-\-region"), "{page}");
    let done = run(&mut scf(&["man", "incoke"])).expect(2);
    assert!(done.stderr.contains("there are invoke, map, emulator"), "{}", done.stderr);

    let dir = folder("man");
    run(&mut scf(&["man", "--dir", dir.to_str().unwrap()])).expect(0);
    for page in ["tscf.1", "tscf-invoke.1", "tscf-emulator.1", "tscf-relay.1"] {
        assert!(dir.join(page).is_file(), "{page}");
    }
    run(&mut scf(&["man", "--dir", "no/such/folder"])).expect(2);
}
