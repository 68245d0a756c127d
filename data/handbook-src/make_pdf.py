#!/usr/bin/env python3
"""Renders serving-metrics.pdf.src.md as ../handbook/serving-metrics.pdf.

Needs reportlab (made with 5.1.0):  python3 -m venv v && v/bin/pip install reportlab==5.1.0
Run:  v/bin/python data/handbook-src/make_pdf.py
The output depends on nothing but the source and the version of reportlab (invariant=1 leaves out
the clock), so a second run gives the same bytes.

The source uses a small part of Markdown: `# ` starts a page with a title, `## ` a section, and any
other block between blank lines is a paragraph.
"""
import pathlib
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE / "serving-metrics.pdf.src.md"
TARGET = HERE.parent / "handbook" / "serving-metrics.pdf"
PAGES = 2

# The built-in fonts are not embedded, which keeps the file small; they hold Latin-1 only.
BODY = ParagraphStyle("body", fontName="Helvetica", fontSize=10.8, leading=15, spaceAfter=7)
SECTION = ParagraphStyle("section", fontName="Helvetica-Bold", fontSize=13, leading=16,
                         spaceBefore=8, spaceAfter=5)
TITLE = ParagraphStyle("title", fontName="Helvetica-Bold", fontSize=19, leading=24, spaceAfter=8)


def story(text):
    blocks = [b.strip() for b in text.split("\n\n") if b.strip()]
    parts = []
    for block in blocks:
        if block.startswith("## "):
            parts.append(Paragraph(escape(block[3:]), SECTION))
        elif block.startswith("# "):
            if parts:
                parts.append(PageBreak())
            parts.append(Paragraph(escape(block[2:]), TITLE))
        else:
            parts.append(Paragraph(escape(" ".join(block.split())), BODY))
    return parts


def number_page(canvas, document):
    canvas.setFont("Helvetica", 8)
    canvas.drawRightString(A4[0] - 20 * mm, 12 * mm, f"{document.page} / {PAGES}")


def main():
    text = SOURCE.read_text(encoding="utf-8")
    text.encode("latin-1")  # fails here, with the position, rather than as a black box on the page
    document = SimpleDocTemplate(
        str(TARGET), pagesize=A4, leftMargin=20 * mm, rightMargin=20 * mm, topMargin=18 * mm,
        bottomMargin=18 * mm, title="Serving metrics: a primer", author="Interposer handbook",
        subject="TTFT, TPOT, goodput and energy per token", invariant=1)
    document.build(story(text), onFirstPage=number_page, onLaterPages=number_page)
    if document.page != PAGES:
        raise SystemExit(f"{TARGET}: {document.page} pages where {PAGES} are wanted; "
                         f"shorten {SOURCE.name}")


if __name__ == "__main__":
    main()
