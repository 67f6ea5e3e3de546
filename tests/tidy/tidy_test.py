"""Each check is fed one good and several bad trees: a check that lets bad ones through proves nothing."""

import json
import pathlib
import shutil
import tempfile
import unittest

import budgets
import determinism
import docs
import headers
import layers
import mutants
import words
from source import Tree


class TidyTest(unittest.TestCase):
    def setUp(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="tidy-test-"))
        self.addCleanup(shutil.rmtree, self.root)

    def write(self, path: str, text: str = ""):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def findings(self, check, *args) -> list[str]:
        return [str(finding) for finding in check(Tree(self.root), *args)]

    def assert_one(self, check, *parts: str):
        found = self.findings(check)
        self.assertEqual(len(found), 1, found)
        for part in parts:
            self.assertIn(part, found[0])

    def assert_none(self, check):
        self.assertEqual(self.findings(check), [])


class MutantsTest(TidyTest):
    ROW = '    {"late-ack",\n     "What, is broken.",\n     kNoLoss, mutant_protocols::kAll%s},\n'

    def plant(self, row: str, *sites: str, page: str = "| `late-ack` |"):
        self.write("core/base/mutants.h", row)
        self.write("core/runtime/a.cc", "".join(f'if (HOLDFAST_MUTANT("{site}")) return;\n' for site in sites))
        self.write("docs/mutants.md", page)

    def test_a_row_with_its_site_and_line_passes(self):
        self.plant(self.ROW % "", "late-ack")
        self.assert_none(mutants.check)

    def test_a_row_may_have_the_sites_it_states(self):
        self.plant(self.ROW % ", 2", "late-ack", "late-ack")
        self.assert_none(mutants.check)

    def test_a_row_without_a_site_is_named(self):
        self.plant(self.ROW % "")
        self.assert_one(mutants.check, "core/base/mutants.h:1:", "late-ack has 0 sites; its row says 1")

    def test_a_site_too_many_is_found(self):
        self.plant(self.ROW % "", "late-ack", "late-ack")
        self.assert_one(mutants.check, "late-ack has 2 sites; its row says 1")

    def test_a_site_in_a_comment_is_none(self):
        self.plant(self.ROW % "", "late-ack")
        self.write("core/runtime/b.h", '// if (HOLDFAST_MUTANT("late-ack")) ...\n')
        self.assert_none(mutants.check)

    def test_a_site_without_a_row_is_named(self):
        self.plant(self.ROW % "", "late-ack", "early-ack")
        self.assert_one(mutants.check, "core/runtime/a.cc:2:", "early-ack has no row")

    def test_a_row_that_the_page_lacks_is_named(self):
        self.plant(self.ROW % "", "late-ack", page="")
        self.assert_one(mutants.check, "late-ack is not in docs/mutants.md")

    def test_two_rows_of_one_name_are_found(self):
        self.plant(self.ROW % "" + self.ROW % "", "late-ack")
        self.assert_one(mutants.check, "core/base/mutants.h:4:", "late-ack has two rows")


class LayersTest(TidyTest):
    def include(self, path: str, *included: str):
        for other in included:
            if not (self.root / other).exists():
                self.write(other)
        self.write(path, "".join(f'#include "{other}"\n' for other in included))

    def test_downward_includes_pass(self):
        self.include("core/cluster/a.h", "core/runtime/b.h", "core/base/c.h")
        self.include("transports/channels/tcp/a.cc", "core/ports/d.h")
        self.include("apps/main.cc", "transports/channels/tcp/e.h", "core/cluster/a.h")
        self.assert_none(layers.check)

    def test_an_upward_include_is_named_with_its_line(self):
        self.write("core/base/ok.h")
        self.include("core/ports/a.h", "core/base/ok.h", "core/runtime/worker.h")
        self.assert_one(layers.check, "core/ports/a.h:2:", "core/ports must not include core/runtime")

    def test_a_transport_sees_no_storage_backend(self):
        self.include("transports/http/a.cc", "storage-backends/state/heap/heap.h")
        self.assert_one(layers.check, "transports must not include storage-backends")

    def test_a_storage_backend_sees_no_runtime(self):
        self.include("storage-backends/state/heap/heap.cc", "core/runtime/worker.h")
        self.assert_one(layers.check, "storage-backends must not include core/runtime")

    def test_the_runtime_sees_the_interface_of_protocols_and_no_protocol(self):
        self.include("core/runtime/a.h", "core/protocols/protocol.h", "core/protocols/unaligned/unaligned.h")
        self.assert_one(layers.check, "core/runtime/a.h:2:", "none of the folders in it")

    def test_an_engine_sees_no_implementation(self):
        self.include("engines/holdfast/a.cc", "storage-backends/state/heap/heap.h")
        self.assert_one(layers.check, "engines must not include storage-backends")

    def test_nothing_includes_tests_or_apps(self):
        self.include("results/a.cc", "tests/unit/x.h")
        self.include("chaos/a.cc", "apps/host.h")
        self.assertEqual(len(self.findings(layers.check)), 2)

    def test_an_include_relative_to_the_file_fails(self):
        self.write("core/base/b.h")
        self.write("core/base/a.h", '#include "b.h"\n')
        self.assert_one(layers.check, "give the path from the root")

    def test_folders_that_include_each_other_fail(self):
        self.include("workloads/suite/a.h", "results/record/b.h")
        self.include("results/record/b.h", "workloads/suite/c.h")
        self.assert_one(layers.check, "in a circle: results/record -> workloads/suite -> results/record")

    def test_a_commented_include_counts_for_nothing(self):
        self.write("core/base/a.h", '// #include "core/runtime/worker.h"\n/*\n#include "x.h"\n*/\n')
        self.assert_none(layers.check)

    def test_rocksdb_stays_in_its_folder(self):
        self.write("storage-backends/state/rocksdb/a.cc", "#include <rocksdb/db.h>\n")
        self.write("storage-backends/state/heap/a.cc", "#include <rocksdb/db.h>\n")
        self.assert_one(layers.check, "heap/a.cc:1:", "stays in storage-backends/state/rocksdb/")

    def test_boost_asio_stays_out_of_headers(self):
        self.write("transports/http/a.cc", "#include <boost/asio.hpp>\n")
        self.write("transports/http/a.h", "#include <boost/asio.hpp>\n")
        self.assert_one(layers.check, "http/a.h:1:", "belongs in a .cc")

    def test_model_headers_name_no_protobuf_boost_or_yaml(self):
        for name, header in (("a", "google/protobuf/message.h"), ("b", "boost/json.hpp"), ("c", "yaml-cpp/yaml.h")):
            self.write(f"core/model/{name}.h", f"#include <{header}>\n")
        self.assertEqual(len(self.findings(layers.check)), 3)


class DeterminismTest(TidyTest):
    def test_each_forbidden_source_is_found(self):
        lines = ["#include <thread>", "#include <fstream>", "auto t = std::chrono::steady_clock::now();",
                 "std::thread t(f);", "std::random_device d;", "int x = rand();", "int y = std::rand();",
                 'auto v = std::getenv("HOME");', "std::this_thread::sleep_for(1s);", "usleep(5);", "time(nullptr);"]
        for line in lines:
            with self.subTest(line):
                self.write("core/runtime/a.cc", line + "\n")
                self.assert_one(determinism.check, "core/runtime/a.cc:1:")

    def test_other_rooms_comments_texts_and_longer_names_pass(self):
        self.write("apps/a.cc", "#include <thread>\n")
        self.write("core/runtime/a.cc", '// std::thread\nauto s = "rand()"; operand(1); random.brand(); Sleep(x);\n')
        self.assert_none(determinism.check)


class BudgetsTest(TidyTest):
    def test_a_long_line_fails(self):
        self.write("core/base/a.h", "x" * 120 + "\n" + "x" * 121 + "\n")
        self.assert_one(budgets.check, "a.h:2:", "121 columns")

    def test_a_header_of_301_lines_fails_and_a_source_of_400_passes(self):
        self.write("core/base/a.h", "\n" * 301)
        self.write("core/base/a.cc", "\n" * 400)
        self.assert_one(budgets.check, "a.h:301:", "301 lines")

    def test_a_function_of_71_lines_fails_and_one_of_70_passes(self):
        body = "  {\n    int a{1};\n  }\n" * 22
        self.write("a.cc", f"namespace n {{\nint F() {{\n{body}\n\n}}\nint G(int x) {{\n{body}\n\n\n}}\n}}\n")
        self.assert_one(budgets.check, "a.cc:72:", "a function of 71 lines")

    def test_a_constructor_is_measured_past_its_initializers(self):
        self.write("a.cc", "A::A(int a)\n    : a_{a}, b_(2) {\n" + "  f();\n" * 69 + "}\n")
        self.assert_one(budgets.check, "a.cc:1:", "a function of 72 lines")

    def test_a_long_class_of_short_methods_passes(self):
        methods = "".join(f"  int F{i}(int x) const {{\n    return x;\n  }}\n" for i in range(60))
        self.write("a.h", f"class A : public B<int(int)> {{\n public:\n{methods}}};\n")
        self.assert_none(budgets.check)

    def test_braces_in_literals_comments_and_macros_count_for_nothing(self):
        self.write("a.cc", "#define M(x) \\\n  do { x\nint F() {\n  // {\n  return '{' + G(\"{\") + R\"({)\"[0];\n}\n"
                   + "int x;\n" * 80)
        self.assert_none(budgets.check)


class WordsTest(TidyTest):
    def test_open_notes_machine_paths_and_registries_fail(self):
        bad = ["// TO" "DO: later", "// FIX" "ME", "// XX" "X", "see /wo" "rk/x", 'p = "/ro' 'ot"',
               "cd /tmp/buil" "d-me", "at /ho" "me/ann/x", "https://reg" "istry.example.org/a"]
        for line in bad:
            with self.subTest(line):
                self.write("core/base/a.h", line + "\n")
                self.assert_one(words.check, "core/base/a.h:1:")

    def test_templates_of_names_and_relative_paths_pass(self):
        self.write("scripts/a", "mktemp /tmp/a-XXXXXX; ls core/root apps/work ${dir}/root ./work/x /worker\n")
        self.assert_none(words.check)


class DocsTest(TidyTest):
    def test_a_page_without_a_way_to_it_fails(self):
        self.write("docs/README.md", "[a](guides/a.md)\n")
        self.write("docs/guides/a.md", "[b](b.md#part-two)\n")
        self.write("docs/guides/b.md", "## Part two\n")
        self.write("docs/guides/lost.md")
        self.assert_one(docs.check, "docs/guides/lost.md:1:", "cannot be reached")

    def test_a_dead_link_and_a_dead_heading_fail(self):
        self.write("README.md", "# Top\n[ok](#top) [web](https://example.org) [dead](gone.md) [dead](#bottom)\n")
        self.assertEqual(len(self.findings(docs.check)), 2)

    def test_links_in_code_are_not_links(self):
        self.write("README.md", "```\n[a](gone.md)\n```\n`[a](gone.md)`\n")
        self.assert_none(docs.check)

    def test_a_package_without_a_reason_fails(self):
        self.write("docs/README.md", "[d](dependencies.md)\n")
        self.write("docs/dependencies.md", "- `cmake`: builds\n")
        self.write("scripts/install-deps", "packages=(cmake libfoo-dev)\n")
        self.assert_one(docs.check, "scripts/install-deps:1:", "libfoo-dev")


class HeadersTest(TidyTest):
    def check(self) -> list[str]:
        return self.findings(headers.check, str(self.root / "build"), 2)

    def test_a_header_that_leans_on_its_includer_fails_until_mended(self):
        self.write("build/compile_commands.json", json.dumps([{"command": "/usr/bin/c++ -DX=1 -c a.cc"}]))
        self.write("core/base/good.h", "#include <string>\nstd::string F();\n")
        self.write("core/base/bad.h", '#include "core/base/below.h"\nint H(S s);\n')
        self.write("core/base/below.h", "#pragma once\n")
        for _ in range(2):
            found = self.check()
            self.assertEqual(len(found), 1, found)
            self.assertIn("core/base/bad.h:1: does not compile alone", found[0])
        self.write("core/base/below.h", "#pragma once\nstruct S {};\n")
        self.assertEqual(self.check(), [])

    def test_the_shared_header_hides_nothing_from_those_that_do_not_reach_it(self):
        self.write("build/compile_commands.json", "[]")
        self.write("core/base/result.h", "#pragma once\n#include <string>\n")
        for i in range(11):
            self.write(f"core/base/good{i}.h", '#include "core/base/result.h"\nstd::string F();\n')
        self.write("core/base/bad.h", "std::string F();\n")
        found = self.check()
        self.assertEqual(len(found), 1, found)
        self.assertIn("core/base/bad.h:1: does not compile alone", found[0])


if __name__ == "__main__":
    unittest.main()
