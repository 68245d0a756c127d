"""Verdicts of BFCL's own checker (PyPI's bfcl-eval), as lines that `interposer eval doctor` compares with.

    python3 bfcl_verdicts.py QUESTIONS_FOLDER OUT.jsonl [SEED]

Calls are made from the stored answers and then bent in ways that the checker has an opinion on: types,
names, order, optional parameters, nesting. Texts of calls are decoded by its decoder, whole and damaged.
Needs the package without its dependencies: what it imports for talking to models is stood in for.
"""
import copy
import json
import pathlib
import random
import sys
import types


def stand_in(name, **names):
    module = types.ModuleType(name)
    module.__dict__.update({"__all__": [], **names})
    module.__getattr__ = lambda attribute: types.SimpleNamespace  # anything else is never called
    sys.modules[name] = module


def load():
    flags = {"plain": types.SimpleNamespace(underscore_to_dot=False),
             "dots": types.SimpleNamespace(underscore_to_dot=True)}
    stand_in("bfcl_eval.constants.model_config", MODEL_CONFIG_MAPPING=flags)
    for name in ("tree_sitter", "tree_sitter_java", "tree_sitter_javascript", "tenacity",
                 "bfcl_eval.constants.default_prompts", "bfcl_eval.constants.executable_backend_config",
                 "bfcl_eval.model_handler.parser.java_parser", "bfcl_eval.model_handler.parser.js_parser",
                 "bfcl_eval.model_handler.parser.xml_parser", "bfcl_eval.model_handler.parser.json_parser",
                 "bfcl_eval.utils"):
        stand_in(name)
    from bfcl_eval.constants.enums import Language
    from bfcl_eval.eval_checker.ast_eval.ast_checker import ast_checker
    from bfcl_eval.model_handler.utils import default_decode_ast_prompting
    return ast_checker, Language.PYTHON, default_decode_ast_prompting


FILES = {"simple_python": "simple", "multiple": "multiple", "parallel": "parallel",
         "parallel_multiple": "parallel", "live_simple": "simple"}


def concrete(answer, draw):
    if isinstance(answer, list):
        return [concrete(item, draw) for item in answer]
    if isinstance(answer, dict):
        return {key: concrete(draw.choice(kept), draw) for key, values in answer.items()
                if (kept := [v for v in values if v != ""])}
    return answer


def calls_of(answers, draw):
    return [{name: concrete(parameters, draw) for name, parameters in answer.items()} for answer in answers]


def bent_value(value, draw):
    if isinstance(value, bool):
        return draw.choice([int(value), str(value), not value, float(value)])
    if isinstance(value, int):
        return draw.choice([float(value), str(value), value + 1, bool(value), [value], None])
    if isinstance(value, float):
        return draw.choice([int(value), str(value), value + 0.5, -value, {"value": value}])
    if isinstance(value, str):
        return draw.choice([value.upper(), value.replace(" ", ""), value + ".", value + "x", "'" + value + "'",
                            value.replace(" ", "-"), "", 1, [value], value + "\u00c9"])
    if isinstance(value, list):
        other = copy.deepcopy(value)
        kind = draw.randrange(6)
        if kind == 0:
            other.reverse()
        elif kind == 1:
            other = other[:-1]
        elif kind == 2 and other:
            other[draw.randrange(len(other))] = bent_value(other[0], draw)
        elif kind == 3:
            other = [float(v) if isinstance(v, int) else v for v in other]
        elif kind == 4:
            other = [int(v) if isinstance(v, float) else v for v in other]
        else:
            return "variable"
        return other
    if isinstance(value, dict) and value:
        other = dict(value)
        key = draw.choice(list(other))
        kind = draw.randrange(3)
        if kind == 0:
            other[key] = bent_value(other[key], draw)
        elif kind == 1:
            del other[key]
        else:
            other["another"] = 1
        return other
    return draw.choice(["x", 0, None, [], {}])


def bent(calls, functions, draw):
    calls = copy.deepcopy(calls)
    kind = draw.randrange(8)
    at = draw.randrange(len(calls))
    name, parameters = next(iter(calls[at].items()))
    if kind <= 3 and parameters:
        key = draw.choice(list(parameters))
        parameters[key] = bent_value(parameters[key], draw)
    elif kind == 4 and parameters:
        del parameters[draw.choice(list(parameters))]
    elif kind == 5:
        parameters[draw.choice(["extra", *functions[0]["parameters"]["properties"]])] = draw.choice([1, "x", True])
    elif kind == 6:
        calls[at] = {draw.choice([name.replace(".", "_"), name + "x", name.upper()]): parameters}
    else:
        draw.shuffle(calls)
        if draw.random() < 0.3:
            calls = calls[1:] or calls + calls
    return calls


def verdict(checker, language, functions, calls, answers, category, dots):
    try:
        result = checker(copy.deepcopy(functions), copy.deepcopy(calls), copy.deepcopy(answers), language,
                         category, "dots" if dots else "plain")
    except Exception:  # what it throws on has no verdict
        return False, "reference_throws"
    return result["valid"], "" if result["valid"] else result["error_type"]


def text_of(calls, draw):
    written = ", ".join(f"{name}({', '.join(f'{key}={value!r}' for key, value in parameters.items())})"
                        for call in calls for name, parameters in call.items())
    text = draw.choice([f"[{written}]", written, f"```\n[{written}]\n```", f"[ {written} ]\n"])
    kind = draw.randrange(6)
    if kind == 0 and text:
        at = draw.randrange(len(text))
        text = text[:at] + draw.choice("()[]{},=.'\"1 -+*a\\") + text[at + draw.randrange(2):]
    elif kind == 1:
        text = text.replace("=", "= -", 1)
    elif kind == 2:
        text = text.replace("=", "=1 + 2 * ", 1)
    return text


def plain(value):
    """JSON's view of what was decoded, or ValueError: tuples are lists there."""
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise ValueError
        return {key: plain(item) for key, item in value.items()}
    if value is None or isinstance(value, (bool, float, str)):
        return value
    if isinstance(value, int) and abs(value) < 2**63:
        return value
    raise ValueError


def decoded(decoder, text):
    try:
        return decoder(text)
    except Exception:  # not a call
        return None


def main():
    folder, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    draw = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    checker, language, decoder = load()
    lines = []
    for file, category in FILES.items():
        questions = [json.loads(line) for line in open(folder / f"BFCL_v4_{file}.json")]
        answers = [json.loads(line) for line in open(folder / "possible_answer" / f"BFCL_v4_{file}.json")]
        for question, answer in zip(questions, answers):
            functions, truth = question["function"], answer["ground_truth"]
            for round_number in range(7):
                calls = calls_of(truth, draw)
                if round_number > 0:
                    calls = bent(calls, functions, draw)
                dots = draw.random() < 0.2
                valid, kind = verdict(checker, language, functions, calls, truth, category, dots)
                lines.append({"id": question["id"], "category": category, "functions": functions, "answers": truth,
                              "calls": calls, "dots_become_underscores": dots, "valid": valid, "kind": kind})
            text = text_of(calls_of(truth, draw), draw)
            try:
                lines.append({"id": question["id"], "text": text, "decoded": plain(decoded(decoder, text))})
            except ValueError:
                pass
    out.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    counts = {}
    for line in lines:
        key = "text" if "text" in line else line["kind"] or "valid"
        counts[key] = counts.get(key, 0) + 1
    print(f"{len(lines)} lines: " + ", ".join(f"{key} {n}" for key, n in sorted(counts.items())))


if __name__ == "__main__":
    main()
