"""Stack frames and call chains of an image for Arm, by its disassembly."""

import re


def registers(text):
    count = 0
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        number = lambda name: int(re.sub(r"\D", "", name) or 0)
        count += number(last) - number(first) + 1 if last else 1
    return count


class Function:
    """A function of the disassembly: its frame, and whom it calls."""

    def __init__(self, name):
        self.name, self.frame, self.calls, self.indirect = name, 0, [], False

    def read(self, instruction):
        name, _, operands = instruction.partition("\t")
        if match := re.match(r"(v?)push", name):
            each = 8 if match[1] and "d" in operands else 4
            self.frame += each * registers(operands.strip("{}"))
        elif name.startswith("stmdb") and operands.startswith("sp!"):
            self.frame += 4 * registers(operands.partition("{")[2].strip("}"))
        elif re.match(r"subw?(\.w)?$", name) and re.match(r"sp,( sp,)? #", operands):
            self.frame += int(re.search(r"#(\w+)", operands)[1], 0)
        elif match := re.match(r"\w+, (?:\w+, )?\[sp, #-(\w+)\]!", operands):
            self.frame += int(match[1], 0)
        elif name in ("bl", "b", "b.w"):
            if match := re.match(r"0x([0-9a-f]+) ", operands):
                self.calls.append((int(match[1], 16), name == "bl"))
        elif name == "blx":
            self.indirect = True


def functions(disassembly):
    """The functions of what llvm-objdump -d -C --no-show-raw-insn printed, by address."""
    found, current = {}, None
    for line in disassembly.splitlines():
        if match := re.match(r"([0-9a-f]{8}) <(.+)>:$", line):
            name = re.sub(r"::h[0-9a-f]{16}$", "", match[2])
            current = found[int(match[1], 16)] = Function(name)
        elif current and (match := re.match(r"\s*[0-9a-f]+:\s+(.+)", line)):
            current.read(match[1])
    return found


def chain(found, address, above=()):
    """The deepest chain of direct calls from there: depth and functions."""
    function = found.get(address)
    if function is None or address in above:
        return 0, []
    best = (function.frame, [function])
    for callee, keeps in function.calls:
        depth, path = chain(found, callee, (*above, address))
        # A function that jumps instead of calling has given its frame back.
        if keeps and function.frame + depth > best[0]:
            best = (function.frame + depth, [function, *path])
        elif not keeps and depth > best[0]:
            best = (depth, path)
    return best
