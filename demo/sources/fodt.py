"""Turns the light text of ke-hoach.txt and thong-bao.txt into a flat OpenDocument file, laid out after Decree 30, Appendix I."""
import sys
from html import escape

NS = " ".join(f'xmlns:{p}="urn:oasis:names:tc:opendocument:xmlns:{u}:1.0"' for p, u in {
    "office": "office", "style": "style", "text": "text", "table": "table", "fo": "xsl-fo-compatible", "svg": "svg-compatible", "meta": "meta"}.items())


def para_style(name, text="", para=""):
    return (f'<style:style style:name="{name}" style:family="paragraph" style:parent-style-name="Standard">'
            f'<style:paragraph-properties {para}/><style:text-properties {text}/></style:style>')


BOLD, ITALIC, CENTER = 'fo:font-weight="bold"', 'fo:font-style="italic"', 'fo:text-align="center"'
FLAT = 'fo:text-indent="0cm" fo:margin-top="0cm" fo:margin-bottom="0cm"'
KEEP = 'fo:keep-with-next="always"'


def size(pt):
    return f'fo:font-size="{pt}pt"'


STYLES = "".join([
    para_style("Body", "", 'fo:text-align="justify" fo:text-indent="1cm" fo:margin-top="0.1cm" fo:margin-bottom="0.1cm" fo:orphans="2" fo:widows="2"'),
    para_style("H1", BOLD, f'fo:text-indent="1cm" fo:margin-top="0.25cm" fo:margin-bottom="0.1cm" {KEEP}'),
    para_style("H2", f"{BOLD} {ITALIC}", f'fo:text-indent="1cm" fo:margin-top="0.15cm" fo:margin-bottom="0.1cm" {KEEP}'),
    para_style("Org", f"{BOLD} {size(13)}", f"{CENTER} {FLAT}"),
    para_style("Nation", f"{BOLD} {size(12.5)}", f"{CENTER} {FLAT}"),
    para_style("Motto", f"{BOLD} {size(13.5)}", f"{CENTER} {FLAT}"),
    para_style("RuleShort", size(3), f'{CENTER} {FLAT} fo:margin-left="2.2cm" fo:margin-right="2.2cm" fo:border-top="0.6pt solid #000000" fo:padding-top="0.02cm"'),
    para_style("RuleLong", size(3), f'{CENTER} {FLAT} fo:margin-left="2.2cm" fo:margin-right="2.2cm" fo:border-top="0.6pt solid #000000" fo:padding-top="0.02cm"'),
    para_style("RuleTitle", size(3), f'{CENTER} {FLAT} fo:margin-left="5.7cm" fo:margin-right="5.7cm" fo:border-top="0.6pt solid #000000" fo:padding-top="0.02cm"'),
    para_style("No", size(13), f'{CENTER} fo:margin-top="0.25cm"'),
    para_style("Date", f"{ITALIC} {size(13.5)}", f'{CENTER} fo:margin-top="0.25cm"'),
    para_style("Title", BOLD, f'{CENTER} fo:margin-top="0.6cm"'),
    para_style("Abstract", BOLD, f'{CENTER} fo:margin-left="0.6cm" fo:margin-right="0.6cm" fo:margin-bottom="0.05cm"'),
    para_style("Gap", size(6), FLAT),
    para_style("ToHead", f"{BOLD} {ITALIC} {size(12)}", FLAT),
    para_style("To", size(11), FLAT),
    para_style("Sign", BOLD, f"{CENTER} {FLAT}"),
    para_style("Cell", size(12), FLAT),
    para_style("CellMid", size(12), f"{CENTER} {FLAT}"),
    para_style("CellHead", f"{BOLD} {size(12)}", f"{CENTER} {FLAT}"),
    para_style("PageNo", size(13), CENTER),
])


def table(name, widths, rows, border, keep=False):
    out = [f'<table:table table:name="{name}" table:style-name="{name}">']
    out += [f'<table:table-column table:style-name="{name}.{i}"/>' for i in range(len(widths))]
    for n, row in enumerate(rows):
        body = f'<table:table-row table:style-name="Row">{"".join(f"""<table:table-cell table:style-name="{border}" office:value-type="string">{c}</table:table-cell>""" for c in row)}</table:table-row>'
        out.append(f"<table:table-header-rows>{body}</table:table-header-rows>" if border == "Boxed" and n == 0 else body)
    out.append("</table:table>")
    style = (f'<style:style style:name="{name}" style:family="table"><style:table-properties style:width="{sum(widths)}cm" table:align="margins" '
             f'{"style:may-break-between-rows=" + chr(34) + "false" + chr(34) if keep else ""}/></style:style>')
    style += "".join(f'<style:style style:name="{name}.{i}" style:family="table-column"><style:table-column-properties style:column-width="{w}cm"/></style:style>'
                     for i, w in enumerate(widths))
    return "".join(out), style


def p(style, text):
    return f'<text:p text:style-name="{style}">{text}</text:p>'


def convert(source):
    head, _, text = source.partition("\n\n")
    meta = dict(line.split(": ", 1) for line in head.splitlines())
    meta = {k: escape(v) for k, v in meta.items()}
    gap = '<text:s text:c="%d"/>'
    left = "".join(p("Org", line.strip()) for line in meta["org"].split("|")) + p("RuleShort", "") + p("No", "Số: " + gap % 9 + meta["symbol"])
    right = (p("Nation", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM") + p("Motto", "Độc lập - Tự do - Hạnh phúc") + p("RuleLong", "")
             + p("Date", f"Minh An, ngày{gap % 6} tháng{gap % 6} năm 2026"))
    head_table, styles = table("Head", [6.8, 9.6], [[left, right]], "Plain")
    body = [head_table, p("Title", meta["kind"]), p("Abstract", meta["abstract"]), p("RuleTitle", ""), p("Gap", "")]
    rows, tables = [], 0
    for line in [*text.splitlines(), ""]:
        line = escape(line)
        if line.startswith(("table: ", "row: ")):
            cells = [c.strip() for c in line.split(": ", 1)[1].split("|")]
            mid = ("CellMid", "Cell", "Cell", "Cell", "CellMid")
            rows.append([p("CellHead" if line.startswith("table") else mid[i], c) for i, c in enumerate(cells)])
            continue
        if rows:
            tables += 1
            xml, style = table(f"Table{tables}", [1.1, 5.6, 3.5, 3.8, 2.4], rows, "Boxed")
            body += [xml, p("Gap", "")]
            styles, rows = styles + style, []
        if line.startswith("## "):
            body.append(p("H2", line[3:]))
        elif line.startswith("# "):
            body.append(p("H1", line[2:]))
        elif line:
            body.append(p("Body", line))
    to = p("ToHead", "Nơi nhận:") + "".join(p("To", "- " + r.strip()) for r in meta["to"].split("|"))
    sign = "".join(p("Sign", s.strip()) for s in meta["sign"].split("|")) + p("Sign", "") * 6 + p("Sign", meta["signer"])
    foot, style = table("Foot", [8.2, 8.2], [[to, sign]], "Plain", keep=True)
    return (f'<?xml version="1.0" encoding="UTF-8"?><office:document {NS} xmlns:dc="http://purl.org/dc/elements/1.1/" office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.text">'
            f'<office:meta><dc:title>{meta["title"]}</dc:title><dc:language>vi-VN</dc:language></office:meta>'
            '<office:font-face-decls><style:font-face style:name="Serif" svg:font-family="Tinos"/></office:font-face-decls>'
            '<office:styles><style:default-style style:family="paragraph"><style:text-properties style:font-name="Serif" fo:font-size="14pt" fo:language="vi" fo:country="VN"/></style:default-style>'
            f'<style:style style:name="Standard" style:family="paragraph"/>{STYLES}</office:styles>'
            '<office:automatic-styles>'
            '<style:page-layout style:name="A4"><style:page-layout-properties fo:page-width="21cm" fo:page-height="29.7cm" fo:margin-top="2cm" fo:margin-bottom="2cm" fo:margin-left="3cm" fo:margin-right="1.6cm"/></style:page-layout>'
            '<style:page-layout style:name="A4next"><style:page-layout-properties fo:page-width="21cm" fo:page-height="29.7cm" fo:margin-top="1.1cm" fo:margin-bottom="2cm" fo:margin-left="3cm" fo:margin-right="1.6cm"/>'
            '<style:header-style><style:header-footer-properties fo:min-height="0.9cm" fo:margin-bottom="0.2cm"/></style:header-style></style:page-layout>'
            '<style:style style:name="Plain" style:family="table-cell"><style:table-cell-properties fo:padding="0cm" fo:border="none"/></style:style>'
            '<style:style style:name="Boxed" style:family="table-cell"><style:table-cell-properties fo:padding="0.1cm" fo:border="0.5pt solid #000000" style:vertical-align="middle"/></style:style>'
            '<style:style style:name="Row" style:family="table-row"><style:table-row-properties fo:keep-together="always"/></style:style>'
            f'{styles}{style}</office:automatic-styles>'
            '<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="A4" style:next-style-name="Next"/>'
            '<style:master-page style:name="Next" style:page-layout-name="A4next"><style:header><text:p text:style-name="PageNo"><text:page-number text:select-page="current"/></text:p></style:header></style:master-page></office:master-styles>'
            f'<office:body><office:text>{"".join(body)}{p("Gap", "")}{foot}</office:text></office:body></office:document>')


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as f:
        xml = convert(f.read())
    with open(sys.argv[2], "w", encoding="utf-8") as f:
        f.write(xml)
