# SPDX-License-Identifier: MIT
"""The manual as a web site: plain pages that need no network and no scripts."""

import html
import re
from pathlib import Path

import markdown
import parse

STYLE = (Path(__file__).parent / "manual.css").read_text


def esc(text):
    return html.escape(str(text), quote=False)


def table(head, rows, kind=""):
    """rows: lists of cells that are HTML already; a row may start with an anchor (id=...)."""
    out = [f'<table class="{kind}"><thead><tr>', *[f"<th>{h}</th>" for h in head],
           "</tr></thead><tbody>"]
    for row in rows:
        anchor = ""
        if isinstance(row, tuple):
            anchor, row = f' id="{row[0]}"', row[1]
        out.append(f"<tr{anchor}>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>")
    return "\n".join(out + ["</tbody></table>"])


class Site:
    def __init__(self, manual):
        self.m = manual
        self.links = {}
        for call in manual.calls:
            self.links[call.name] = f"{call.name}.html"
            for op in call.ops:
                self.links[op.name] = f"{call.name}.html#{op.name}"
        for header in manual.headers:
            for agg in header.of(parse.Aggregate):
                self.links[agg.name] = f"data_{header.name}.html#{agg.name}"
            for c in header.of(parse.Const):
                self.links.setdefault(c.name, f"data_{header.name}.html#{c.name}")
        # What is a word of everyday speech, too, is no link in running text.
        self.plain = {"iret", "multicall"} | {a for a in self.links if len(a) < 6 or "_" not in a}

    def text(self, text):
        """Escaped, with the names of calls, structures and constants made links."""
        def link(m):
            name = m[0]
            known = name in self.links and name not in self.plain
            return f'<a href="{self.links[name]}"><code>{name}</code></a>' if known else name
        return re.sub(r"[A-Za-z]\w+", link, esc(text))

    def summary(self, text):
        return f"<p class=summary>{self.text(text[:1].upper() + text[1:])}</p>"

    def link(self, name, text=None):
        return f'<a href="{self.links[name]}"><code>{esc(text or name)}</code></a>'

    def nav(self, here):
        def item(page, text):
            mark = ' class="here"' if page == here else ""
            return f'<li><a href="{page}"{mark}>{text}</a></li>'
        chapters = [item(page, esc(title)) for page, title, _ in self.chapters()]
        served = [item(f"{c.name}.html", f"{c.name}") for c in
                  sorted(self.m.calls, key=lambda c: c.name) if not c.refused]
        refused = [item(f"{c.name}.html", f"{c.name}") for c in
                   sorted(self.m.calls, key=lambda c: c.name) if c.refused]
        data = [item(f"data_{h.name}.html", f"{h.name}") for h in
                sorted(self.m.headers, key=lambda h: h.name)]
        return "\n".join([
            '<nav><p class="title"><a href="index.html">Pavise guest ABI</a></p>',
            "<h4>Chapters</h4><ul>", *chapters, item("numbers.html", "All numbers"), "</ul>",
            "<h4>Hypercalls</h4><ul class=names>", *served, "</ul>",
            "<h4>Refused</h4><ul class=names>", *refused, "</ul>",
            "<h4>Constants and structures</h4><ul class=names>", *data, "</ul></nav>"])

    def page(self, name, title, body):
        return "\n".join([
            "<!DOCTYPE html>", '<html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{esc(title)} - Pavise guest ABI</title>",
            '<link rel="stylesheet" href="style.css"></head><body>',
            "<main>", *body, "</main>", self.nav(name), "</body></html>", ""])

    def chapters(self):
        for path in self.m.chapters:
            text = path.read_text()
            yield f"{path.stem.partition('-')[2]}.html", text.partition("\n")[0].strip("# "), text

    def chapter(self, text):
        body = markdown.markdown(text, extensions=["tables", "fenced_code", "toc"])

        def link(m):
            name = m[1]
            return self.link(name) if name in self.links else m[0]
        return re.sub(r"<code>(\w+)</code>(?!</a>)", link, body)

    def badges(self, entry):
        served = ('<span class="badge no">refused</span>' if entry.refusal else
                  '<span class="badge yes">served</span>')
        control = '<span class="badge who">control domain</span>' if entry.who == "control" else ""
        return served + control

    def facts(self, entry):
        """The short table under every call and sub-operation."""
        rows = [["Who may call", self.m.who(entry)]]
        if entry.refusal:
            rows.append(["Refused", f"always <code>-{entry.refusal[0]}</code>: "
                         f"{self.text(entry.refusal[1])}"])
        else:
            rows.append(["Returns", self.text(entry.returns or "0, or a negated error")])
            rows.append(["Preempted", self.text(self.m.preemption(entry))])
        rows.append(["Xen 4.17", f"not served: {esc(entry.not_in_peer)}" if entry.not_in_peer
                     else "has it"])
        tests = ", ".join(f"<code>tests/{esc(t)}</code>" for t in self.m.tests(entry))
        rows.append(["Shown by", tests])
        return table(["", ""], rows, "facts")

    def errors(self, errors):
        return table(["Error", "Cause"], [[f"<code>{n if n.startswith('G') else '-' + n}</code>",
                                           self.text(why)] for n, why in errors], "errors")

    def fields(self, agg):
        rows = [[f"<code>{at}</code>", f"<code>{esc(kind)}</code>",
                 f'<code class="in{depth}">{esc(name)}</code>', self.text(what)]
                for at, kind, depth, name, what in self.m.rows(agg)]
        return table(["Offset", "Type", "Field", "What it is"], rows, "fields")

    def structure(self, agg):
        return "\n".join([f'<h4 id="{agg.name}"><code>{agg.kind} {agg.name}</code>, {agg.size} '
                          f"bytes</h4>", f"<p>{self.text(agg.note)}</p>" * bool(agg.note),
                          self.fields(agg)])

    def argument(self, op, shown):
        title, agg, members = self.m.argument(op)
        if not title:
            return ["<p>Takes no structure.</p>"]
        if members:
            rows = []
            for path in members:
                at, f = self.m.member(op, path)
                kind = f.type if isinstance(f.type, str) else f.type.kind
                rows.append([f"<code>{at}</code>", self.link(kind) if kind in self.links else
                             f"<code>{kind}</code>", f"<code>{esc(path)}</code>", self.text(f.note)])
                inner = self.m.types.get(kind)
                if inner:
                    rows += [[f"<code>{at + o}</code>", f"<code>{esc(k)}</code>",
                              f'<code class="in{d + 1}">{esc(n)}</code>', self.text(w)]
                             for o, k, d, n, w in self.m.rows(inner)]
            return [f"<p>Uses of {self.link(title)}:</p>",
                    table(["Offset", "Type", "Field", "What it is"], rows, "fields")]
        if not agg:
            return [f"<p>Argument: <code>{esc(title)}</code></p>"]
        if agg.name in shown or agg.size > 1024:
            return [f"<p>Argument: {self.link(agg.name, title)}, {agg.size} bytes</p>"]
        shown.add(agg.name)
        return [f"<p>Argument: {self.link(agg.name, title)}, {agg.size} bytes</p>", self.fields(agg)]

    def operation(self, op, shown):
        out = [f'<section id="{op.name}"><h3><code>{op.name}</code> = {op.text} '
               f"{self.badges(op)}</h3>"]
        out += [self.summary(op.note)] * bool(op.note)
        out += [f"<p>{self.text(' '.join(op.about))}</p>"] * bool(op.about)
        if not op.refusal:
            out += self.argument(op, shown)
            out += [self.errors(op.errors)] * bool(op.errors)
        return out + [self.facts(op), "</section>"]

    def call(self, call):
        regs = [[f"<code>{reg}</code>", f"<code>{esc(n)}</code>", self.text(what)]
                for reg, n, _, what in self.m.registers(call)]
        out = [f"<h1><code>{call.name}</code> {self.badges(call)}</h1>",
               self.summary(call.note),
               table(["Register", "", "What it is"], regs, "registers")]
        out += [f"<p>{self.text(' '.join(call.about))}</p>"] * bool(call.about)
        out += [self.facts(call)]
        if call.errors and not call.refused:
            out += ["<h2>Errors</h2>"]
            out += ["<p>Of every sub-operation; each has its own besides.</p>"] * bool(call.ops)
            out += [self.errors(call.errors)]
        if call.ops:
            out += ["<h2>Sub-operations</h2>", table(
                ["Number", "Name", "Status", "What it does"],
                [[o.text, self.link(o.name), self.m.status(o), self.text(
                    o.refusal[1] if o.refusal else o.note)] for o in call.ops], "ops")]
        used = [self.m.types[a.target] for a in call.args if a.target in self.m.types]
        if used:
            out += ["<h2>Structures</h2>", *[self.structure(a) for a in used]]
        if call.name in self.m.examples:
            text = self.m.examples[call.name].partition("\n")[2]
            out += ["<h2>Example</h2>", f"<pre><code>{esc(text.strip())}</code></pre>"]
        shown = {a.name for a in used}
        if call.ops and not call.refused:
            out += ["<h2>Each sub-operation</h2>"]
        for op in call.ops:
            out += self.operation(op, shown)
        out += [f'<p>Constants and further structures: <a href="data_{call.header}.html">'
                f"<code>{call.header}</code></a>.</p>"]
        return self.page(f"{call.name}.html", call.name, out)

    def data(self, header):
        out = [f"<h1><code>{header.name}</code></h1>", self.summary(header.title),
               f"<p><code>#include \"abi/{header.name}.h\"</code></p>"]
        rows = []

        def flush():
            if rows:
                out.append(table(["Name", "Value", ""], rows, "constants"))
                rows.clear()
        for item in header.items:
            if isinstance(item, parse.Doc):
                flush()
                out.append(f"<p>{self.text(' '.join(item.lines))}</p>")
            elif isinstance(item, parse.Hypercall):
                flush()
                out.append(f"<h3>{self.link(item.name)}: {esc(item.note or 'refused')}</h3>")
            elif isinstance(item, parse.Const):
                name = self.link(item.name) if isinstance(item, parse.Op) else (
                    f"<code>{item.name}</code>")
                rows.append((item.name, [name, f"<code>{esc(item.text)}</code>",
                                         self.text(item.note)]))
            else:
                flush()
                out.append(self.structure(item))
        flush()
        return self.page(f"data_{header.name}.html", header.name, out)

    def numbers(self):
        rows = []
        for call in self.m.calls:
            rows.append([f"<b>{call.number}</b>", f"<b>{self.link(call.name)}</b>",
                         *self.status_cells(call)])
            rows += [[f"{call.number}.{op.text}", self.link(op.name), *self.status_cells(op)]
                     for op in call.ops]
        ops = [o for c in self.m.calls for o in (c.ops or [c])]
        served = sum(not o.refusal for o in ops)
        return self.page("numbers.html", "All numbers", [
            "<h1>All numbers</h1>", f"<p>{len(self.m.calls)} hypercalls, {len(ops)} calls and "
            f"sub-operations: {served} served, {len(ops) - served} refused. Numbers that are not here "
            "give <code>-ENOSYS</code>. Each row is asked of the running hypervisor by "
            "<code>tests/system/abi_status.sh</code>, the column on Xen 4.17 of Debian's Xen by "
            "<code>tests/system/long/peer_abi_status.sh</code>.</p>",
            table(["Number", "Name", "Status", "Who", "Xen 4.17", "Shown by, or why not"], rows,
                  "numbers")])

    def status_cells(self, entry):
        last = (self.text(entry.refusal[1]) if entry.refusal else
                "<br>".join(f"<code>{esc(t)}</code>" for t in self.m.tests(entry)))
        return [self.badges(entry).split("<span class=\"badge who")[0] + (
                    f" <code>{entry.refusal[0]}</code>" if entry.refusal else ""),
                "control" if entry.who == "control" else "any",
                "no" if entry.not_in_peer else "yes", last]

    def index(self):
        out = ["<h1>Pavise guest ABI</h1>", "<p class=summary>What a paravirtualized 64-bit x86 guest "
               "and its control domain can ask of the hypervisor, and what they share with it.</p>",
               "<p>The ABI is that of Xen 4.17 for 64-bit paravirtualized domains. This manual, the C "
               "headers, the hypervisor's dispatch table and the tests are made from one description, "
               "<code>guest-abi/abi</code>.</p>", "<h2>Chapters</h2><ul>"]
        out += [f'<li><a href="{page}">{esc(title)}</a></li>' for page, title, _ in self.chapters()]
        out += ['<li><a href="numbers.html">All numbers</a>: what is served, what is refused and why'
                "</li></ul>", "<h2>Hypercalls</h2>"]
        rows = []
        for c in self.m.calls:
            ops = f"{sum(not o.refusal for o in c.ops)} of {len(c.ops)}" if c.ops else ""
            rows.append([str(c.number), self.link(c.name), self.badges(c), ops, self.text(
                c.note or c.refused[1])])
        out += [table(["Number", "Name", "Status", "Sub-operations served", "What it is for"], rows),
                "<h2>Constants and structures</h2>",
                table(["Header", "What it holds"],
                      [[f'<a href="data_{h.name}.html"><code>{h.name}</code></a>', self.text(h.title)]
                       for h in self.m.headers])]
        return self.page("index.html", "Index", out)


def write(manual, out):
    out.mkdir(parents=True, exist_ok=True)
    site = Site(manual)
    pages = {"index.html": site.index(), "numbers.html": site.numbers(), "style.css": STYLE()}
    pages |= {f"{c.name}.html": site.call(c) for c in manual.calls}
    pages |= {f"data_{h.name}.html": site.data(h) for h in manual.headers}
    pages |= {page: site.page(page, title, [site.chapter(text)])
              for page, title, text in site.chapters()}
    for old in out.glob("*.html"):
        if old.name not in pages:
            old.unlink()
    for name, text in pages.items():
        (out / name).write_text(text)
