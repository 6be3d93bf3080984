// What a person would call broken on a screen, found by measuring: text that is cut, panes that scroll sideways, texts
// that lie on each other. The function runs inside the page, so that it may use nothing from outside itself.
// A script and no module: the camera hands its text to the page, and its value is the list of faults.

/**
 * Measures the page as it is. Code views scroll sideways by design and are left out, and so is what is hidden from
 * sight, and a cut with an ellipsis whose whole text a title gives.
 */
function findLayoutFaults() {
  const faults = [];
  /** Scrolls sideways on purpose: lines of code and of bytes must not be wrapped everywhere. */
  const sidewaysByDesign = '.cm-editor, .hex-view, pre';

  const nameOf = (element) => {
    const role = element.getAttribute('role') ?? element.tagName.toLowerCase();
    const label = element.getAttribute('aria-label');
    const classes = [...element.classList].filter((name) => !/^m_/.test(name)).slice(0, 3);
    return `${role}${label === null ? '' : ` "${label}"`}${classes.map((name) => `.${name}`).join('')}`;
  };
  const pathOf = (element) => {
    const parent = element.parentElement;
    return `${parent === null ? '' : `${nameOf(parent)} > `}${nameOf(element)}`;
  };
  const textOf = (element) => (element.textContent ?? '').trim().replace(/\s+/g, ' ').slice(0, 90);
  const add = (kind, element, detail, text = textOf(element)) => {
    faults.push({ kind, where: pathOf(element), text, detail });
  };
  const isShown = (element) => {
    const box = element.getBoundingClientRect();
    if (box.width < 3 || box.height < 3) return false;
    return element.checkVisibility({ checkVisibilityCSS: true, checkOpacity: true });
  };
  const isTold = (element) => {
    if (element.firstElementChild?.hasAttribute('title') === true) return true;
    for (let at = element, depth = 0; at !== null && depth < 5; at = at.parentElement, depth += 1) {
      if (at.hasAttribute('title') || at.hasAttribute('aria-describedby')) return true;
    }
    return false;
  };

  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) add('sideways', root, `${root.scrollWidth} > ${root.clientWidth} px`, '');
  if (root.scrollHeight > root.clientHeight) add('sideways', root, `the page itself scrolls down`, '');

  const canvas = document.createElement('canvas').getContext('2d');
  const widthOf = (text, style) => {
    if (canvas === null) return 0;
    canvas.font = style.font;
    return canvas.measureText(text).width;
  };
  /** The part of a text's box that no pane around it cuts away. */
  const seenPart = (element, { left, top, right, bottom }) => {
    for (let at = element; at !== null && at !== document.body; at = at.parentElement) {
      if (getComputedStyle(at).overflowX === 'visible') continue;
      const pane = at.getBoundingClientRect();
      [left, right] = [Math.max(left, pane.left), Math.min(right, pane.right)];
      [top, bottom] = [Math.max(top, pane.top), Math.min(bottom, pane.bottom)];
    }
    return new DOMRect(left, top, Math.max(0, right - left), Math.max(0, bottom - top));
  };
  const ranges = document.createRange();
  const placed = [];

  for (const element of document.querySelectorAll('body *')) {
    if (element.closest(sidewaysByDesign) !== null || !isShown(element)) continue;
    // A busy button shows a wheel, and moves its words out of sight.
    if (element.closest('[data-loading]') !== null) continue;
    const style = getComputedStyle(element);
    if (element instanceof HTMLSelectElement) {
      const room = element.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
      const text = element.selectedOptions[0]?.text ?? '';
      if (widthOf(text, style) > room + 1 && !isTold(element)) add('cut', element, `${Math.round(room)} px room`, text);
      continue;
    }
    if (element instanceof HTMLInputElement) {
      const room = element.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
      const wide =
        element.value === '' && widthOf(element.placeholder, getComputedStyle(element, '::placeholder')) > room + 1;
      if (wide) add('cut', element, `placeholder, ${Math.round(room)} px room`, element.placeholder);
      continue;
    }
    const over = element.scrollWidth - element.clientWidth;
    if (over > 1 && element.clientWidth > 0) {
      const ellipsis = style.textOverflow === 'ellipsis';
      const scrolls = style.overflowX === 'auto' || style.overflowX === 'scroll';
      if (scrolls) add('sideways', element, `${over} px too wide`);
      else if (style.overflowX !== 'visible' && !(ellipsis && isTold(element)) && textOf(element) !== '') {
        add('cut', element, ellipsis ? `${over} px behind an ellipsis without a title` : `${over} px cut`);
      }
    }
    const below = element.scrollHeight - element.clientHeight;
    if (below > 4 && (style.overflowY === 'hidden' || style.overflowY === 'clip') && textOf(element) !== '') {
      // An ellipsis box is a line high, and descenders of large letters stand out of it.
      // What a title gives whole may fall out of sight.
      if (style.textOverflow !== 'ellipsis' && !isTold(element)) add('cut', element, `${below} px cut below`);
    }
    for (const child of element.childNodes) {
      if (child.nodeType !== Node.TEXT_NODE || (child.textContent ?? '').trim() === '') continue;
      ranges.selectNodeContents(child);
      for (const whole of ranges.getClientRects()) {
        const box = seenPart(element, whole);
        if (box.width < 2 || box.height < 2) continue;
        const middle = { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 };
        const hit = document.elementFromPoint(middle.x, middle.y);
        if (hit === null || !(hit === element || hit.contains(element) || element.contains(hit))) continue;
        placed.push({ element, box, text: (child.textContent ?? '').trim().slice(0, 60) });
        const own = element.getBoundingClientRect();
        const isBox = style.display !== 'inline' && style.overflowX === 'visible';
        if (isBox && whole.right > own.right + 1.5) {
          add('cut', element, `text ends ${Math.round(whole.right - own.right)} px outside its box`);
        }
      }
    }
  }

  const layerOf = (element) => element.closest('[role="menu"], [role="dialog"], [role="listbox"]');
  for (const [index, one] of placed.entries()) {
    for (const other of placed.slice(index + 1)) {
      if (one.element === other.element || one.element.contains(other.element) || other.element.contains(one.element)) {
        continue;
      }
      // A menu or a dialog lies above the page on purpose.
      if (layerOf(one.element) !== layerOf(other.element)) continue;
      const wide = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
      const high = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
      if (wide > 3 && high > 5) add('overlap', one.element, `lies on "${other.text}"`, one.text);
    }
  }
  return faults;
}

findLayoutFaults();
