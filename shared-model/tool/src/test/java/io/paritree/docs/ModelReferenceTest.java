package io.paritree.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.CorruptModelException;
import io.paritree.model.TestPackages;
import io.paritree.model.command.ModelMain;
import io.paritree.model.command.ReplayMain;
import io.paritree.model.manifest.SchemaParser;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The reference of the command, of schemas and of packages says what the code does. */
class ModelReferenceTest {
  @TempDir Path directory;

  /** With {@code -Ddocs.write=true} the page gets them. */
  @Test
  void eachCommandHasItsOptions() {
    Matcher commands =
        Pattern.compile("(?m)^  ([a-z]+)  +\\S").matcher(usage("--help").split("Commands:")[1]);
    int number = 0;
    while (commands.find()) {
      String usage = usage(commands.group(1), "--help");
      Block block = Page.made("docs/reference/model.md", number, usage);
      assertThat(block.text()).as(block.toString()).isEqualTo(usage);
      assertThat(Page.of("docs/reference/model.md").lines().get(block.line() - 4))
          .isEqualTo("## " + commands.group(1));
      number++;
    }

    assertThat(Page.of("docs/reference/model.md").blocks()).hasSize(number);
  }

  private static String usage(String... arguments) {
    StringWriter out = new StringWriter();
    assertThat(ModelMain.run(new PrintWriter(out, true), new PrintWriter(out, true), arguments))
        .isZero();
    return out.toString();
  }

  @Test
  void theOptionsOfReplaysAreThoseOfTheHelp() {
    StringWriter out = new StringWriter();
    PrintWriter both = new PrintWriter(out, true);
    assertThat(ReplayMain.run(both, both, "replay", "--help")).isZero();
    Block block = Page.made("docs/reference/parity.md", 1, out.toString());

    assertThat(block.text()).as(block.toString()).isEqualTo(out.toString());
  }

  /** What the parser expects where a key or a type is unknown is on the page. */
  @Test
  void eachKeyAndTypeOfASchemaIsThere() {
    String page = Page.of("docs/reference/schema.md").text();

    assertThat(known("{\"features\": [{\"x\": 1}]}")).contains("group", "reason", "default");
    assertThat(known("{\"features\": [{\"name\": \"a\", \"type\": \"x\"}]}")).contains("hour");
    for (String schema :
        List.of(
            "{\"features\": [{\"x\": 1}]}",
            "{\"features\": [{\"name\": \"a\", \"type\": \"x\"}]}",
            "{\"features\": [{\"reason\": {\"up\": {\"x\": 1}}}]}",
            "{\"outputs\": {\"x\": 1}}",
            "{\"outputs\": {\"calibration\": {\"z\": 1}}}",
            "{\"x\": 1}")) {
      assertThat(known(schema))
          .allSatisfy(
              word ->
                  assertThat(page)
                      .as("the key or type %s", word)
                      .containsAnyOf("`" + word + "`", "`\"" + word + "\"`"));
    }
  }

  /** Returns the words of which a message about a schema expects one. */
  private static List<String> known(String schema) {
    try {
      SchemaParser.fromJson("schema.json", schema.getBytes(StandardCharsets.UTF_8));
    } catch (CorruptModelException e) {
      Matcher words = Pattern.compile("\\[([a-z_, ]+)]").matcher(e.getMessage());
      assertThat(words.find()).as(e.getMessage()).isTrue();
      return List.of(words.group(1).split(", "));
    }

    throw new AssertionError("This is a schema: " + schema);
  }

  @Test
  void eachMemberOfAPackageIsThere() throws Exception {
    Path counted = new TestPackages(directory.resolve("counted")).sealedWith(50).reasons();
    Path sealed = new TestPackages(directory).withReference(50).reasons();
    String page = Page.of("docs/reference/formats.md").text();

    assertThat(members(Files.readString(sealed.resolve("golden.jsonl")).lines().toList(), 0))
        .allSatisfy(member -> assertThat(page).contains("| `" + member + "` |"));
    assertThat(members(Files.readAllLines(counted.resolve("paritree.json")), 2))
        .contains("sealed_rows", "provenance")
        .allSatisfy(member -> assertThat(page).contains("`" + member + "`"));
    assertThat(members(Files.readAllLines(sealed.resolve("reference.json")), 2))
        .contains("features", "faults")
        .allSatisfy(member -> assertThat(page).contains("`" + member + "`"));
  }

  /** Returns the members whose line is indented by this. */
  private static Set<String> members(List<String> lines, int indent) {
    Pattern member =
        Pattern.compile(
            indent == 0
                ? "[{,]\\s?\"(record|margins|leaves|contributions)\":"
                : "^ {2}\"([a-z_]+)\"");
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
