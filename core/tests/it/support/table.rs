//! The table of what can come back: `outcomes.tsv`. The tests of other faces
//! read it by this file too.
#![allow(dead_code, unreachable_pub, reason = "each face runs its part")]

/// The part of the request that is sent, and the kind of connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    PartOnNew,
    PartOnReused,
    Whole,
}

impl Way {
    pub const ALL: [Self; 3] = [Self::PartOnNew, Self::PartOnReused, Self::Whole];

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
    date: String,
    outcomes: [&'static str; 3],
}

/// Returns the rows, whose responses have this Date.
pub fn rows(date: &str) -> Vec<Row> {
    let lines = include_str!("../../outcomes.tsv").lines();
    lines.filter(|line| !line.starts_with('#')).map(|line| row(line, date)).collect()
}

fn row(line: &'static str, date: &str) -> Row {
    let cells: Vec<_> = line.split('\t').collect();
    let [name, invocation, response, body, part, reused, whole] = cells[..] else {
        panic!("seven cells are needed: {line}");
    };
    Row {
        name,
        asynchronous: invocation == "async",
        response,
        body,
        date: date.to_owned(),
        outcomes: [part, reused, whole],
    }
}

impl Row {
    /// Returns the outcome: delivery and next step, in words.
    pub fn outcome(&self, way: Way) -> &'static str {
        self.outcomes[way as usize]
    }

    /// Returns the bytes that the connection gives before it ends.
    pub fn bytes(&self) -> Vec<u8> {
        let response = |status: &str, length: usize| {
            let (date, body) = (&self.date, self.body);
            format!(
                "HTTP/1.1 {status} Reason\r\nDate: {date}\r\nContent-Length: {length}\r\n\r\n{body}"
            )
            .into_bytes()
        };
        match self.response {
            "closed" => vec![],
            "head" => b"HTTP/1.1 200 OK\r\nContent-Le".to_vec(),
            "200 cut" => response("200", self.body.len() + 1),
            "no HTTP" => b"SSH-2.0-OpenSSH_9.2\r\n".to_vec(),
            status => response(status, self.body.len()),
        }
    }
}
