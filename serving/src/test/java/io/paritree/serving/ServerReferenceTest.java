package io.paritree.serving;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.paritree.docs.Page;
import io.paritree.serving.answer.Problem;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.config.TestConfig;
import io.paritree.serving.stored.UnservedPartition.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The pages of {@code docs/reference} for the server say what the server's code says. */
class ServerReferenceTest {
  private static final Path ROOT = Path.of(System.getProperty("paritree.root"));
  private static final Path REFERENCE = ROOT.resolve("docs/reference");

  private static String page(String name) throws IOException {
    return Files.readString(REFERENCE.resolve(name));
  }

  /**
   * The page is made from {@code conf/serving.conf}. After a change of that, {@code mvn test -pl
   * serving -Dtest=ServerReferenceTest -Ddocs.write=true} makes it again.
   */
  @Test
  void settingsAreThoseOfTheDocumentedFile() throws IOException {
    String made = SettingsPage.of(Files.readAllLines(ROOT.resolve("conf/serving.conf")));
    if (Boolean.getBoolean("docs.write")) {
      Files.writeString(REFERENCE.resolve("serving-settings.md"), made);
    }

    assertThat(page("serving-settings.md")).isEqualTo(made);
    assertThat(made).contains("### `server.tls.key-store`\n\nDefault: `off`\n");
  }

  @Test
  void problemsHaveTheirStatusesCodesAndTitles() throws IOException {
    Set<String> rows =
        problems().map(ServerReferenceTest::row).collect(Collectors.toCollection(TreeSet::new));

    assertThat(rowsOf("problems.md", "\\| [0-9]{3} \\| `.*"))
        .isEqualTo(rows)
        .hasSizeGreaterThan(30);
  }

  @Test
  void eachProblemThatAPageNamesHasItsStatus() {
    Set<String> known =
        problems().map(problem -> problem.status() + " `" + problem.code()).collect(toSet());
    Pattern named = Pattern.compile("\\b[45][0-9]{2} `[a-z_]+(?=`)");

    assertThat(found(named)).isSubsetOf(known).hasSizeGreaterThan(4);
  }

  @Test
  void eachSettingThatAPageNamesIsThere() throws Exception {
    Config defaults = ConfigFactory.parseResources("io/paritree/serving/config/defaults.conf");
    Set<String> groups = defaults.root().keySet();
    Pattern named = Pattern.compile("(?<=`)(" + String.join("|", groups) + ")\\.[a-z.-]+(?=[` ])");

    assertThat(found(named)).hasSizeGreaterThan(20).allMatch(defaults::hasPath);
  }

  @Test
  void reasonsWhyAPartitionDoesNotAnswerAreThoseOfTheServer() {
    List<String> words = Stream.of(Reason.values()).map(Reason::word).toList();
    String page = Page.of("docs/stored-scores.md").text();

    assertThat(
            Pattern.compile("(?m)^\\| `([a-z_]+)` \\|")
                .matcher(page)
                .results()
                .map(found -> found.group(1)))
        .contains("no_index")
        .containsExactlyInAnyOrderElementsOf(words);
  }

  /** Returns what a pattern finds in the pages outside of the reference. */
  private static Set<String> found(Pattern pattern) {
    return Page.all().stream()
        .filter(page -> !page.name().startsWith("docs/reference/"))
        .flatMap(page -> pattern.matcher(page.text()).results())
        .map(MatchResult::group)
        .collect(toSet());
  }

  private static Stream<Problem> problems() {
    Object[] texts = Collections.nCopies(9, "").toArray();
    return Stream.of(Problems.values()).map(problem -> problem.of(texts));
  }

  private static String row(Problem problem) {
    return "| %s | `%s` | %s |".formatted(problem.status(), problem.code(), problem.title());
  }

  private static Set<String> rowsOf(String page, String pattern) throws IOException {
    return page(page)
        .lines()
        .filter(line -> line.matches(pattern))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void pathsAreThoseThatTheServerHas() throws Exception {
    Set<String> served =
        RunningServer.routes(TestConfig.read(Optional.empty(), Map.of())).stream()
            .map(route -> route.method() + " " + route.path())
            .collect(Collectors.toCollection(TreeSet::new));
    Collection<String> management = List.of("GET /metrics", "POST /admin/reload");
    served.addAll(management);

    Set<String> documented =
        Pattern.compile("(?m)^\\| `((?:GET|POST) [^`]*)` \\|")
            .matcher(page("endpoints.md"))
            .results()
            .map((MatchResult found) -> found.group(1))
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(documented).isEqualTo(served).hasSizeGreaterThan(30);
  }

  @Test
  void optionsAndExitCodesAreThoseOfTheCommand() throws IOException {
    assertThat(Page.made("docs/reference/serve.md", 0, ServeOptions.HELP).text())
        .isEqualTo(ServeOptions.HELP);
    assertThat(page("exit-codes.md").split("## scripts/serve\n")[1].lines())
        .filteredOn(row -> row.matches("\\| [0-9] \\|.*"))
        .map(row -> row.charAt(2))
        .containsExactly('0', '1', '2', '3', '6');
    String script =
        Files.readString(ROOT.resolve("scripts/serve"))
            + Files.readString(ROOT.resolve("scripts/common.sh"));
    assertThat(page("serve.md").lines().filter(line -> line.matches("\\| `[A-Z_]+`.*")))
        .hasSize(4)
        .allSatisfy(line -> assertThat(script).contains(line.split("`")[1]));
  }
}
