//! The table of what can come back: `outcomes.tsv`.

/// What a row expects: delivery and next step, in words.
#[derive(Debug)]
pub struct Expected {
    pub way: Way,
    pub outcome: &'static str,
}

/// How much of the request is sent, and on what connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    PartOnNew,
    PartOnReused,
    Whole,
}

impl Way {
    pub fn is_whole(self) -> bool {
        self == Self::Whole
    }

    pub fn is_reused(self) -> bool {
        self == Self::PartOnReused
    }
}

/// One thing that can come back.
#[derive(Debug)]
pub struct Row {
    pub name: &'static str,
    pub asynchronous: bool,
    pub response: &'static str,
    pub body: &'static str,
    pub expected: [Expected; 3],
}

pub fn rows() -> Vec<Row> {
    let lines = include_str!("../../outcomes.tsv").lines();
    lines.filter(|line| !line.starts_with('#')).map(row).collect()
}

fn row(line: &'static str) -> Row {
    let cells: Vec<_> = line.split('\t').collect();
    let [name, invocation, response, body, part, reused, whole] = cells[..] else {
        panic!("seven cells are needed: {line}");
    };
    let expected = |way, outcome| Expected { way, outcome };
    Row {
        name,
        asynchronous: invocation == "async",
        response,
        body,
        expected: [
            expected(Way::PartOnNew, part),
            expected(Way::PartOnReused, reused),
            expected(Way::Whole, whole),
        ],
    }
}

impl Row {
    /// The bytes that the connection gives before it ends.
    pub fn bytes(&self) -> Vec<u8> {
        let head = |status: &str, length: usize| {
            format!(
                "HTTP/1.1 {status} Told\r\nDate: Tue, 14 Nov 2023 22:13:20 GMT\r\n\
                 Content-Length: {length}\r\n\r\n{}",
                self.body
            )
            .into_bytes()
        };
        match self.response {
            "closed" => vec![],
            "head" => b"HTTP/1.1 200 OK\r\nContent-Le".to_vec(),
            "200 cut" => head("200", self.body.len() + 1),
            "no HTTP" => b"SSH-2.0-OpenSSH_9.2\r\n".to_vec(),
            status => head(status, self.body.len()),
        }
    }
}
