// The page's own modules for JSON, which need no browser.

import assert from "node:assert/strict";
import { test } from "node:test";
import { findMistake } from "../../examples/browser/page/js/json/check.js";
import { pretty } from "../../examples/browser/page/js/json/pretty.js";

const MISTAKES = [
  ["", 1, 1, /value is missing/],
  ["{", 1, 2, /object is not closed/],
  ["[1,\n", 2, 1, /list is not closed/],
  ['{"a":1,}', 1, 7, /comma/],
  ["[1,]", 1, 3, /comma/],
  ['{"a" 1}', 1, 6, /colon/],
  ['{"a":1 "b":2}', 1, 8, /comma or }/],
  ["[1 2]", 1, 4, /comma or ]/],
  ["{a:1}", 1, 2, /double quotes/],
  ["{'a':1}", 1, 2, /double quotes/],
  ["['a']", 1, 2, /double quotes, not single/],
  ['{"a":}', 1, 6, /value is expected/],
  ["{,}", 1, 2, /name is missing/],
  ["nul", 1, 1, /value is expected/],
  ["nulls", 1, 1, /value is expected/],
  ["True", 1, 1, /value is expected/],
  ["01", 1, 1, /number/],
  ["1.", 1, 1, /number/],
  ["-", 1, 1, /digit/],
  [".5", 1, 1, /value is expected/],
  ['"a', 1, 1, /no closing quote/],
  ['"a\nb"', 1, 3, /line break/],
  ['"\u0001"', 1, 2, /control character/],
  ['"\\x"', 1, 2, /escape/],
  ['"\\u12g4"', 1, 2, /escape/],
  ["1 2", 1, 3, /follow the value/],
  ["[1]]", 1, 4, /follow the value/],
  ['{\n  "中😀": tru\n}', 2, 9, /value is expected/],
];

for (const [text, line, column, words] of MISTAKES) {
  test(`the mistake in ${JSON.stringify(text)}`, () => {
    const { message, ...place } = findMistake(text);
    assert.deepEqual([place.line, place.column], [line, column]);
    assert.match(message, words);
  });
}

test("no mistake in what is JSON, and one in all else", () => {
  const pieces = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    '"a"',
    "1",
    "-2.5e3",
    "true",
    "null",
    " ",
    '"\\n"',
    "0",
    ".",
    "x",
  ];
  let state = 1;
  const next = (below) => (state = (state * 48271) % 2147483647) % below;
  let valid = 0;
  for (let round = 0; round < 200_000; round += 1) {
    const text = Array.from({ length: 1 + next(7) }, () => pieces[next(pieces.length)]).join("");
    let json = true;
    try {
      JSON.parse(text);
    } catch {
      json = false;
    }
    valid += json;
    const mistake = findMistake(text);
    assert.equal(mistake === undefined, json, text);
    if (mistake)
      assert.ok(
        mistake.offset >= 0 && mistake.offset <= text.length && mistake.message.length > 10,
        text,
      );
  }
  assert.ok(valid > 1000, `${valid} texts were JSON`);
});

test("a mistake is found under a hundred thousand brackets", () => {
  assert.equal(findMistake("[".repeat(100_000)).column, 100_001);
});

test("JSON is laid out, its values untouched", () => {
  const text = '{"a":[1.0,12345678901234567890,"x\\"\\\\",{}],"a":{"b":[ ],"c":-1e-7}}';
  assert.equal(
    pretty(text),
    [
      "{",
      '  "a": [',
      "    1.0,",
      "    12345678901234567890,",
      '    "x\\"\\\\",',
      "    {}",
      "  ],",
      '  "a": {',
      '    "b": [],',
      '    "c": -1e-7',
      "  }",
      "}",
    ].join("\n"),
  );
  assert.equal(pretty(' "text, {with} [all]: of it" '), '"text, {with} [all]: of it"');
});
