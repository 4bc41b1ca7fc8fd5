// Comments on words that are marked in a text with the mouse, a finger or the keyboard. The form does the rest: the button
// sends the words with what stands around them, as the buttons beside paragraphs send their place without this file.
const text = document.querySelector("[data-marked-text]");
const offer = document.querySelector("[data-offer]");
const AROUND = 32; // characters, as the server keeps them
const LONGEST = 2_000;
const NOT_TEXT = ".comment-on, .passage-number";
const PICTURE = "\ufffc";

// What the server takes for the text (connector/content/marking.py): formulas and pictures are one word each.
const wordOf = (element) => {
  if (element.localName === "math") return element.getAttribute("alttext") || PICTURE;
  return (!element.classList.contains("no-alt") && element.getAttribute("alt")) || PICTURE;
};

// The words of the text, and where the selection begins and ends in them; its ends may stand in the midst of a formula.
const readSelection = (range) => {
  let words = "";
  let [start, end] = [null, null];
  const visit = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      if (range.intersectsNode(node)) {
        start ??= words.length + (node === range.startContainer ? range.startOffset : 0);
        end = words.length + (node === range.endContainer ? range.endOffset : node.length);
      }
      words += node.data;
    } else if (node.nodeType === Node.ELEMENT_NODE && !node.matches(NOT_TEXT)) {
      if (node.matches("math, img")) {
        const word = wordOf(node);
        if (range.intersectsNode(node)) {
          start ??= words.length;
          end = words.length + word.length;
        }
        words += word;
      } else node.childNodes.forEach(visit);
    }
  };
  visit(text);
  return start === null || start >= end ? null : { words, start, end };
};

if (text && offer) {
  const button = offer.querySelector("button");
  const status = document.querySelector("[data-offer-status]");
  const field = (name) => offer.querySelector(`input[name="${name}"]`);
  const card = offer.offsetParent ?? offer.parentElement;
  let timer = null;

  const hide = () => {
    offer.hidden = true;
    status.textContent = "";
  };

  const chosen = () => {
    const selection = document.getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    return range.intersectsNode(text) && text.contains(range.commonAncestorContainer) ? range : null;
  };

  const show = () => {
    if (document.activeElement === button) return;
    const range = chosen();
    const found = range && readSelection(range);
    const exact = found?.words.slice(found.start, found.end);
    if (!exact?.trim() || exact.length > LONGEST) return hide();
    field("exact").value = exact;
    field("prefix").value = found.words.slice(Math.max(found.start - AROUND, 0), found.start);
    field("suffix").value = found.words.slice(found.end, found.end + AROUND);
    field("start").value = [...found.words.slice(0, found.start)].length; // in characters, as Python counts
    const below = range.getBoundingClientRect().bottom - card.getBoundingClientRect().top;
    offer.style.insetBlockStart = `${Math.round(below) + 8}px`;
    if (offer.hidden) status.textContent = status.dataset.textMarked;
    offer.hidden = false;
  };

  document.addEventListener("selectionchange", () => {
    clearTimeout(timer);
    timer = setTimeout(show, 150);
  });
  // A press must not take the selection away before the click is there.
  button.addEventListener("pointerdown", (event) => event.preventDefault());
  document.addEventListener("keydown", (event) => {
    if (offer.hidden) return;
    if (event.key === "Escape") {
      document.getSelection().removeAllRanges();
      hide();
    } else if (event.key === "Tab" && !event.shiftKey && document.activeElement !== button) {
      event.preventDefault();
      button.focus();
    }
  });
}

// A comment that was just begun: where browsers only scroll to it, go on writing there.
const target = document.getElementById(location.hash.slice(1));
if (target?.matches("textarea")) target.focus();
