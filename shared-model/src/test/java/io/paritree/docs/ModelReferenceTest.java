package io.paritree.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.feature.Feature;
import io.paritree.model.TestPackages;
import io.paritree.model.command.ModelMain;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The reference of the command, of schemas and of packages says what the code does. */
class ModelReferenceTest {
  @TempDir Path directory;

  @Test
  void eachCommandHasItsOptions() {
    Page page = Page.of("docs/reference/model.md");
    Matcher commands =
        Pattern.compile("(?m)^  ([a-z]+)  +\\S").matcher(usage("--help").split("Commands:")[1]);
    Set<String> names = new TreeSet<>();
    while (commands.find()) {
      names.add(commands.group(1));
      String usage = usage(commands.group(1), "--help");
      assertThat(page.text())
          .as("the section of %s is, in a block 'text', what it prints with --help", names)
          .contains("## %s\n\n```text\n%s```".formatted(commands.group(1), usage));
    }

    assertThat(names).isNotEmpty();
    assertThat(page.blocks()).hasSameSizeAs(names);
  }

  private static String usage(String... arguments) {
    StringWriter out = new StringWriter();
    assertThat(ModelMain.run(new PrintWriter(out, true), new PrintWriter(out, true), arguments))
        .isZero();
    return out.toString();
  }

  /** The members of the page's schema, which is parsed elsewhere, are all that there are. */
  @Test
  void eachTypeOfFeatureIsThere() {
    Page page = Page.of("docs/reference/schema.md");

    assertThat(
            Arrays.stream(Feature.Kind.values())
                .map(kind -> kind.name().toLowerCase(Locale.ROOT))
                .filter(kind -> !kind.equals("offset")))
        .allSatisfy(kind -> assertThat(page.text()).contains("`" + kind + "`"));
  }

  @Test
  void eachMemberOfAPackageIsThere() throws Exception {
    Path sealed = new TestPackages(directory).sealedWith(50).reasons();
    String page = Page.of("docs/reference/formats.md").text();

    assertThat(members(Files.readString(sealed.resolve("golden.jsonl")).lines().toList(), 0))
        .allSatisfy(member -> assertThat(page).contains("| `" + member + "` |"));
    assertThat(members(Files.readAllLines(sealed.resolve("paritree.json")), 2))
        .contains("sealed_rows", "provenance")
        .allSatisfy(member -> assertThat(page).contains("`" + member + "`"));
  }

  /** Returns the members whose line is indented by this. */
  private static Set<String> members(List<String> lines, int indent) {
    Pattern member =
        Pattern.compile(indent == 0 ? "[{,]\\s?\"(record|margins|leaves|contributions)\":" : "^ {2}\"([a-z_]+)\"");
    Set<String> members = new TreeSet<>();
    for (String line : lines) {
      Matcher found = member.matcher(line);
      while (found.find()) {
        members.add(found.group(1));
      }
    }

    return members;
  }
}
