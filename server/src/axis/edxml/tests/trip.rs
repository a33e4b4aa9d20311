//! Whatever a message says is read back as it was written.
use super::*;

/// Numbers that look random and are the same in each run (xorshift).
struct Any(u64);

impl Any {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }

    /// White space at the ends is not part of what is said.
    fn text(&mut self) -> String {
        const LETTERS: [&str; 24] = [
            "a",
            "Đ",
            "ử",
            "<",
            ">",
            "&",
            "\"",
            "'",
            "]]>",
            "&amp;",
            "&#13;",
            "<!--",
            "-->",
            "<![CDATA[",
            "\r",
            "\n",
            "\r\n",
            "\t",
            " ",
            "\u{85}",
            "\u{2028}",
            "😀",
            "%s",
            "</edXML:Subject>",
        ];
        let n = self.below(12);
        let text: String = (0..n).map(|_| LETTERS[self.below(24) as usize]).collect();
        text.trim().to_owned()
    }

    fn some(&mut self) -> String {
        format!("x{}", self.text())
    }

    fn day(&mut self) -> String {
        format!("20{:02}-{:02}-{:02}", self.below(100), 1 + self.below(12), 1 + self.below(28))
    }

    fn organ(&mut self) -> Organ {
        Organ {
            organ_id: format!("H{}.{}", self.below(99), self.below(99)),
            in_charge: self.text(),
            name: self.text(),
            address: self.text(),
            email: self.text(),
            telephone: self.text(),
            fax: self.text(),
            website: self.text(),
        }
    }

    fn many<T>(&mut self, least: u64, one: impl Fn(&mut Self) -> T) -> Vec<T> {
        let n = least + self.below(4);
        (0..n).map(|_| one(self)).collect()
    }

    fn response(&mut self) -> Response {
        Response {
            organ_id: self.text(),
            number: self.text(),
            date: self.day(),
            document_id: self.text(),
        }
    }

    fn staff(&mut self) -> Staff {
        Staff {
            department: self.text(),
            name: self.text(),
            mobile: self.text(),
            email: self.text(),
        }
    }

    fn document(&mut self) -> Document {
        let mut d = Document {
            from: self.organ(),
            to: self.many(1, Self::organ),
            code_number: self.below(10_000).to_string(),
            code_notation: self.some(),
            place: self.text(),
            promulgation_date: self.day(),
            kind: self.text(),
            kind_name: self.text(),
            kind_detail: self.text(),
            subject: self.some(),
            content: self.text(),
            competence: self.text(),
            position: self.text(),
            signer: self.text(),
            due_date: self.day(),
            to_places: self.many(0, Self::text),
            priority: self.below(4) as u8,
            sphere: self.text(),
            typer: self.text(),
            copies: self.below(100) as u32,
            page_amount: self.below(100_000) as u32,
            appendixes: self.many(0, Self::text),
            response_for: self.many(0, Self::response),
            steering: self.some(),
            business: self.below(4) as u8,
            business_reason: self.text(),
            update: (self.below(2) == 1).then(|| Update {
                document: self.text(),
                receivers: self.text(),
                list: self.many(0, |a| (a.text(), a.text())),
            }),
            replaces: self.many(0, |a| Replacement {
                document_id: a.text(),
                organs: a.many(0, Self::text),
            }),
            staff: self.staff(),
            paper: self.some(),
            trace: self.many(0, |a| (a.text(), a.text())),
            ..Document::default()
        };
        d.document_id = d.expected_id();
        d
    }

    fn status(&mut self) -> Status {
        Status {
            from: self.organ(),
            to: self.many(0, Self::organ),
            for_organ: self.text(),
            for_number: self.text(),
            for_date: self.day(),
            for_document_id: self.text(),
            code: format!("{:02}", self.below(100)),
            description: self.text(),
            timestamp: self.text(),
            staff: self.staff(),
        }
    }
}

#[test]
fn every_field_of_a_document_and_of_a_status_survives() {
    let folder = tempfile::tempdir().unwrap();
    let mut any = Any(0x9E37_79B9_7F4A_7C15);
    for round in 0..300 {
        let d = any.document();
        let content = any.some().into_bytes();
        let parsed = parse(&written(&d, &content, folder.path()), folder.path()).unwrap_or_else(|e| panic!("{round}: {e}: {d:?}"));
        assert_eq!(parsed.message, Message::Document(Box::new(d)), "{round}");
        let file = &parsed.attachments[0].path;
        assert_eq!(std::fs::read(file).unwrap(), content, "{round}");
        std::fs::remove_file(file).unwrap();

        let s = any.status();
        let mut out = Vec::new();
        write_status(&mut out, &s).unwrap();
        assert_eq!(parse(&out, folder.path()).unwrap().message, Message::Status(Box::new(s)), "{round}");
    }
}
