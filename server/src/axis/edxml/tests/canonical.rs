//! Exclusive canonical XML, by hand; xmlsec1 judges the whole in the integration tests.
use crate::axis::edxml::c14n::{Canonical, Sink};
use crate::axis::edxml::names::Names;
use quick_xml::events::Event;
use quick_xml::{Reader, XmlVersion};

/// The canonical form of the first element called `name`.
fn canonical(xml: &str, name: &str) -> Result<String, super::Error> {
    let mut reader = Reader::from_str(xml);
    let (mut names, mut depth, mut open) = (Names::default(), 0, None);
    loop {
        let event = reader.read_event().expect("XML");
        let empty = matches!(event, Event::Empty(_));
        match event {
            Event::Start(tag) | Event::Empty(tag) => {
                for attribute in tag.attributes().with_checks(false).flatten() {
                    let key = attribute.key.as_ref();
                    if let Some(prefix) = if key == "xmlns" { Some("") } else { key.strip_prefix("xmlns:") } {
                        let value = attribute.normalized_value(XmlVersion::Implicit1_0).expect("a value");
                        names.declare(depth, prefix, value.into_owned());
                    }
                }
                if tag.name().as_ref() == name && open.is_none() {
                    open = Some(Canonical::new(Sink::Text(Vec::new())));
                }
                let Some(canonical) = &mut open else {
                    depth += 1;
                    continue;
                };
                canonical.start(&tag, &names)?;
                depth += 1;
                if empty {
                    depth -= 1;
                    names.leave(depth);
                    if canonical.end() {
                        break;
                    }
                }
            }
            Event::End(_) => {
                depth -= 1;
                names.leave(depth);
                if open.as_mut().is_some_and(Canonical::end) {
                    break;
                }
            }
            Event::Text(text) => open.iter_mut().for_each(|c| c.text(&text.xml10_content())),
            Event::CData(text) => open.iter_mut().for_each(|c| c.text(&text.xml10_content())),
            Event::PI(pi) => open.iter_mut().for_each(|c| c.instruction(pi.target(), pi.content())),
            Event::GeneralRef(name) => {
                let c = name.resolve_char_ref().expect("a reference").expect("of a character");
                open.iter_mut().for_each(|o| o.text(&c.to_string()));
            }
            Event::Eof => panic!("no {name}"),
            _ => {}
        }
    }
    match open.expect("an element").finish() {
        Sink::Text(text) => Ok(String::from_utf8(text).expect("text")),
        Sink::Hash(_) => panic!("a hash"),
    }
}

#[test]
fn only_the_namespaces_in_use_are_declared_and_where_they_are_used() {
    // The example of the recommendation (2.2): the same element in two surroundings.
    let alone = "<n1:elem2 xmlns:n1=\"http://example.net\" xml:lang=\"en\"><n3:stuff xmlns:n3=\"ftp://example.org\"/></n1:elem2>";
    let within = format!("<n0:pdu xmlns:n0=\"http://a.example\" xmlns:n1=\"http://b.example\">{alone}</n0:pdu>");
    let expected =
        "<n1:elem2 xmlns:n1=\"http://example.net\" xml:lang=\"en\"><n3:stuff xmlns:n3=\"ftp://example.org\"></n3:stuff></n1:elem2>";
    assert_eq!(canonical(alone, "n1:elem2").expect("canonical"), expected);
    assert_eq!(canonical(&within, "n1:elem2").expect("canonical"), expected);
}

#[test]
fn what_xml_leaves_open_is_written_in_one_way() {
    #[rustfmt::skip]
    let cases = [
        ("<a/>", "<a></a>"),
        ("<a  b = '2'\n a=\"1\" />", "<a a=\"1\" b=\"2\"></a>"),
        ("<a><!-- x -->y<!-- z --></a>", "<a>y</a>"),
        ("<a><?t  d ?><?e?></a>", "<a><?t d ?><?e?></a>"),
        ("<a><![CDATA[<&>]]></a>", "<a>&lt;&amp;&gt;</a>"),
        ("<a>&#13;&#x20;\r\n\r\"'&#9;</a>", "<a>&#xD; \n\n\"'\t</a>"),
        ("<a b='\t\n\"&lt;&amp;>&#9;&#10;&#13;'/>", "<a b=\"  &quot;&lt;&amp;>&#x9;&#xA;&#xD;\"></a>"),
        // Attributes go by namespace, those without one first.
        ("<a xmlns:y='urn:1' xmlns:x='urn:2' x:a='1' y:b='2' c='3'/>", "<a xmlns:x=\"urn:2\" xmlns:y=\"urn:1\" c=\"3\" y:b=\"2\" x:a=\"1\"></a>"),
        ("<a xmlns='urn:1'><b xmlns=''><c xmlns='urn:1'/></b><d/></a>", "<a xmlns=\"urn:1\"><b xmlns=\"\"><c xmlns=\"urn:1\"></c></b><d></d></a>"),
        ("<a xmlns=''><b/></a>", "<a><b></b></a>"),
        // The same prefix, another namespace; and back.
        ("<p:a xmlns:p='urn:1'><p:b xmlns:p='urn:2'><p:c/></p:b><p:d/></p:a>", "<p:a xmlns:p=\"urn:1\"><p:b xmlns:p=\"urn:2\"><p:c></p:c></p:b><p:d></p:d></p:a>"),
        // Declared by a sibling is not declared here.
        ("<a xmlns:p='urn:1'><p:b/><p:c/></a>", "<a><p:b xmlns:p=\"urn:1\"></p:b><p:c xmlns:p=\"urn:1\"></p:c></a>"),
    ];
    for (xml, expected) in cases {
        let name = if xml.starts_with("<p:") { "p:a" } else { "a" };
        assert_eq!(canonical(xml, name).expect("canonical"), expected, "{xml}");
    }
}

#[test]
fn what_is_no_xml_with_namespaces_has_no_canonical_form() {
    for xml in [
        "<a b='1' b='2'/>",
        "<a xmlns:p='urn:1' xmlns:q='urn:1' p:b='1' q:b='2'/>",
        "<a p:b='1'/>",
        "<a xmlns:p='' p:b='1'/>",
    ] {
        assert!(canonical(xml, "a").is_err(), "{xml}");
    }
}
