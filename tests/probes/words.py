"""What tests/footprint measures, in the order of its table, and the words for it."""

PROBE_NAMES = {
    "lite_day": "`lite::invoke` with a day key alone",
    "lite_least": "  and a right clock, an event checked before",
    "lite": "`lite::invoke` with the secret",
    "sign": "signing alone",
    "sign_by_chip": "signing alone, compression by the chip",
    "request": "building a request",
    "response": "decoding a response",
    "whole": "whole path",
    "streaming": "whole path, streamed",
    "asynchronous": "whole path, asynchronous",
    "asynchronous_streamed": "whole path, asynchronous, streamed",
    "texts": "both, day keys, advice for each error code",
}
# The same with a feature of the core.
VARIANTS = {
    ("sign", "hmac"): "signing alone, by the crate `hmac`",
    ("whole", "hmac"): "whole path, by the crate `hmac`",
    ("whole", "get"): "whole path, with GET",
    ("whole", "defmt"): "whole path, its error logged by `defmt`",
    ("whole", "log"): "whole path, with `log` and no logger",
}
FLASH_NAMES = PROBE_NAMES | {f"{probe}.{feature}": VARIANTS[probe, feature] for probe, feature in VARIANTS}
# The figures that the board prints, in the order of the table.
BOARD = {
    "stack.streamed": "a streamed call",
    "stack.corrected": "  whose clock is corrected",
    "stack.refused": "  that is refused",
    "stack.strange": "  answered by something else",
    "stack.buffered": "a call in a buffer",
    "stack.lite": "`lite::invoke`",
    "stack.sign": "signing alone",
    "size.call": "Call",
    "size.answer": "Answer, lent to it by the client",
    "size.buffer": "smallest buffer",
    "size.client": "Client with the answer, transport apart",
    "size.signer": "Signer, within the client",
    "instructions.sign": "signing with the day's key",
    "instructions.derive": "signing with a key to derive",
}

# By the size tables in their own repositories.
PEERS = [
    "beside it, what the same work takes of C libraries on a Cortex-M, at -Os by their own tables:",
    "  SigV4 (AWS) 4.8 KB, coreHTTP 22.3 KB, coreJSON 2.5 KB: 29.6 KB, without SHA-256 and without",
    "  what knows an API: requests, errors, retries, delivery",
]
