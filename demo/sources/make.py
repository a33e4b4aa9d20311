"""Makes the scan, the form and the index of the demonstration documents. Called by scripts/demo-documents.

make.py scan IN.pdf OUT.pdf | form OUT.pdf | index DOCUMENTS-DIR UNSCANNED.pdf
"""
import io
import json
import random
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageChops, ImageFilter
from reportlab import rl_config
from reportlab.lib.colors import black, white
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Paragraph

rl_config.useA85 = 0
rl_config.invariant = 1
FONTS = Path("/usr/share/fonts/truetype/croscore")


def scan(source, target):
    """Pages as a flatbed scanner gives them: 200 dpi, colour, a little askew, paper not quite white, some dust."""
    rng = random.Random(30)
    canvas = Canvas(str(target), pagesize=A4, pdfVersion=(1, 4), pageCompression=0)
    canvas.setTitle("Quyết định ban hành Quy chế văn bản điện tử (bản quét)")
    canvas.setCreator("Máy quét văn thư")
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["pdftoppm", "-r", "200", "-png", str(source), f"{folder}/page"], check=True)
        for page in sorted(Path(folder).glob("*.png")):
            sheet = Image.open(page).convert("RGB").resize((1654, 2339))
            sheet = sheet.filter(ImageFilter.GaussianBlur(0.75))
            # Ink is never quite black and paper never quite white.
            sheet = sheet.point([int(34 + v * 0.84) for v in range(256)] * 2 + [int(36 + v * 0.80) for v in range(256)])
            sheet = sheet.rotate(rng.choice((-1, 1)) * rng.uniform(0.25, 0.7), resample=Image.BICUBIC, fillcolor=(247, 246, 240))
            # Light falls off towards one edge; a grain too soft to cost many bytes.
            shade = Image.linear_gradient("L").rotate(90).resize(sheet.size).point([255 - int((255 - v) * 0.06) for v in range(256)])
            grain = Image.effect_noise((sheet.width // 3, sheet.height // 3), 3).resize(sheet.size, Image.BICUBIC).point([min(255, v + 124) for v in range(256)])
            sheet = ImageChops.multiply(sheet, Image.merge("RGB", (ImageChops.multiply(shade, grain),) * 3))
            for _ in range(26):
                x, y, d = rng.randrange(sheet.width), rng.randrange(sheet.height), rng.choice((1, 1, 2, 3))
                sheet.paste((150, 146, 138), (x, y, x + d, y + rng.choice((1, d))))
            data = io.BytesIO()
            sheet.save(data, "JPEG", quality=22, optimize=True, dpi=(200, 200))
            data.seek(0)
            canvas.drawImage(ImageReader(data), 0, 0, *A4)
            canvas.showPage()
    canvas.save()


def form(target):
    """An opinion sheet with text fields and check boxes."""
    for name, file in (("Times", "Tinos-Regular"), ("Times-B", "Tinos-Bold"), ("Times-I", "Tinos-Italic"), ("Times-BI", "Tinos-BoldItalic")):
        pdfmetrics.registerFont(TTFont(name, str(FONTS / f"{file}.ttf")))
    pdfmetrics.registerFontFamily("Times", "Times", "Times-B", "Times-I", "Times-BI")
    canvas = Canvas(str(target), pagesize=A4, pdfVersion=(1, 7))
    canvas.setTitle("Phiếu lấy ý kiến thành viên Ủy ban nhân dân tỉnh")
    width, left, right = A4[0], 30 * mm, A4[0] - 17 * mm
    body = ParagraphStyle("body", fontName="Times", fontSize=13.5, leading=17.5, alignment=TA_JUSTIFY, firstLineIndent=10 * mm, spaceAfter=3)
    middle = ParagraphStyle("middle", parent=body, alignment=TA_CENTER, firstLineIndent=0)
    y = A4[1] - 22 * mm

    def para(text, style=body, gap=4):
        nonlocal y
        block = Paragraph(text, style)
        _, height = block.wrap(right - left, 1000)
        y -= height
        block.drawOn(canvas, left, y)
        y -= gap

    def centred(x, dy, font, size, text):
        canvas.setFont(font, size)
        canvas.drawCentredString(x, y - dy, text)

    def field(name, tip, x, base, w, h=20, multiline=False):
        canvas.acroForm.textfield(name=name, tooltip=tip, x=x, y=base, width=w, height=h, fontName="Times-Roman", fontSize=12, borderWidth=0.5,
                                  borderColor=black, fillColor=white, textColor=black, forceBorder=True, fieldFlags="multiline" if multiline else "")

    lx, rx = left + 32 * mm, left + 113 * mm
    for dy, text in ((0, "ỦY BAN NHÂN DÂN"), (15, "TỈNH MINH AN")):
        centred(lx, dy, "Times-B", 13, text)
    canvas.line(lx - 12 * mm, y - 19, lx + 12 * mm, y - 19)
    centred(rx, 0, "Times-B", 12.3, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
    centred(rx, 15, "Times-B", 13.3, "Độc lập - Tự do - Hạnh phúc")
    canvas.line(rx - 27 * mm, y - 19, rx + 27 * mm, y - 19)
    centred(lx, 39, "Times", 13, "Số:          /PLYK-UBND")
    centred(rx, 39, "Times-I", 13.3, "Minh An, ngày       tháng       năm 2026")
    y -= 68
    para("<b>PHIẾU LẤY Ý KIẾN</b>", middle, 1)
    para("<b>Thành viên Ủy ban nhân dân tỉnh về dự thảo Quyết định quy định phân cấp quản lý tài sản công trên địa bàn tỉnh Minh An</b>", middle, 3)
    canvas.line(width / 2 + 6 * mm - 22 * mm, y, width / 2 + 6 * mm + 22 * mm, y)
    y -= 12
    for text in (
        "Sở Tài chính trình Ủy ban nhân dân tỉnh dự thảo Quyết định quy định phân cấp quản lý tài sản công tại cơ quan, tổ chức, đơn vị thuộc phạm vi quản lý của tỉnh (Tờ trình số 412/TTr-STC ngày 16 tháng 11 năm 2026). Hồ sơ đã được Sở Tư pháp thẩm định và tiếp thu ý kiến của 34/34 cơ quan, đơn vị, địa phương.",
        "Thực hiện Quy chế làm việc của Ủy ban nhân dân tỉnh, Chủ tịch Ủy ban nhân dân tỉnh quyết định lấy ý kiến bằng phiếu của các thành viên Ủy ban nhân dân tỉnh, thay cho việc thảo luận tại phiên họp. Nội dung chính của dự thảo:",
        "1. Phân cấp cho Chủ tịch Ủy ban nhân dân cấp xã quyết định mua sắm, thuê, thanh lý tài sản công có nguyên giá dưới 500 triệu đồng cho một đơn vị tài sản; thẩm quyền hiện nay là dưới 200 triệu đồng.",
        "2. Giao Giám đốc sở, Thủ trưởng cơ quan ngang sở quyết định điều chuyển tài sản giữa các đơn vị trực thuộc; không phải trình Ủy ban nhân dân tỉnh như hiện nay.",
        "3. Trụ sở dôi dư sau sắp xếp đơn vị hành chính do Ủy ban nhân dân cấp xã nơi có tài sản tạm quản lý; phương án xử lý trình Ủy ban nhân dân tỉnh trong thời hạn 90 ngày kể từ ngày bàn giao.",
        "Đề nghị các đồng chí thành viên Ủy ban nhân dân tỉnh nghiên cứu hồ sơ, cho ý kiến vào Phiếu này và gửi lại qua Hệ thống quản lý văn bản và điều hành <b>trước 16 giờ 30 phút ngày 27 tháng 11 năm 2026</b>. Quá thời hạn trên, thành viên không gửi Phiếu thì chịu trách nhiệm về việc không có ý kiến theo Quy chế làm việc.",
    ):
        para(text)
    y -= 10
    base = y
    canvas.setFont("Times-BI", 12)
    canvas.drawString(left, base - 10, "Nơi nhận:")
    canvas.setFont("Times", 11)
    for n, line in enumerate(("- Thành viên UBND tỉnh;", "- Sở Tài chính, Sở Tư pháp;", "- CVP, các PCVP UBND tỉnh;", "- Lưu: VT, KT.")):
        canvas.drawString(left, base - 23 - 12.5 * n, line)
    y = base - 10
    for dy, text in ((0, "KT. CHỦ TỊCH"), (16, "PHÓ CHỦ TỊCH"), (16 + 33 * mm, "Lê Thị Minh Hà")):
        centred(left + 122 * mm, dy, "Times-B", 13.5, text)
    canvas.showPage()

    canvas.setFont("Times", 13)
    canvas.drawCentredString(width / 2, A4[1] - 14 * mm, "2")
    y = A4[1] - 24 * mm
    para("<b>PHẦN GHI Ý KIẾN CỦA THÀNH VIÊN ỦY BAN NHÂN DÂN TỈNH</b>", middle, 12)
    canvas.setFont("Times", 13.5)
    for label, name, tip in (("Họ và tên:", "ho_ten", "Họ và tên"), ("Chức vụ, cơ quan:", "chuc_vu", "Chức vụ, cơ quan công tác")):
        canvas.setFont("Times", 13.5)
        canvas.drawString(left, y - 15, label)
        field(name, tip, left + 40 * mm, y - 20, right - left - 40 * mm)
        y -= 30
    y -= 4
    questions = ("Phân cấp mua sắm, thuê, thanh lý tài sản công cho cấp xã (nội dung 1)", "Giao Giám đốc sở quyết định điều chuyển tài sản (nội dung 2)",
                 "Quản lý trụ sở dôi dư sau sắp xếp (nội dung 3)", "Thông qua toàn văn dự thảo Quyết định")
    columns = (left + 96 * mm, left + 118 * mm, left + 142 * mm)
    row = 34
    canvas.setLineWidth(0.6)
    canvas.rect(left, y - row * 5, right - left, row * 5)
    for x in (left + 10 * mm, columns[0] - 10 * mm, columns[1] - 10 * mm, columns[2] - 12 * mm):
        canvas.line(x, y, x, y - row * 5)
    canvas.setFont("Times-B", 12)
    for x, text in zip((left + 5 * mm, left + 48 * mm, *columns), ("TT", "Nội dung xin ý kiến", "Đồng ý", "Không đồng ý", "Ý kiến khác")):
        lines = ("Không", "đồng ý") if text == "Không đồng ý" else (text,)
        for n, part in enumerate(lines):
            canvas.drawCentredString(x, y - (14 + 14 * n if len(lines) == 2 else 21), part)
    for n, question in enumerate(questions, 1):
        top = y - row * n
        canvas.line(left, top, right, top)
        canvas.setFont("Times", 12)
        canvas.drawCentredString(left + 5 * mm, top - 21, str(n))
        cell = Paragraph(question, ParagraphStyle("cell", fontName="Times", fontSize=12, leading=14))
        _, height = cell.wrap(72 * mm, row)
        cell.drawOn(canvas, left + 12 * mm, top - row / 2 - height / 2)
        for x, (value, tip) in zip(columns, (("dong_y", "Đồng ý"), ("khong_dong_y", "Không đồng ý"), ("y_kien_khac", "Ý kiến khác"))):
            canvas.acroForm.checkbox(name=f"noi_dung_{n}_{value}", tooltip=f"{question}: {tip}", x=x - 7, y=top - row / 2 - 7, size=14, buttonStyle="check",
                                     borderWidth=0.7, borderColor=black, fillColor=white, textColor=black, forceBorder=True)
    y -= row * 5 + 22
    canvas.setFont("Times", 13.5)
    canvas.drawString(left, y, "Ý kiến khác (nếu có):")
    y -= 118
    field("y_kien", "Ý kiến khác", left, y, right - left, 108, multiline=True)
    y -= 34
    canvas.setFont("Times-I", 13)
    canvas.drawString(left + 84 * mm, y, "Ngày")
    field("ngay", "Ngày", left + 96 * mm, y - 5, 10 * mm)
    canvas.setFont("Times-I", 13)
    canvas.drawString(left + 109 * mm, y, "tháng")
    field("thang", "Tháng", left + 122 * mm, y - 5, 10 * mm)
    canvas.setFont("Times-I", 13)
    canvas.drawString(left + 135 * mm, y, "năm 2026")
    y -= 22
    centred(left + 118 * mm, 0, "Times-B", 13.5, "NGƯỜI CHO Ý KIẾN")
    canvas.setFont("Times-I", 12)
    canvas.drawCentredString(left + 118 * mm, y - 15, "(Ký số)")
    canvas.showPage()
    canvas.save()


# What the demonstration needs to know of each: who signs is found on the page, and with it the place of the signature.
DOCUMENTS = [
    ("ke-hoach", "KH", "Triển khai họp không giấy tờ và ký số văn bản điện tử đến cấp xã trên địa bàn tỉnh Minh An năm 2027", "Trần Quốc Khánh", "UBND", "LibreOffice"),
    ("bao-cao", "BC", "Kết quả công tác cải cách hành chính 9 tháng đầu năm và phương hướng, nhiệm vụ 3 tháng cuối năm 2026", "Phạm Đức Long", "SNV", "Chromium"),
    ("to-trinh", "TTr", "Về việc đề nghị ban hành Nghị quyết quy định mức hỗ trợ chuyển đổi số cho Ủy ban nhân dân các xã, phường giai đoạn 2027 - 2030", "Lê Thị Minh Hà", "UBND", "Typst"),
    ("quyet-dinh", "QĐ", "Ban hành Quy chế tiếp nhận, xử lý, phát hành và quản lý văn bản điện tử trong các cơ quan nhà nước tỉnh Minh An", "Trần Quốc Khánh", "UBND", "scan"),
    ("phieu-lay-y-kien", "PLYK", "Lấy ý kiến thành viên Ủy ban nhân dân tỉnh về dự thảo Quyết định phân cấp quản lý tài sản công", "Lê Thị Minh Hà", "UBND", "form"),
    ("thong-bao", "TB", "Kết luận của Phó Chủ tịch Ủy ban nhân dân tỉnh Lê Thị Minh Hà về khắc phục hậu quả mưa lũ và ổn định đời sống nhân dân các xã vùng cao", "Vũ Hồng Sơn", "UBND", "encrypted (owner password)"),
]


def words(pdf):
    """(page, height, [(text, x0, y0, x1, y1)]) with y from the top, in points."""
    out = subprocess.run(["pdftotext", "-bbox", str(pdf), "-"], check=True, capture_output=True, text=True).stdout
    for number, page in enumerate(re.split(r"<page ", out)[1:], 1):
        height = float(re.search(r'height="([\d.]+)"', page)[1])
        yield number, height, [(m[5], *map(float, m.groups()[:4])) for m in
                               re.finditer(r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]*)<', page)]


def find(pdf, phrase, last=True):
    """Page and box (from the bottom left) of the first or last place where the words stand one after the other."""
    want, hits = phrase.split(), []
    for number, height, found in words(pdf):
        for i in range(len(found) - len(want) + 1):
            run = found[i : i + len(want)]
            if [w[0] for w in run] == want:
                hits.append((number, run[0][1], height - run[-1][4], run[-1][3], height - run[0][2]))
    return hits[-1 if last else 0]


def index(folder, unscanned):
    """index.json: for each document its data and where signature and number go, in points from the page's bottom left corner."""
    entries = []
    for name, kind, abstract, signer, unit, producer in DOCUMENTS:
        text = unscanned if name == "quyet-dinh" else folder / f"{name}.pdf"
        page, x0, _, x1, top = find(text, signer)
        number_page, nx0, ny0, nx1, _ = find(text, "Số:", last=False)
        date_page, dx0, dy0, dx1, _ = find(text, "Minh An, ngày", last=False)
        pages = int(re.search(r"Pages:\s+(\d+)", subprocess.run(["pdfinfo", str(folder / f"{name}.pdf")], check=True, capture_output=True, text=True).stdout)[1])
        entries.append({
            "file": f"{name}.pdf", "kind": kind, "unit": unit, "abstract": abstract, "signer": signer, "producer": producer, "pages": pages,
            "signature": {"page": page, "x": round((x0 + x1) / 2 - 75), "y": round(top + 6), "width": 150, "height": 70},
            "number": {"page": number_page, "x": round(nx1 + 2), "y": round(ny0)},
            "date": {"page": date_page, "x": round(dx1 + 2), "y": round(dy0)},
        })
    (folder / "index.json").write_text(json.dumps(entries, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    command, *args = sys.argv[1:]
    {"scan": scan, "form": form, "index": index}[command](*map(Path, args))
