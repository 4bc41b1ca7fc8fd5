"""Documents that tell who made them, for tests."""

import io
import zipfile

from PIL import Image
from pypdf import PdfWriter
from pypdf.annotations import FreeText
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, StreamObject, TextStringObject

NAME = "Veronika Nachtigall"


def jpeg(name=NAME):
    """Return a photograph that says who took it."""
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x013B] = name
    Image.new("RGB", (8, 6), "red").save(out, "JPEG", exif=exif, comment=name.encode())
    return out.getvalue()


def pdf(name=NAME, *, script=None, launch=False, password=None, signed=False):
    """Return a PDF with its author in each place that has one."""
    writer = PdfWriter()
    page = writer.add_blank_page(width=100, height=100)
    page[NameObject("/PieceInfo")] = DictionaryObject({NameObject("/App"): TextStringObject(name)})
    writer.add_metadata({"/Author": name, "/Creator": f"Writer of {name}", "/Company": name})
    xmp = StreamObject()
    xmp.set_data(f"<x:xmpmeta><dc:creator>{name}</dc:creator></x:xmpmeta>".encode())
    writer.root_object[NameObject("/Metadata")] = writer._add_object(xmp)
    remark = FreeText(text="Look here.", rect=(1, 1, 9, 9))
    remark[NameObject("/T")] = TextStringObject(name)
    writer.add_annotation(0, remark)
    picture = StreamObject()
    picture._data = jpeg(name)
    picture.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Image"),
            NameObject("/Width"): NumberObject(8),
            NameObject("/Height"): NumberObject(6),
            NameObject("/Filter"): NameObject("/DCTDecode"),
        }
    )
    picture_ = writer._add_object(picture)
    page[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/XObject"): DictionaryObject({NameObject("/Im0"): picture_})}
    )
    writer.add_attachment("source.odt", name.encode())
    if script:
        action = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject(script)}
        writer.root_object[NameObject("/OpenAction")] = DictionaryObject(action)
    if launch:
        action = {NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("calc.exe")}
        writer.root_object[NameObject("/OpenAction")] = DictionaryObject(action)
    if signed:
        field = {
            NameObject("/FT"): NameObject("/Sig"),
            NameObject("/V"): DictionaryObject({NameObject("/Type"): NameObject("/Sig")}),
        }
        form = {NameObject("/Fields"): ArrayObject([DictionaryObject(field)])}
        writer.root_object[NameObject("/AcroForm")] = DictionaryObject(form)
    if password:
        writer.encrypt(password)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def zipped(parts):
    """Return a zip of some parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


CORE = f"<cp:coreProperties><dc:creator>{NAME}</dc:creator><cp:lastModifiedBy>{NAME}</cp:lastModifiedBy></cp:coreProperties>"
DOCX = {
    "[Content_Types].xml": "<Types/>",
    "docProps/core.xml": CORE,
    "docProps/app.xml": f"<Properties><Company>{NAME}</Company></Properties>",
    "docProps/custom.xml": f"<Properties>{NAME}</Properties>",
    "word/document.xml": f'<w:p><w:ins w:id="1" w:author="{NAME}" w:date="2026-01-01"><w:t>My plan</w:t></w:ins></w:p>',
    "word/comments.xml": f"<w:comment w:author='{NAME}' w:initials='VN'><w:t>Really?</w:t></w:comment>",
    "word/people.xml": f'<w15:person w15:author="{NAME}"><w15:presenceInfo w15:providerId="AD" w15:userId="{NAME}"/></w15:person>',
    "word/media/image1.jpeg": jpeg(),
}
XLSX = {
    "[Content_Types].xml": "<Types/>",
    "docProps/core.xml": CORE,
    "xl/workbook.xml": "<workbook/>",
    "xl/tables/table1.xml": '<table displayName="Prices" name="Prices"/>',
    "xl/comments1.xml": f"<comments><authors><author>{NAME}</author></authors></comments>",
    "xl/persons/person.xml": f'<personList><person displayName="{NAME}" id="1" userId="{NAME}" providerId="AD"/></personList>',
}
PPTX = {
    "[Content_Types].xml": "<Types/>",
    "docProps/core.xml": CORE,
    "ppt/presentation.xml": "<p:presentation/>",
    "ppt/commentAuthors.xml": f'<p:cmAuthorLst><p:cmAuthor id="0" name="{NAME}" initials="VN"/></p:cmAuthorLst>',
    "ppt/authors.xml": f'<p188:author id="1" name="{NAME}" initials="VN" userId="{NAME}" providerId="AD"/>',
}
ODT = {
    "mimetype": "application/vnd.oasis.opendocument.text",
    "meta.xml": f"<office:document-meta><meta:initial-creator>{NAME}</meta:initial-creator></office:document-meta>",
    "content.xml": f"<text:p>My plan<office:annotation><dc:creator>{NAME}</dc:creator></office:annotation></text:p>",
    "settings.xml": f'<config:config-item config:name="PrinterName" config:type="string">{NAME}</config:config-item>',
    "META-INF/manifest.xml": "<manifest/>",
}
OFFICE = {"docx": DOCX, "xlsx": XLSX, "pptx": PPTX, "odt": ODT}
