"""Asks siggen (PyPI), the peer that our signatures are compared with. Not part of the product.

Usage: siggen_peer.py LISTS_DIR|- [--time]

Standard input holds one JSON object per line:
  {"signature": CRASH_DATA}           answers {"signature", "proto_signature", "notes"}
  {"cpp": NAME, "line": TEXT}         answers {"result"}
  {"rust": NAME, "line": TEXT}        answers {"result"}
  {"frame": FRAME}                    answers {"result"}
  {"convert": PROCESSED_CRASH}        answers {"result"}: siggen's own converter to crash data
An exception of siggen answers {"error": TEXT}. With --time, one last line tells the processor time of the signatures:
  {"seconds": S, "signatures": N}
"""

import json
import sys
import time
from pathlib import Path

from siggen.generator import DEFAULT_RULESET, SignatureGenerator
from siggen.rules import CSignatureTool, SignatureGenerationRule
from siggen.utils import convert_to_crash_data


def main():
    lists_dir = None if sys.argv[1] == "-" else Path(sys.argv[1])
    ruleset = [SignatureGenerationRule(signature_list_dir=lists_dir), *[rule() for rule in DEFAULT_RULESET[1:]]]
    tool = CSignatureTool(lists_dir)
    generator = SignatureGenerator(ruleset)

    def answer(question):
        if "signature" in question:
            result = generator.generate(question["signature"])
            extra = result.extra
            return {
                "signature": result.signature,
                "proto_signature": extra.get("proto_signature"),
                "notes": list(result.notes),
            }
        line = question.get("line")
        if "cpp" in question:
            return {"result": tool.normalize_cpp_function(question["cpp"], line)}
        if "rust" in question:
            return {"result": tool.normalize_rust_function(question["rust"], line)}
        if "frame" in question:
            return {"result": tool.normalize_frame(**question["frame"])}
        return {"result": convert_to_crash_data(question["convert"])}

    seconds = 0.0
    signatures = 0
    for text in sys.stdin:
        if not text.strip():
            continue
        question = json.loads(text)
        start = time.process_time()
        try:
            result = answer(question)
        except Exception as error:  # whatever the peer throws is its answer
            result = {"error": f"{type(error).__name__}: {error}"}
        seconds += time.process_time() - start
        signatures += "signature" in question
        print(json.dumps(result))
    if "--time" in sys.argv:
        print(json.dumps({"seconds": seconds, "signatures": signatures}))


main()
