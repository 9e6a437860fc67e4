// Every text of a spec, a program or a peer becomes a text node, never markup, and
// what one would not see, or what turns the direction of a line, is written out.
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Cs}]/gu;
const longestText = 4000;

function shown(value) {
  let text = String(value);
  if (text.length > longestText) {
    text = text.slice(0, longestText) + ` … (${grouped(text.length)} characters)`;
  }
  return text.replace(unseen, (c) => {
    const n = c.codePointAt(0);
    if (n === 9) return '\\t';
    if (n === 10) return '\\n';
    if (n === 13) return '\\r';
    return n < 256 ? '\\x' + n.toString(16).padStart(2, '0') : '\\u{' + n.toString(16) + '}';
  });
}

function cut(value, most) {
  const text = shown(value);
  return text.length > most ? text.slice(0, Math.max(most - 1, 1)) + '…' : text;
}

const svgSpace = 'http://www.w3.org/2000/svg';

function make(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === 'function') node.addEventListener(name, value);
    else node.setAttribute(name, value === true ? '' : value);
  }
  for (const child of children.flat(Infinity)) {
    if (child === undefined || child === null || child === false || child === '') continue;
    node.append(child instanceof Node ? child : document.createTextNode(shown(child)));
  }
  return node;
}

const el = (tag, attributes, ...children) => make(document.createElement(tag), attributes, children);
const svg = (tag, attributes, ...children) => make(document.createElementNS(svgSpace, tag), attributes, children);

function grouped(n) { return String(n).replace(/\B(?=(\d{3})+$)/g, ','); }

function count(n, one, many) { return grouped(n) + ' ' + (n === 1 ? one : many); }

function lasted(ns) {
  const ms = ns / 1e6;
  if (ms < 10) return ms.toFixed(2) + ' ms';
  if (ms < 100) return ms.toFixed(1) + ' ms';
  if (ms < 1000) return ms.toFixed(0) + ' ms';
  if (ms < 60000) return (ms / 1000).toFixed(2) + ' s';
  return Math.floor(ms / 60000) + ' min ' + String(Math.floor(ms / 1000) % 60).padStart(2, '0') + ' s';
}

function instant(ns) {
  const ms = ns / 1e6;
  return ms < 1000 ? ms.toFixed(3) : ms < 100000 ? ms.toFixed(1) : ms.toFixed(0);
}

function size(n) {
  if (n < 10000) return grouped(n) + ' B';
  for (const unit of ['KiB', 'MiB', 'GiB']) {
    n /= 1024;
    if (n < 1000 || unit === 'GiB') return (n < 10 ? n.toFixed(1) : n.toFixed(0)) + ' ' + unit;
  }
}

// data is the JSON in an element; undefined where there is none.
function data(id) {
  const element = document.getElementById(id);
  return element ? JSON.parse(element.textContent) : undefined;
}
