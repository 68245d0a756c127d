"""A peer of the lexical leg: peers.py bm25s|fts5 DOCS.tsv QUERIES.tsv OUT.run; prints JSON figures."""
import json
import pathlib
import re
import sqlite3
import sys
import time

DEPTH = 100


def rows(path):
    return [line.split("\t", 1) for line in pathlib.Path(path).read_text().splitlines() if "\t" in line]


def with_bm25s(documents, queries):
    import bm25s
    import Stemmer
    stemmer = Stemmer.Stemmer("english")
    tokens = bm25s.tokenize([text for _, text in documents], stopwords="en", stemmer=stemmer, show_progress=False)
    index = bm25s.BM25(k1=0.9, b=0.4)
    index.index(tokens, show_progress=False)

    def search(text):
        query = bm25s.tokenize([text], stopwords="en", stemmer=stemmer, show_progress=False)
        found, scores = index.retrieve(query, k=DEPTH, show_progress=False)
        return [(documents[int(i)][0], float(s)) for i, s in zip(found[0], scores[0])]
    return search


def with_fts5(documents, queries):
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE d USING fts5(id UNINDEXED, text, tokenize='porter unicode61')")
    db.executemany("INSERT INTO d VALUES(?, ?)", documents)

    def search(text):
        words = " OR ".join(f'"{w}"' for w in re.findall(r"\w+", text))
        return [(i, -s) for i, s in db.execute(
            "SELECT id, bm25(d) FROM d WHERE d MATCH ? ORDER BY bm25(d) LIMIT ?", (words, DEPTH))]
    return search


def main():
    name, docs, query_file, out = sys.argv[1:5]
    documents, queries = rows(docs), rows(query_file)
    started = time.process_time()
    search = {"bm25s": with_bm25s, "fts5": with_fts5}[name](documents, queries)
    built = time.process_time() - started
    lines = []
    started = time.process_time()
    for query, text in queries:
        for rank, (document, score) in enumerate(search(text), 1):
            lines.append(f"{query} Q0 {document} {rank} {score:.6f} {name}")
    spent = time.process_time() - started
    pathlib.Path(out).write_text("\n".join(lines) + "\n")
    print(json.dumps({"build_cpu_s": built, "cpu_ms_per_query": 1000 * spent / len(queries)}))


if __name__ == "__main__":
    main()
